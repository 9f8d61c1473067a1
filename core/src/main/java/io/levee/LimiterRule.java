package io.levee;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * A limiter's rate and burst, checked. The increment is the time that one permit stands for, in whole nanoseconds and
 * rounded up: what is let through never exceeds the rate asked for, and stays below it by less than rate / 10^9.
 */
final class LimiterRule {
    /**
     * The longest time that a full burst may stand for (36 years). It keeps every sum of an instant, a burst and an
     * increment below Long.MAX_VALUE for a time source that has run for less than 200 years.
     */
    static final long MAX_BURST_NANOS = Long.MAX_VALUE / 8;

    private static final String ONE_IN_36_YEARS = "at least one in 36 years";
    private static final String LEAVE_OUT = "; to let everything through leave the limiter out";
    private static final String FORCE_OPEN = "; to let nothing through force the breaker open";

    /** The rate asked for. */
    final double permitsPerSecond;
    /** The time that one permit stands for; 1 or more. */
    final long incrementNanos;
    /** How many permits a limiter at rest grants at one instant; 1 or more. */
    final long burst;

    private LimiterRule(double permitsPerSecond, long incrementNanos, long burst) {
        this.permitsPerSecond = permitsPerSecond;
        this.incrementNanos = incrementNanos;
        this.burst = burst;
    }

    static LimiterRule perSecond(double permits) {
        if (!(permits > 0) || permits > Nanos.PER_SECOND) {
            throw Range.wrong("permits per second", "more than 0 and at most 1000000000", permits + LEAVE_OUT);
        }
        // Exact: a quotient of doubles may come out below the true one, and rounding it up would not mend that.
        BigDecimal increment =
                BigDecimal.valueOf(Nanos.PER_SECOND).divide(new BigDecimal(permits), 0, RoundingMode.CEILING);
        if (increment.compareTo(BigDecimal.valueOf(MAX_BURST_NANOS)) > 0) {
            throw Range.wrong("permits per second", ONE_IN_36_YEARS, permits + FORCE_OPEN);
        }
        return withDefaultBurst(permits, increment.longValueExact());
    }

    static LimiterRule per(Duration period, long permits) {
        long nanos = Nanos.positive(period, "limiter period");
        if (permits < 1) {
            throw Range.wrong("permits", "1 or more", permits + " per " + period + "; take a longer period");
        }
        if (permits > nanos) {
            throw Range.wrong("permits", "at most one a nanosecond", permits + " per " + period + LEAVE_OUT);
        }
        long increment = nanos / permits + (nanos % permits == 0 ? 0 : 1);
        if (increment > MAX_BURST_NANOS) {
            throw Range.wrong("permits", ONE_IN_36_YEARS, permits + " per " + period + FORCE_OPEN);
        }
        return withDefaultBurst((double) permits * Nanos.PER_SECOND / nanos, increment);
    }

    /** The default burst is what comes in 100 ms. */
    private static LimiterRule withDefaultBurst(double permitsPerSecond, long incrementNanos) {
        return new LimiterRule(permitsPerSecond, incrementNanos, Math.max(1, 100 * Nanos.PER_MILLI / incrementNanos));
    }

    LimiterRule withBurst(long newBurst) {
        if (newBurst < 1) {
            throw Range.wrong("burst", "1 or more", newBurst);
        }
        if (newBurst > MAX_BURST_NANOS / incrementNanos) {
            throw Range.wrong(
                    "burst",
                    "at most what comes in 36 years, " + MAX_BURST_NANOS / incrementNanos + " at " + permitsPerSecond
                            + " per second",
                    newBurst + "; take a smaller burst or a higher rate");
        }
        return new LimiterRule(permitsPerSecond, incrementNanos, newBurst);
    }

    /** The time that a full burst stands for. */
    long burstNanos() {
        return burst * incrementNanos;
    }
}
