package io.levee;

/**
 * The wait before a retry: the policy's own, lifted over the floor that the downstream asked for. Pure; the engine, the
 * explanation and the simulator all ask here.
 */
final class Delays {
    private Delays() {}

    /**
     * The wait before a retry.
     *
     * @param retry the number of the retry, 1 or more
     * @param previousNanos the wait before the previous retry of this call, 0 before the first
     * @param floorNanos {@link Verdict#minDelayNanos()}, {@link Verdict#AT_ONCE} included
     * @return nanoseconds, never less than the floor, or {@link RetryPolicy#STOP}
     */
    static long beforeRetry(RetryPolicy policy, int retry, long previousNanos, long floorNanos, RandomSource random) {
        long own = policy.nextDelayNanos(retry, previousNanos, random);
        if (own < 0 && own != RetryPolicy.STOP) {
            throw new IllegalStateException("retry policy " + policy + " answered " + own + " ns for try " + retry
                    + "; a delay is 0 or more, " + RetryPolicy.STOP + " ends the call");
        }
        if (own == RetryPolicy.STOP) {
            return own;
        }
        if (floorNanos == Verdict.AT_ONCE) {
            return 0;
        }
        if (previousNanos > 0 && policy instanceof Backoff backoff) {
            // A wait that the downstream asked for is no step of decorrelated jitter's chain: 3 x Retry-After is not
            // what the policy means, nor what longest() promises.
            own = Math.min(own, backoff.longestDelayNanos(retry));
        }
        return lifted(policy, retry, own, floorNanos);
    }

    /**
     * A policy's own wait, lifted over the floor. Where the policy's bounds are known, the jitter is kept on top of the
     * floor: a thousand clients that were told 'in 120 s' must not all come back at 120 s.
     */
    private static long lifted(RetryPolicy policy, int retry, long ownNanos, long floorNanos) {
        if (floorNanos == Verdict.AT_ONCE) {
            return 0;
        }
        if (floorNanos <= 0) {
            return ownNanos;
        }
        if (policy instanceof Backoff backoff) {
            long jitter = Math.max(0, ownNanos - backoff.shortestDelayNanos(retry));
            return Math.max(ownNanos, Nanos.add(floorNanos, jitter));
        }
        return Math.max(ownNanos, floorNanos);
    }

    /**
     * The shortest wait that the retry can get, or {@link RetryPolicy#STOP}. A policy whose bounds are not known is
     * asked once.
     */
    static long shortest(RetryPolicy policy, int retry, long floorNanos) {
        if (policy instanceof Backoff backoff) {
            long own = backoff.shortestDelayNanos(retry);
            return own == RetryPolicy.STOP ? own : lifted(policy, retry, own, floorNanos);
        }
        return beforeRetry(policy, retry, 0, floorNanos, RandomSource.system());
    }

    /** The longest wait that the retry can get, or {@link RetryPolicy#STOP}; see {@link #shortest}. */
    static long longest(RetryPolicy policy, int retry, long floorNanos) {
        if (policy instanceof Backoff backoff) {
            long own = backoff.longestDelayNanos(retry);
            return own == RetryPolicy.STOP ? own : lifted(policy, retry, own, floorNanos);
        }
        return beforeRetry(policy, retry, 0, floorNanos, RandomSource.system());
    }
}
