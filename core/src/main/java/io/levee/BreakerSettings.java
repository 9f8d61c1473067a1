package io.levee;

import java.time.Duration;
import java.util.List;

/**
 * The settings behind a {@link Breaker.Spec}: what may be set to what, what excludes what, what is the default.
 */
final class BreakerSettings {
    /** The mission's rule. */
    private static final long OPEN_AFTER_A_ROW = 30 * Nanos.PER_SECOND;

    // 30 s, 20 calls and 5 s growing to 300 s: what Polly, SmallRye and Finagle settled on, in this order.
    private static final long DEFAULT_WINDOW = 30 * Nanos.PER_SECOND;
    private static final int DEFAULT_MINIMUM_CALLS = 20;
    private static final long OPEN_AFTER_A_SHARE = 5 * Nanos.PER_SECOND;
    private static final long LONGEST_AFTER_A_SHARE = 300 * Nanos.PER_SECOND;

    private static final long SHORTEST_LEASE = 60 * Nanos.PER_SECOND;

    // Shorter, and laps of the ring come round too soon (TimeWindow); longer, and a bucket is hours.
    private static final Duration SHORTEST_WINDOW = Duration.ofMillis(100);
    private static final Duration LONGEST_WINDOW = Duration.ofDays(1);
    /** Every failure counts the marked bits again: 157 words at the most. */
    private static final int MOST_LAST_CALLS = 10_000;
    /** One full bucket of a time window must be able to reach it. */
    private static final int MOST_MINIMUM_CALLS = 100_000;

    /** The limit of the rule 'n failures in a row'; 0 for the rule about a share. */
    private final int failuresInARow;

    /** The limit of the rule about a share; 0 for the other rule. */
    private final double failureShare;

    /** Over what time shares are counted; 0 for not set. */
    private final long windowNanos;

    /** Over how many calls shares are counted; 0 for not set. */
    private final int lastCalls;

    /** Fewer calls say nothing; 0 for not set. */
    private final int minimumCalls;

    /** From how long a call is slow. */
    private final long slowNanos;

    /** The limit of the rule about slow calls; 0 for no such rule. */
    private final double slowShare;

    /** How long the breaker stays open at first. */
    private final long openForNanos;

    /** What each further opening is longer by; 0 for all alike. */
    private final double growth;

    /** How long the breaker stays open at most, if that grows. */
    private final long longestNanos;

    /** Whether the growth is the default one, which an open time of the user's own replaces. */
    private final boolean growthIsDefault;

    /** How long a probe may take; 0 for not set. */
    private final long leaseNanos;

    private BreakerSettings(
            int failuresInARow,
            double failureShare,
            long windowNanos,
            int lastCalls,
            int minimumCalls,
            long slowNanos,
            double slowShare,
            long openForNanos,
            double growth,
            long longestNanos,
            boolean growthIsDefault,
            long leaseNanos) {
        this.failuresInARow = failuresInARow;
        this.failureShare = failureShare;
        this.windowNanos = windowNanos;
        this.lastCalls = lastCalls;
        this.minimumCalls = minimumCalls;
        this.slowNanos = slowNanos;
        this.slowShare = slowShare;
        this.openForNanos = openForNanos;
        this.growth = growth;
        this.longestNanos = longestNanos;
        this.growthIsDefault = growthIsDefault;
        this.leaseNanos = leaseNanos;
    }

