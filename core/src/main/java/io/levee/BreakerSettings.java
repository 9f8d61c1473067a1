package io.levee;

import java.time.Duration;
import java.util.Objects;

/** The one {@link Breaker.Spec}: what may be set to what, what excludes what, what is the default. */
final class BreakerSettings implements Breaker.Spec, Cloneable {
    /** The limit of the rule 'n failures in a row'; 0 for the rule about a share. */
    private int failuresInARow;

    /** The limit of the rule about a share; 0 for the other rule. */
    private double failureShare;

    /** Over what time shares are counted; 0 for not set. */
    private long windowNanos;

    /** Over how many calls shares are counted; 0 for not set. */
    private int lastCalls;

    /** Fewer calls say nothing; 0 for not set. */
    private int minimumCalls;

    /** From how long a call is slow. */
    private long slowNanos;

    /** The limit of the rule about slow calls; 0 for no such rule. */
    private double slowShare;

    /** How long the breaker stays open at first. */
    private long openForNanos;

    /** What each further opening is longer by; 0 for all alike. */
    private double growth;

    /** How long the breaker stays open at most, if that grows. */
    private long longestNanos;

    /** Whether the growth is the default one, which an open time of the user's own replaces. */
    private boolean growthIsDefault;

    /** How long a probe may take; 0 for not set. */
    private long leaseNanos;

    private BreakerSettings() {}

    /** One to be changed before anybody else sees it: who publishes it does so through a final field. */
    private BreakerSettings copy() {
        try {
            return (BreakerSettings) clone();
        } catch (CloneNotSupportedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static BreakerSettings consecutiveFailures(int n) {
        BreakerSettings settings = new BreakerSettings();
        settings.failuresInARow = Range.atLeast(1, n, "consecutiveFailures");
        settings.openForNanos = 30 * Nanos.PER_SECOND; // the mission's rule
        return settings;
    }

    static BreakerSettings failureRate(double share) {
        BreakerSettings settings = new BreakerSettings();
        settings.failureShare = checkedShare(share, "failureRate");
        // What Finagle settled on.
        settings.openForNanos = 5 * Nanos.PER_SECOND;
        settings.growth = 2.0;
        settings.longestNanos = 300 * Nanos.PER_SECOND;
        settings.growthIsDefault = true;
        return settings;
    }

    @Override
    public Breaker.Spec openFor(Duration time) {
        long nanos = Nanos.positive(time, "openFor");
        return opening(nanos, growthIsDefault ? 0 : growth, longestNanos);
    }

    @Override
    public Breaker.Spec growing(double multiplier, Duration longest) {
        Range.finiteMultiplier(multiplier, "growing: multiplier");
        return opening(openForNanos, multiplier, Nanos.positive(longest, "growing: max"));
    }

    @Override
    public Breaker.Spec probeLease(Duration time) {
        BreakerSettings changed = copy();
        changed.leaseNanos = Nanos.positive(time, "probeLease");
        return changed;
    }

    @Override
    public Breaker.Spec overTime(Duration window) {
        // Shorter, and laps of the ring come round too soon (TimeWindow); longer, and a bucket is hours.
        long nanos = Range.within(100 * Nanos.PER_MILLI, 86_400 * Nanos.PER_SECOND, window, "overTime");
        if (lastCalls != 0) {
            throw exclusive(nanos, lastCalls);
        }
        return counting(nanos, 0, minimumCalls);
    }

    @Override
    public Breaker.Spec overCalls(int calls) {
        // Every failure counts the marked bits again: 157 words at the most.
        Range.within(1, 10_000, calls, "overCalls");
        if (windowNanos != 0) {
            throw exclusive(windowNanos, calls);
        }
        return counting(0, calls, minimumCalls);
    }

    private static IllegalArgumentException exclusive(long windowNanos, int calls) {
        return new IllegalArgumentException("overTime(" + Nanos.text(windowNanos) + ") and overCalls(" + calls
                + ") exclude each other; keep one of the two");
    }

    @Override
    public Breaker.Spec minimumCalls(int n) {
        // One full bucket of a time window must be able to reach it.
        Range.within(1, 100_000, n, "minimumCalls");
        return counting(windowNanos, lastCalls, n);
    }

    @Override
    public Breaker.Spec slowCalls(Duration threshold, double share) {
        BreakerSettings changed = copy();
        changed.slowNanos = Nanos.positive(threshold, "slowCalls: threshold");
        changed.slowShare = checkedShare(share, "slowCalls: share");
        return changed;
    }

    @Override
    public Breaker build(RandomSource random) {
        Objects.requireNonNull(random, "random");
        if (failuresInARow > 0 && slowShare == 0 && (windowNanos != 0 || lastCalls != 0 || minimumCalls != 0)) {
            throw new IllegalArgumentException("overTime, overCalls and minimumCalls say nothing about "
                    + "consecutiveFailures(" + failuresInARow + "); drop them, or add slowCalls or use failureRate");
        }
        BreakerRule failures = failuresInARow > 0 ? BreakerRule.inARow(failuresInARow) : shareRule(failureShare, 0);
        BreakerRule slowCalls = slowShare == 0 ? null : shareRule(slowShare, slowNanos);
        return new Breaker(failures, slowCalls, openTime(), lease(), random);
    }

    private BreakerRule shareRule(double share, long thresholdNanos) {
        // 20 calls and 30 s: what SmallRye and Polly settled on.
        int minimum = minimumCalls != 0 ? minimumCalls : lastCalls != 0 ? Math.min(20, lastCalls) : 20;
        long window = lastCalls != 0 ? 0 : windowNanos != 0 ? windowNanos : 30 * Nanos.PER_SECOND;
        return new BreakerRule(minimum, share, thresholdNanos, window, lastCalls);
    }

    /** The open time is a backoff whose tries are the probes: number 1 is the first  */
    private Backoff openTime() {
        Backoff base = RetryPolicy.fixed(Duration.ofNanos(openForNanos));
        return growth == 0
                ? base
                : base.multiplier(growth).cap(Duration.ofNanos(longestNanos)).equalJitter();
    }

    private long lease() {
        return leaseNanos != 0 ? leaseNanos : Math.max(openForNanos, 60 * Nanos.PER_SECOND);
    }

    private static double checkedShare(double share, String setting) {
        if (!(share > 0.0 && share <= 1.0)) {
            throw Range.wrong(setting, "more than 0 and at most 1", share + "; 0.5 is every second call");
        }
        return share;
    }

    private BreakerSettings counting(long window, int calls, int minimum) {
        if (calls != 0 && minimum > calls) {
            throw Range.wrong(
                    "minimumCalls", "at most overCalls (" + calls + ")", minimum + ": the breaker would never open");
        }
        BreakerSettings changed = copy();
        changed.windowNanos = window;
        changed.lastCalls = calls;
        changed.minimumCalls = minimum;
        return changed;
    }

    private BreakerSettings opening(long openFor, double multiplier, long longest) {
        if (multiplier != 0 && longest < openFor) {
            throw Range.wrong("growing: max", "at least openFor (" + Nanos.text(openFor) + ")", Nanos.text(longest));
        }
        BreakerSettings changed = copy();
        changed.openForNanos = openFor;
        changed.growth = multiplier;
        changed.longestNanos = longest;
        changed.growthIsDefault = false;
        return changed;
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
