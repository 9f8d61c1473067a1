package io.levee;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings behind a {@link Breaker.Spec}: what may be set to what, what excludes what, what is the default.
 *
 * @param failuresInARow the limit of the rule 'n failures in a row'; 0 for the rule about a share
 * @param failureShare the limit of the rule about a share; 0 for the other rule
 * @param counting over what shares are counted
 * @param slow the rule about slow calls, if there is one
 * @param opening how long the breaker stays open
 */
record BreakerSettings(
        int failuresInARow,
        double failureShare,
        Counting counting,
        @Nullable Slow slow,
        Opening opening) {

    /** The mission's rule. */
    private static final long OPEN_AFTER_A_ROW = 30 * Nanos.PER_SECOND;

    // 30 s, 20 calls and 5 s growing to 300 s: what Polly, SmallRye and Finagle settled on, in this order.
    private static final long DEFAULT_WINDOW = 30 * Nanos.PER_SECOND;
    private static final int DEFAULT_MINIMUM_CALLS = 20;
    private static final long OPEN_AFTER_A_SHARE = 5 * Nanos.PER_SECOND;
    private static final Growth DEFAULT_GROWTH = new Growth(2.0, 300 * Nanos.PER_SECOND);

    private static final long SHORTEST_LEASE = 60 * Nanos.PER_SECOND;

    // Shorter, and laps of the ring come round too soon (TimeWindow); longer, and a bucket is hours.
    private static final Duration SHORTEST_WINDOW = Duration.ofMillis(100);
    private static final Duration LONGEST_WINDOW = Duration.ofDays(1);
    /** Every failure counts the marked bits again: 157 words at the most. */
    private static final int MOST_LAST_CALLS = 10_000;
    /** One full bucket of a time window must be able to reach it. */
    private static final int MOST_MINIMUM_CALLS = 100_000;

    /** Zero stands for 'not set' in all three. */
    record Counting(long windowNanos, int lastCalls, int minimumCalls) {
        static final Counting DEFAULT = new Counting(0, 0, 0);
    }

    record Slow(long thresholdNanos, double share) {}

    record Growth(double multiplier, long longestNanos) {}

    /** The growth may be the default one, which an open time of the user's own replaces; a lease of 0 is not set. */
    record Opening(long openForNanos, @Nullable Growth growth, boolean growthIsDefault, long leaseNanos) {}

    static BreakerSettings consecutiveFailures(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("consecutiveFailures must be 1 or more, is " + n);
        }
        return new BreakerSettings(n, 0, Counting.DEFAULT, null, new Opening(OPEN_AFTER_A_ROW, null, false, 0));
    }

    static BreakerSettings failureRate(double share) {
        return new BreakerSettings(
                0,
                checkedShare(share, "failureRate"),
                Counting.DEFAULT,
                null,
                new Opening(OPEN_AFTER_A_SHARE, DEFAULT_GROWTH, true, 0));
    }

    BreakerSettings openFor(Duration time) {
        long nanos = Nanos.positive(time, "openFor");
        Growth kept = opening.growthIsDefault ? null : opening.growth;
        return with(checked(new Opening(nanos, kept, false, opening.leaseNanos)));
    }

    BreakerSettings growing(double multiplier, Duration longest) {
        if (!(multiplier >= 1.0) || Double.isInfinite(multiplier)) {
            throw new IllegalArgumentException("growing: multiplier must be 1 or more and finite, is " + multiplier);
        }
        Growth growth = new Growth(multiplier, Nanos.positive(longest, "growing: max"));
        return with(checked(new Opening(opening.openForNanos, growth, false, opening.leaseNanos)));
    }

    BreakerSettings probeLease(Duration time) {
        long nanos = Nanos.positive(time, "probeLease");
        return with(new Opening(opening.openForNanos, opening.growth, opening.growthIsDefault, nanos));
    }

    BreakerSettings overTime(Duration window) {
        long nanos = Nanos.of(window, "overTime");
        if (window.compareTo(SHORTEST_WINDOW) < 0 || window.compareTo(LONGEST_WINDOW) > 0) {
            throw new IllegalArgumentException("overTime must be from 100 ms to 24 h, is " + Nanos.text(nanos));
        }
        if (counting.lastCalls != 0) {
            throw new IllegalArgumentException("overTime(" + Nanos.text(nanos) + ") excludes overCalls("
                    + counting.lastCalls + "), which is set; keep one of the two");
        }
        return with(new Counting(nanos, 0, counting.minimumCalls));
    }

    BreakerSettings overCalls(int lastCalls) {
        if (lastCalls < 1 || lastCalls > MOST_LAST_CALLS) {
            throw new IllegalArgumentException(
                    "overCalls must be from 1 to " + MOST_LAST_CALLS + ", is " + lastCalls + "; overTime has no limit");
        }
        if (counting.windowNanos != 0) {
            throw new IllegalArgumentException("overCalls(" + lastCalls + ") excludes overTime("
                    + Nanos.text(counting.windowNanos) + "), which is set; keep one of the two");
        }
        return with(checked(new Counting(0, lastCalls, counting.minimumCalls)));
    }

    BreakerSettings minimumCalls(int n) {
        if (n < 1 || n > MOST_MINIMUM_CALLS) {
            throw new IllegalArgumentException("minimumCalls must be from 1 to " + MOST_MINIMUM_CALLS + ", is " + n);
        }
        return with(checked(new Counting(counting.windowNanos, counting.lastCalls, n)));
    }

    BreakerSettings slowCalls(Duration threshold, double share) {
        Slow rule =
                new Slow(Nanos.positive(threshold, "slowCalls: threshold"), checkedShare(share, "slowCalls: share"));
        return new BreakerSettings(failuresInARow, failureShare, counting, rule, opening);
    }

    Breaker build(RandomSource random) {
        if (failuresInARow > 0 && slow == null && !counting.equals(Counting.DEFAULT)) {
            throw new IllegalArgumentException("overTime, overCalls and minimumCalls say nothing about "
                    + "consecutiveFailures(" + failuresInARow + "); drop them, or add slowCalls or use failureRate");
        }
        BreakerRule failures = failuresInARow > 0
                ? BreakerRule.inARow(failuresInARow)
                : shareRule(BreakerRule.Kind.FAILED, failureShare, 0);
        BreakerRule slowCalls = slow == null ? null : shareRule(BreakerRule.Kind.SLOW, slow.share, slow.thresholdNanos);
        return new Breaker(failures, slowCalls, openTime(), leaseNanos(), random);
    }

    private BreakerRule shareRule(BreakerRule.Kind kind, double share, long slowNanos) {
        int minimum = counting.minimumCalls != 0
                ? counting.minimumCalls
                : counting.lastCalls != 0 ? Math.min(DEFAULT_MINIMUM_CALLS, counting.lastCalls) : DEFAULT_MINIMUM_CALLS;
        long window = counting.lastCalls != 0 ? 0 : counting.windowNanos != 0 ? counting.windowNanos : DEFAULT_WINDOW;
        return new BreakerRule(kind, minimum, share, slowNanos, window, counting.lastCalls);
    }

    /** The open time is a backoff whose tries are the probes: number 1 is the first opening. */
    private Backoff openTime() {
        Backoff base = RetryPolicy.fixed(Duration.ofNanos(opening.openForNanos));
        Growth growth = opening.growth;
        return growth == null
                ? base
                : base.multiplier(growth.multiplier)
                        .cap(Duration.ofNanos(growth.longestNanos))
                        .equalJitter();
    }

    private long leaseNanos() {
        return opening.leaseNanos != 0 ? opening.leaseNanos : Math.max(opening.openForNanos, SHORTEST_LEASE);
    }

    private BreakerSettings with(Counting changed) {
        return new BreakerSettings(failuresInARow, failureShare, changed, slow, opening);
    }

    private BreakerSettings with(Opening changed) {
        return new BreakerSettings(failuresInARow, failureShare, counting, slow, changed);
    }

    private static double checkedShare(double share, String setting) {
        if (!(share > 0.0 && share <= 1.0)) {
            throw new IllegalArgumentException(
                    setting + " must be more than 0 and at most 1, is " + share + "; 0.5 is every second call");
        }
        return share;
    }

    private static Counting checked(Counting counting) {
        if (counting.lastCalls != 0 && counting.minimumCalls > counting.lastCalls) {
            throw new IllegalArgumentException("minimumCalls must be at most overCalls (" + counting.lastCalls
                    + "), is " + counting.minimumCalls + ": the breaker would never open");
        }
        return counting;
    }

    private static Opening checked(Opening opening) {
        Growth growth = opening.growth;
        if (growth != null && growth.longestNanos < opening.openForNanos) {
            throw new IllegalArgumentException("growing: max must be at least openFor ("
                    + Nanos.text(opening.openForNanos) + "), is " + Nanos.text(growth.longestNanos));
        }
        return opening;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(
                failuresInARow > 0
                        ? "consecutiveFailures(" + failuresInARow + ")"
                        : "failureRate(" + failureShare + ")");
        if (counting.lastCalls != 0) {
            text.append(".overCalls(").append(counting.lastCalls).append(')');
        } else if (counting.windowNanos != 0) {
            text.append(".overTime(").append(Nanos.text(counting.windowNanos)).append(')');
        }
        if (counting.minimumCalls != 0) {
            text.append(".minimumCalls(").append(counting.minimumCalls).append(')');
        }
        if (slow != null) {
            text.append(".slowCalls(")
                    .append(Nanos.text(slow.thresholdNanos))
                    .append(", ")
                    .append(slow.share)
                    .append(')');
        }
        text.append(".openFor(").append(Nanos.text(opening.openForNanos)).append(')');
        Growth growth = opening.growth;
        if (growth != null) {
            text.append(".growing(")
                    .append(growth.multiplier)
                    .append(", ")
                    .append(Nanos.text(growth.longestNanos))
                    .append(')');
        }
        if (opening.leaseNanos != 0) {
            text.append(".probeLease(").append(Nanos.text(opening.leaseNanos)).append(')');
        }
        return text.toString();
    }
}
