package io.levee;

import java.time.Duration;

/** What a setting may be, and how its user is told that it is not. */
final class Range {
    private Range() {}

    static int atLeast(int least, int value, String setting) {
        if (value < least) {
            throw wrong(setting, least + " or more", value);
        }
        return value;
    }

    static int within(int least, int most, int value, String setting) {
        within((double) least, most, value, setting);
        return value;
    }

    static double within(double least, double most, double value, String setting) {
        if (!(value >= least && value <= most)) {
            throw wrong(setting, "from " + text(least) + " to " + text(most), text(value));
        }
        return value;
    }

    /** A time in nanoseconds. */
    static long within(long leastNanos, long mostNanos, Duration value, String setting) {
        long nanos = Nanos.of(value, setting);
        if (nanos < leastNanos || nanos > mostNanos) {
            throw wrong(setting, "from " + Nanos.text(leastNanos) + " to " + Nanos.text(mostNanos), Nanos.text(nanos));
        }
        return nanos;
    }

    static double finiteMultiplier(double value, String setting) {
        if (!(value >= 1.0) || Double.isInfinite(value)) {
            throw wrong(setting, "1 or more and finite", value);
        }
        return value;
    }

    static IllegalArgumentException wrong(String setting, String must, Object is) {
        return new IllegalArgumentException(setting + " must be " + must + ", is " + is);
    }

    private static String text(double number) {
        return number == (int) number ? String.valueOf((int) number) : String.valueOf(number);
    }
}
