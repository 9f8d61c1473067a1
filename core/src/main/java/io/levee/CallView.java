package io.levee;

import org.jspecify.annotations.Nullable;

/**
 * A call as a {@link TelemetrySink} sees it. Valid only while the sink's method runs, and only there: the engine reuses
 * the object.
 */
public interface CallView {
    /**
     * What kind of call it is.
     *
     * @return its {@linkplain Call#operation() name}, and what its adapter {@linkplain Call#target() knows} of it
     */
    Call<?> call();

    /**
     * The number of the attempt that runs, is about to start, has just ended, or was refused.
     *
     * @return 0 for the first
     */
    int attempt();

    /**
     * How many attempts were started so far.
     *
     * @return 0 for a call that was refused
     */
    int attemptsMade();

    /**
     * What the attempt produced, as its adapter read it.
     *
     * @return the outcome; null before an attempt has ended, for a success that needed no judging, and where the attempt
     *     was cut short
     */
    @Nullable
    Outcome outcome();

    /**
     * What the classifier said of it.
     *
     * @return the verdict; null before an attempt has ended and where it was cut short
     */
    @Nullable
    Verdict verdict();

    /**
     * What became of the attempt's request.
     *
     * @return the fate; null before an attempt has ended
     */
    @Nullable
    Fate fate();

    /**
     * What the attempt threw or, in {@link TelemetrySink#callEnded}, what the call ended with.
     *
     * @return the throwable; null for a value. A call that ends with a value that was rejected has one here all the same
     *     if it carries the decision
     */
    @Nullable
    Throwable thrown();

    /**
     * How long the attempt took.
     *
     * @return nanoseconds
     */
    long attemptNanos();

    /**
     * Time since the attempt before this one was judged: the backoff, the wait for a permit and this attempt so far. Of a
     * hedge, which waits for no judgement, this attempt so far.
     *
     * @return nanoseconds; 0 for the first attempt
     */
    long retryNanos();

    /**
     * Time since the call began.
     *
     * @return nanoseconds
     */
    long elapsedNanos();

    /**
     * Why the call ended without success.
     *
     * @return the reason; null while it goes on and if it succeeded
     */
    @Nullable
    StopReason stop();

    /**
     * What the call was for its caller. For {@link TelemetrySink#callEnded}.
     *
     * @return the result; {@link CallResult#GOOD} while the call goes on
     */
    CallResult result();

    /**
     * The record of that, made if nobody has asked for it before.
     *
     * @return the record; null while the call goes on and if it succeeded
     */
    @Nullable
    Decision decision();

    /**
     * Where the call stands in a trace, if one of the sinks traces.
     *
     * @return the value of a W3C {@code traceparent} header, of the attempt that runs or ended last; or null
     */
    @Nullable
    String traceparent();
}
