package io.levee;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before each retry, and when to stop. A lambda is enough:
 *
 * <pre>{@code
 * RetryPolicy twoQuickOnes = tryCount -> tryCount <= 2 ? 20L * tryCount : null;
 * }</pre>
 *
 * The shipped ones ({@link #fixed}, {@link #jittered}, {@link #exponential}) are {@link Backoff}s: immutable, free of
 * overflow for every try count and every duration, and bounded by {@link Backoff#attempts(int)}.
 *
 * <p>A policy only proposes. The engine waits longer where the downstream asked for it (Retry-After), and does not
 * wait at all where the wait would end past the deadline, the retry budget is empty or the breaker is open.
 *
 * <p>Implementations must be thread-safe; one that throws ends the call with the failure of the last attempt, the
 * policy's own exception beside it.
 */
@FunctionalInterface
public interface RetryPolicy {
    /** What {@link #nextDelayNanos} answers to end the call. */
    long STOP = -1;

    /**
     * The wait before a retry.
     *
     * @param tryCount the number of the retry: 1 is the first one. 0 is the first attempt, which waits 0
     * @return milliseconds, 0 or more; null to end the call with the failure it has
     * @throws IllegalArgumentException if the count is negative (the shipped policies)
     */
    @Nullable
    Long nextDelayMs(int tryCount);

    /**
     * The wait before a retry in nanoseconds, without boxing: what the engine asks. The default asks
     * {@link #nextDelayMs}.
     *
     * @param tryCount the number of the retry: 1 is the first one
     * @param previousDelayNanos the wait before the previous retry of this call, 0 before the first; decorrelated
     *     jitter builds on it
     * @param random where jitter comes from
     * @return nanoseconds, 0 or more, or {@link #STOP}
     */
    default long nextDelayNanos(int tryCount, long previousDelayNanos, RandomSource random) {
        Long millis = nextDelayMs(tryCount);
        if (millis == null) {
            return STOP;
        }
        if (millis < 0) {
            throw new IllegalStateException("retry policy " + this + " answered " + millis + " ms for try " + tryCount
                    + "; a delay is 0 or more, null ends the call");
        }
        return Nanos.fromMillis(millis);
    }

    /**
     * The same wait before every retry: base 100 ms gives 100, 100, 100.
     *
     * @param delay the wait; zero or more
     * @return a policy without jitter and without a limit of its own
     * @throws IllegalArgumentException if the delay is negative
     */
    static Backoff fixed(Duration delay) {
        return new Backoff(Nanos.of(delay, "delay"), 1.0, Nanos.NEVER, Backoff.NONE, 0, Backoff.ANY, null);
    }

    /**
     * A wait spread evenly over base x (1 - factor) to base x (1 + factor), never under 1 ms: base 100 ms and factor
     * 0.2 give 80 to 120.
     *
     * @param base the middle of the range; zero or more
     * @param factor half of the range's width as a share of the base; 0 to 1
     * @return a policy without a limit of its own
     * @throws IllegalArgumentException if an argument is out of range
     */
    static Backoff jittered(Duration base, double factor) {
        return fixed(base).jitter(factor);
    }

    /**
     * Each wait twice the one before: base 50 ms gives 50, 100, 200, 400. Has no jitter until one is chosen:
     * {@link Backoff#fullJitter()} is what keeps many clients from coming back in step.
     *
     * @param base the wait before the first retry; zero or more
     * @return a policy without jitter, cap or limit of its own
     * @throws IllegalArgumentException if the base is negative
     */
    static Backoff exponential(Duration base) {
        return fixed(base).multiplier(2.0);
    }

    /**
     * No retry at all.
     *
     * @return a policy that ends every call after its first attempt
     */
    static RetryPolicy never() {
        return fixed(Duration.ZERO).attempts(1);
    }
}
