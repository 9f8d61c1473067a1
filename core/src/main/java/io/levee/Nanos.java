package io.levee;

import java.time.Duration;
import java.util.Objects;

/** Arithmetic on nanoseconds that saturates instead of overflowing. The one place where a Duration becomes a long. */
final class Nanos {
    /** No limit: later than any instant a clock will show (292 years). */
    static final long NEVER = Long.MAX_VALUE;

    static final long PER_MILLI = 1_000_000L;
    static final long PER_SECOND = 1_000_000_000L;

    private Nanos() {}

    /** The duration in nanoseconds, at most Long.MAX_VALUE; refuses a negative one, naming the setting. */
    static long of(Duration duration, String setting) {
        Objects.requireNonNull(duration, setting);
        if (duration.isNegative()) {
            throw new IllegalArgumentException(setting + " must not be negative, is " + duration);
        }
        return saturated(duration);
    }

    /** Like {@link #of}, and refuses zero as well. */
    static long positive(Duration duration, String setting) {
        long nanos = of(duration, setting);
        if (nanos == 0) {
            throw new IllegalArgumentException(setting + " must be more than zero");
        }
        return nanos;
    }

    private static long saturated(Duration duration) {
        return duration.toSeconds() >= Long.MAX_VALUE / PER_SECOND ? Long.MAX_VALUE : duration.toNanos();
    }

    /** The time left until an instant: 0 if it has passed, {@link #NEVER} if it never comes. */
    static long left(long dueNanos, TimeSource time) {
        return dueNanos == NEVER ? NEVER : Math.max(0, dueNanos - time.nanoTime());
    }

    /** Sum of two numbers that are not negative, at most Long.MAX_VALUE. */
    static long add(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** Milliseconds in nanoseconds, at most Long.MAX_VALUE. */
    static long fromMillis(long millis) {
        return millis > Long.MAX_VALUE / PER_MILLI ? Long.MAX_VALUE : millis * PER_MILLI;
    }

    /** Whole milliseconds that are not shorter than the given time: a wait rounded to them is never early. */
    static long toMillisUp(long nanos) {
        return nanos / PER_MILLI + (nanos % PER_MILLI == 0 ? 0 : 1);
    }

    /** For a message: the shortest exact-enough text, such as {@code 1.5 s}, {@code 20 ms} or {@code none}. */
    static String text(long nanos) {
        if (nanos == NEVER) {
            return "none";
        }
        if (nanos >= PER_SECOND || nanos <= -PER_SECOND) {
            return trimmed(nanos / (double) PER_SECOND) + " s";
        }
        if (nanos >= PER_MILLI || nanos <= -PER_MILLI) {
            return trimmed(nanos / (double) PER_MILLI) + " ms";
        }
        return nanos + " ns";
    }

    private static String trimmed(double value) {
        String text = String.format(java.util.Locale.ROOT, "%.3f", value);
        return text.replaceAll("\\.?0+$", "");
    }
}
