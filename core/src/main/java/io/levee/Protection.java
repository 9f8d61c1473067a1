package io.levee;

import java.time.Duration;

/**
 * How a downstream is kept from being drowned: a set of parts that fit together, each of which is there alone, too.
 *
 * <pre>{@code
 * Levee.named("inventory").protection(Protection.breaker())
 * }</pre>
 *
 * What a builder sets itself takes the place of the set's part. Immutable.
 */
public final class Protection {
    private static final Protection ADAPTIVE = new Protection(ConcurrencyLimit.adaptive(), null);

    final ConcurrencyLimit.@Nullable Spec limit;
    final Breaker.@Nullable Spec breaker;

    private Protection(ConcurrencyLimit.@Nullable Spec limit, Breaker.@Nullable Spec breaker) {
        this.limit = limit;
        this.breaker = breaker;
    }

    /**
     * Tells overload (refusals, timeouts, late answers) from faults (errors that are answered). The default, where nobody has
     * said when to retry or chosen a breaker, a throttle, a bulkhead or a concurrency limit: what overload looks like is found
     * out, nothing has to be known of the downstream, and a partial fault is not turned into an outage (docs/defaults.md has
     * the storms).
     *
     * <ul>
     *   <li>{@link ConcurrencyLimit#adaptive()}: as many attempts in flight as are answered in time; first attempts wait for
     *       room, retries get what is left; probes only while nothing succeeds;
     *   <li>after a refusal (429, a gRPC server that did not process the call) one retry, at a random instant of three quarters
     *       of the time that the call has left, 5 s at most: those that were refused together do not come back together. Not
     *       where {@link Levee.Builder#retry} says when to retry;
     *   <li>while nothing but refusals comes back (two or more in a row, the last within 3 s) and nothing is in flight, first
     *       attempts are made at a random instant of 2 s, and of half of that with each further refusal. One answer ends it.
     * </ul>
     *
     * No breaker: it would refuse the calls that succeed during a partial fault.
     *
     * @return the set
     */
    public static Protection adaptive() {
        return ADAPTIVE;
    }

    /**
     * A breaker that opens after 3 failures in a row, for 30 s. For a downstream that is up or down; during a partial fault it
     * refuses nearly everything.
     *
     * @return the set
     */
    public static Protection breaker() {
        return new Protection(null, Breaker.consecutiveFailures(3).openFor(Duration.ofSeconds(30)));
    }

    /**
     * Nothing but the {@link RetryBudget} and the timeouts: every call reaches the downstream, whatever that is able to take.
     *
     * @return the empty set
     */
    public static Protection none() {
        return new Protection(null, null);
    }
}
