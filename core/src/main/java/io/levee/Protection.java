package io.levee;

import java.time.Duration;

/**
 * How a downstream is kept from being drowned: a set of parts that fit together, each of which is there alone, too.
 *
 * <pre>{@code
 * Levee.named("inventory").protection(Protection.adaptive())
 * }</pre>
 *
 * What a builder sets itself takes the place of the set's part. Immutable.
 */
public final class Protection {
    /** Four attempts that all hang fit into the deadline of 30 s, which is the default. */
    static final long ATTEMPT_TIMEOUT = 7 * Nanos.PER_SECOND;

    final ConcurrencyLimit.@Nullable Spec limit;
    final Breaker.@Nullable Spec breaker;
    final @Nullable Backoff retry;

    private Protection(ConcurrencyLimit.@Nullable Spec limit, Breaker.@Nullable Spec breaker, @Nullable Backoff retry) {
        this.limit = limit;
        this.breaker = breaker;
        this.retry = retry;
    }

    /**
     * Tells overload (refusals, timeouts, late answers) from faults (errors that are answered), and nothing at all from some:
     *
     * <ul>
     *   <li>{@link ConcurrencyLimit#adaptive()}: as many attempts in flight as are answered in time; first attempts wait for
     *       room, retries get what is left; probes only while nothing succeeds;
     *   <li>a retry soon after an error that was answered, for such errors are mostly the attempt's own: 4 attempts,
     *       exponential from 10 ms, four times as long each, full jitter, cap 20 s; an attempt timeout of 7 s, so that they fit
     *       into the default deadline;
     *   <li>after a refusal (429, a gRPC server that did not process the call) one retry, at a random instant of three quarters
     *       of the time that the call has left, 5 s at most: those that were refused together do not come back together;
     *   <li>the {@link RetryBudget} that is the default anyway.
     * </ul>
     *
     * No breaker: it would refuse the calls that succeed during a partial fault.
     *
     * @return the set
     */
    public static Protection adaptive() {
        return new Protection(
                ConcurrencyLimit.adaptive(),
                null,
                RetryPolicy.exponential(Duration.ofMillis(10))
                        .multiplier(4)
                        .cap(Duration.ofSeconds(20))
                        .fullJitter()
                        .attempts(4));
    }

    /**
     * A breaker that opens after 3 failures in a row, for 30 s. For a downstream that is up or down; during a partial fault it
     * refuses nearly everything.
     *
     * @return the set
     */
    public static Protection breaker() {
        return new Protection(null, Breaker.consecutiveFailures(3).openFor(Duration.ofSeconds(30)), null);
    }

    boolean spreadsRefusals() {
        return limit != null;
    }
}
