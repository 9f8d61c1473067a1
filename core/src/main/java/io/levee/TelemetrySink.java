package io.levee;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Is told of the calls to one downstream as they happen, on the threads that drive them. For telemetry that needs the
 * present moment: a span that is current while the attempt runs, a counter that costs nothing. What can wait takes
 * {@link LeveeListener}, which has a thread of its own.
 *
 * <p>Of one call the order is: {@link #callStarted}; for each attempt {@link #limiterWaited} if it had to wait for a
 * permit, {@link #attemptStarted}, {@link #attemptLeft}, {@link #attemptEnded}, and {@link #retryScheduled} if another
 * one follows; {@link #callEnded}. A synchronous call is told on the caller's thread; an asynchronous one on whichever
 * thread drives it, one at a time and each seeing what the one before wrote. Two exceptions: attemptLeft of an
 * asynchronous attempt comes on the thread of attemptStarted, whatever other threads tell of the call meanwhile (it may have
 * been cancelled); and an attempt that is withdrawn before anything was sent, because the call ends at that instant, has
 * no attemptEnded.
 *
 * <p>A {@linkplain Hedge hedged} call has two attempts at a time: attemptStarted of number 1 comes after attemptLeft and
 * before attemptEnded of number 0. {@link CallView#attempt()} says which is meant. The one that was overtaken is told to have
 * ended, without a verdict, before callEnded.
 *
 * <p>A sink answers {@link #callStarted} with what it wants to keep for that call, and gets it back each time. One that
 * answers null keeps nothing, hears only what needs no state, and costs a call that succeeds at once no allocation.
 *
 * <p>Implementations are thread-safe and never block: the call waits for them. What they throw is caught, counted in
 * {@link LeveeState#listenerFailures()} and logged once; it never changes a call.
 */
public interface TelemetrySink {
    /**
     * Whether the time of a call that succeeds at its first attempt is of interest. Asked once. True costs such a call a
     * reading of the clock (about 20 ns) where nothing else needs it; {@link CallView#attemptNanos()} is 0 for it otherwise.
     *
     * @return true unless overridden
     */
    default boolean timesEveryCall() {
        return true;
    }

    /**
     * A call begins; nothing of it has been admitted yet.
     *
     * @param call the call
     * @return the sink's own state for this call; null for none
     */
    default @Nullable Object callStarted(CallView call) {
        return null;
    }

    /**
     * The limiter let the call wait for a permit, or refused it one.
     *
     * @param call the call
     * @param state what {@link #callStarted} answered
     * @param waitedNanos how long; 0 where it was refused at once
     */
    default void limiterWaited(CallView call, @Nullable Object state, long waitedNanos) {}

    /**
     * An attempt begins: its body runs next, on this thread. Told only where there is a state.
     *
     * @param call the call
     * @param state what {@link #callStarted} answered
     */
    default void attemptStarted(CallView call, Object state) {}

    /**
     * The body of the attempt has returned to the engine, on the thread of {@link #attemptStarted}: what was bound to the
     * thread there is unbound here. The attempt has ended if the call is synchronous. Told only where there is a state.
     *
     * @param state what {@link #callStarted} answered
     */
    default void attemptLeft(Object state) {}

    /**
     * An attempt has ended and was judged.
     *
     * @param call what came of it
     * @param state what {@link #callStarted} answered
     */
    default void attemptEnded(CallView call, @Nullable Object state) {}

    /**
     * Another attempt will follow.
     *
     * @param call the call; its attempt is still the one that ended
     * @param state what {@link #callStarted} answered
     * @param decision why, after which wait, with all figures
     */
    default void retryScheduled(CallView call, @Nullable Object state, Decision decision) {}

    /**
     * The call has ended, and the caller is about to get what it ended with.
     *
     * @param call what came of it: {@link CallView#stop()} is null if it succeeded
     * @param state what {@link #callStarted} answered
     */
    default void callEnded(CallView call, @Nullable Object state) {}

    /**
     * The breaker changed its state; told by the thread of the call that made it.
     *
     * @param change from, to and why
     */
    default void breakerChanged(LeveeEvent.BreakerChanged change) {}

    /** The Levee was closed: its gauges are no longer to be shown. Calls that were pending may still be told. */
    default void closed() {}

    /**
     * Where the attempt that runs, or ended last, stands in a trace: for the other sinks, whose logs and exemplars name it.
     *
     * @param state what {@link #callStarted} answered
     * @return the value of a W3C {@code traceparent} header; null if this sink does not trace
     */
    default @Nullable String traceparent(Object state) {
        return null;
    }

    /**
     * Puts the headers that carry the trace into a request of an attempt. Called on any thread of the attempt, also while its
     * hedge runs, and after it has ended if its body asks that late.
     *
     * @param state what {@link #callStarted} answered
     * @param attempt the number of the attempt that asks
     * @param header sets a header, replacing one of the same name
     */
    default void inject(Object state, int attempt, BiConsumer<String, String> header) {}
}
