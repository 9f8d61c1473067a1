package io.levee.lab.storm;

/**
 * How long calls took: counts in buckets whose width grows with the value, so that a quantile is right to within 1/64 of
 * itself. Nanoseconds, from a microsecond to an hour.
 */
final class Histogram {
    private static final int STEPS_BITS = 6;
    private static final int STEPS = 1 << STEPS_BITS;
    private static final int UNIT_BITS = 10;
    private static final int LARGEST_EXPONENT = 28;

    private final int[] counts = new int[(LARGEST_EXPONENT + 1) * STEPS];
    private int total;

    void add(long nanos) {
        counts[index(Math.max(0, nanos) >>> UNIT_BITS)]++;
        total++;
    }

    private static int index(long units) {
        if (units < STEPS) {
            return (int) units;
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(units) - STEPS_BITS;
        if (exponent >= LARGEST_EXPONENT) {
            return (LARGEST_EXPONENT + 1) * STEPS - 1;
        }
        return (exponent + 1) * STEPS + (int) ((units >>> exponent) & (STEPS - 1));
    }

    /** The middle of a bucket, in nanoseconds. */
    private static double value(int index) {
        if (index < STEPS) {
            return (index + 0.5) * (1 << UNIT_BITS);
        }
        int exponent = index / STEPS - 1;
        return (STEPS + index % STEPS + 0.5) * (1L << exponent) * (1 << UNIT_BITS);
    }

    /** A quantile in milliseconds; NaN if nothing was added. */
    double quantileMillis(double q) {
        if (total == 0) {
            return Double.NaN;
        }
        long rank = (long) Math.ceil(q * total);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank && counts[i] > 0) {
                return value(i) / 1e6;
            }
        }
        return value(counts.length - 1) / 1e6;
    }
}