    static BreakerSettings consecutiveFailures(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("consecutiveFailures must be 1 or more, is " + n);
        }
        return new BreakerSettings(n, 0, 0, 0, 0, 0, 0, OPEN_AFTER_A_ROW, 0, 0, false, 0);
    }

    static BreakerSettings failureRate(double share) {
        return new BreakerSettings(
                0,
                checkedShare(share, "failureRate"),
                0,
                0,
                0,
                0,
                0,
                OPEN_AFTER_A_SHARE,
                2.0,
                LONGEST_AFTER_A_SHARE,
                true,
                0);
    }

    BreakerSettings openFor(Duration time) {
        long nanos = Nanos.positive(time, "openFor");
        return opening(nanos, growthIsDefault ? 0 : growth, longestNanos);
    }

    BreakerSettings growing(double multiplier, Duration longest) {
        if (!(multiplier >= 1.0) || Double.isInfinite(multiplier)) {
            throw new IllegalArgumentException("growing: multiplier must be 1 or more and finite, is " + multiplier);
        }
        return opening(openForNanos, multiplier, Nanos.positive(longest, "growing: max"));
    }

    BreakerSettings probeLease(Duration time) {
        long nanos = Nanos.positive(time, "probeLease");
        return new BreakerSettings(
                failuresInARow,
                failureShare,
                windowNanos,
                lastCalls,
                minimumCalls,
                slowNanos,
                slowShare,
                openForNanos,
                growth,
                longestNanos,
                growthIsDefault,
                nanos);
    }

    BreakerSettings overTime(Duration window) {
        long nanos = Nanos.of(window, "overTime");
        if (window.compareTo(SHORTEST_WINDOW) < 0 || window.compareTo(LONGEST_WINDOW) > 0) {
            throw new IllegalArgumentException("overTime must be from 100 ms to 24 h, is " + Nanos.text(nanos));
        }
        if (lastCalls != 0) {
            throw new IllegalArgumentException("overTime(" + Nanos.text(nanos) + ") excludes overCalls(" + lastCalls
                    + "), which is set; keep one of the two");
        }
        return counting(nanos, 0, minimumCalls);
    }

    BreakerSettings overCalls(int calls) {
        if (calls < 1 || calls > MOST_LAST_CALLS) {
            throw new IllegalArgumentException(
                    "overCalls must be from 1 to " + MOST_LAST_CALLS + ", is " + calls + "; overTime has no limit");
        }
        if (windowNanos != 0) {
            throw new IllegalArgumentException("overCalls(" + calls + ") excludes overTime(" + Nanos.text(windowNanos)
                    + "), which is set; keep one of the two");
        }
        return counting(0, calls, minimumCalls);
    }

    BreakerSettings minimumCalls(int n) {
        if (n < 1 || n > MOST_MINIMUM_CALLS) {
            throw new IllegalArgumentException("minimumCalls must be from 1 to " + MOST_MINIMUM_CALLS + ", is " + n);
        }
        return counting(windowNanos, lastCalls, n);
    }

    BreakerSettings slowCalls(Duration threshold, double share) {
        long nanos = Nanos.positive(threshold, "slowCalls: threshold");
        checkedShare(share, "slowCalls: share");
        return new BreakerSettings(
                failuresInARow,
                failureShare,
                windowNanos,
                lastCalls,
                minimumCalls,
                nanos,
                share,
                openForNanos,
                growth,
                longestNanos,
                growthIsDefault,
                leaseNanos);
    }

    Breaker build(RandomSource random) {
        if (failuresInARow > 0 && slowShare == 0 && (windowNanos != 0 || lastCalls != 0 || minimumCalls != 0)) {
            throw new IllegalArgumentException("overTime, overCalls and minimumCalls say nothing about "
                    + "consecutiveFailures(" + failuresInARow + "); drop them, or add slowCalls or use failureRate");
        }
        BreakerRule failures = failuresInARow > 0
                ? BreakerRule.inARow(failuresInARow)
                : shareRule(BreakerRule.Kind.FAILED, failureShare, 0);
        BreakerRule slowCalls = slowShare == 0 ? null : shareRule(BreakerRule.Kind.SLOW, slowShare, slowNanos);
        return new Breaker(failures, slowCalls, openTime(), lease(), random);
    }

    private BreakerRule shareRule(BreakerRule.Kind kind, double share, long thresholdNanos) {
        int minimum = minimumCalls != 0
                ? minimumCalls
                : lastCalls != 0 ? Math.min(DEFAULT_MINIMUM_CALLS, lastCalls) : DEFAULT_MINIMUM_CALLS;
        long window = lastCalls != 0 ? 0 : windowNanos != 0 ? windowNanos : DEFAULT_WINDOW;
        return new BreakerRule(kind, minimum, share, thresholdNanos, window, lastCalls);
    }

    /** The open time is a backoff whose tries are the probes: number 1 is the first  */
    private Backoff openTime() {
        Backoff base = RetryPolicy.fixed(Duration.ofNanos(openForNanos));
        return growth == 0
                ? base
                : base.multiplier(growth).cap(Duration.ofNanos(longestNanos)).equalJitter();
    }

    private long lease() {
        return leaseNanos != 0 ? leaseNanos : Math.max(openForNanos, SHORTEST_LEASE);
    }

    private static double checkedShare(double share, String setting) {
        if (!(share > 0.0 && share <= 1.0)) {
            throw new IllegalArgumentException(
                    setting + " must be more than 0 and at most 1, is " + share + "; 0.5 is every second call");
        }
        return share;
    }

    private BreakerSettings counting(long window, int calls, int minimum) {
        if (calls != 0 && minimum > calls) {
            throw new IllegalArgumentException("minimumCalls must be at most overCalls (" + calls + "), is " + minimum
                    + ": the breaker would never open");
        }
        return new BreakerSettings(
                failuresInARow,
                failureShare,
                window,
                calls,
                minimum,
                slowNanos,
                slowShare,
                openForNanos,
                growth,
                longestNanos,
                growthIsDefault,
                leaseNanos);
    }

    private BreakerSettings opening(long openFor, double multiplier, long longest) {
        if (multiplier != 0 && longest < openFor) {
            throw new IllegalArgumentException(
                    "growing: max must be at least openFor (" + Nanos.text(openFor) + "), is " + Nanos.text(longest));
        }
        return new BreakerSettings(
                failuresInARow,
                failureShare,
                windowNanos,
                lastCalls,
                minimumCalls,
                slowNanos,
                slowShare,
                openFor,
                multiplier,
                longest,
                false,
                leaseNanos);
    }

    /** Each setting, for comparing. */
    List<Object> all() {
        return List.of(
                failuresInARow,
                failureShare,
                windowNanos,
                lastCalls,
                minimumCalls,
                slowNanos,
                slowShare,
                openForNanos,
                growth,
                longestNanos,
                growthIsDefault,
                leaseNanos);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(
                failuresInARow > 0
                        ? "consecutiveFailures(" + failuresInARow + ")"
                        : "failureRate(" + failureShare + ")");
        if (lastCalls != 0) {
            text.append(".overCalls(").append(lastCalls).append(')');
        } else if (windowNanos != 0) {
            text.append(".overTime(").append(Nanos.text(windowNanos)).append(')');
        }
        if (minimumCalls != 0) {
            text.append(".minimumCalls(").append(minimumCalls).append(')');
        }
        if (slowShare != 0) {
            text.append(".slowCalls(")
                    .append(Nanos.text(slowNanos))
                    .append(", ")
                    .append(slowShare)
                    .append(')');
        }
        text.append(".openFor(").append(Nanos.text(openForNanos)).append(')');
        if (growth != 0) {
            text.append(".growing(")
                    .append(growth)
                    .append(", ")
                    .append(Nanos.text(longestNanos))
                    .append(')');
        }
        if (leaseNanos != 0) {
            text.append(".probeLease(").append(Nanos.text(leaseNanos)).append(')');
        }
        return text.toString();
    }
}
