package io.levee.fleet;

import io.levee.Limiter;
import io.levee.RetryBudget;

/**
 * What all processes of a fleet together may send to one downstream. Immutable; each method answers a changed copy.
 *
 * <pre>{@code
 * FleetLimits limits = FleetLimits.perSecond(1000).burst(100).retryReserve(4, 400);
 * }</pre>
 */
public final class FleetLimits {
    private final double permitsPerSecond;
    private final long burst;
    private final double reservePerSecond;
    private final double maxBalance;

    private FleetLimits(double permitsPerSecond, long burst, double reservePerSecond, double maxBalance) {
        this.permitsPerSecond = permitsPerSecond;
        this.burst = burst;
        this.reservePerSecond = reservePerSecond;
        this.maxBalance = maxBalance;
    }

    /**
     * So many permits a second for the whole fleet.
     *
     * @param permits as in {@link Limiter#perSecond}
     * @return limits with a burst of what comes in 100 ms, at least 1, and a retry budget that is not shared
     * @throws IllegalArgumentException if the rate is out of range
     */
    public static FleetLimits perSecond(double permits) {
        Limiter.perSecond(permits); // says what is wrong with it
        return new FleetLimits(permits, Math.max(1, (long) (permits / 10)), 0, 0);
    }

    /**
     * Sets the burst of the whole fleet. A process gets as much of it as of the rate, and 1 at least.
     *
     * @param permits 1 or more
     * @return a changed copy
     * @throws IllegalArgumentException if the number is out of range
     */
    public FleetLimits burst(long permits) {
        Limiter.perSecond(permitsPerSecond).burst(permits);
        return new FleetLimits(permitsPerSecond, permits, reservePerSecond, maxBalance);
    }

    /**
     * Shares the two parts of the retry budget that a fleet multiplies: what comes in per second whatever the traffic, and
     * what is saved up. Each process gets its part by the number of processes. (The ratio needs no sharing: it is paid in
     * by calls, and those are the fleet's.)
     *
     * @param perSecond tokens a second for the whole fleet, as in {@link RetryBudget.Spec#reservePerSecond}
     * @param balance tokens that the whole fleet may save up, as in {@link RetryBudget.Spec#maxBalance}; a process has 1 at
     *     least
     * @return a changed copy
     * @throws IllegalArgumentException if a number is out of range
     */
    public FleetLimits retryReserve(double perSecond, double balance) {
        RetryBudget.ratio(0).reservePerSecond(perSecond).maxBalance(balance);
        return new FleetLimits(permitsPerSecond, burst, perSecond, balance);
    }

    double permitsPerSecond() {
        return permitsPerSecond;
    }

    boolean sharesRetries() {
        return maxBalance > 0;
    }

    /** The burst that goes with a part of the rate. */
    long burstOf(double share) {
        return Math.max(1, (long) (burst * Math.min(1, share / permitsPerSecond)));
    }

    double reservePerSecond(int members) {
        return reservePerSecond / members;
    }

    double maxBalance(int members) {
        return Math.max(1, maxBalance / members);
    }

    @Override
    public String toString() {
        return "FleetLimits[" + permitsPerSecond + " per second, burst " + burst
                + (sharesRetries() ? ", retries " + reservePerSecond + " per second, at most " + maxBalance : "") + "]";
    }
}
