package io.levee;

import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One try of a call, as the code that makes it sees it. Valid only while that code runs, and, in a synchronous call,
 * only on the caller's thread: the engine reuses the object, so that the happy path allocates nothing. What shall
 * outlive the attempt or go to another thread is a {@link Scope}: {@link Scope#capture()}.
 */
public interface Attempt {
    /**
     * The number of this attempt.
     *
     * @return 0 for the first one; 1 or more is a retry
     */
    int number();

    /**
     * The time left for this attempt: the attempt timeout or what is left of the call's deadline, whichever is less.
     * Reads the clock.
     *
     * @return nanoseconds, 0 if none is left, {@link Long#MAX_VALUE} if the attempt is not bounded
     */
    long remainingNanos();

    /**
     * {@link #remainingNanos()} as a duration, for clients that take one.
     *
     * @return the time left; null if the attempt is not bounded
     */
    default @Nullable Duration remaining() {
        long nanos = remainingNanos();
        return nanos == Long.MAX_VALUE ? null : Duration.ofNanos(nanos);
    }

    /**
     * Tells whether this attempt is still wanted: long loops ask now and then.
     *
     * @return true once the call was cancelled or the attempt ran out of time
     */
    boolean isCancelled();

    /**
     * Tells that the downstream has begun an answer that may go on for long: a stream. From now on only the deadline bounds
     * the attempt, and the time that it took, which a breaker may look at, ends here. For asynchronous attempts, and
     * to be told once; a synchronous one takes its thread's time whole, and there this does nothing.
     */
    default void answering() {}

    /**
     * Puts the headers into a request that carry this attempt's place in a trace, where telemetry traces; adapters call it
     * for each request that they send. Does nothing otherwise.
     *
     * @param header sets a header, replacing one of the same name
     */
    default void inject(BiConsumer<String, String> header) {}
}
