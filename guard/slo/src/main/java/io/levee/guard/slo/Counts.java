package io.levee.guard.slo;

/**
 * How many events went well, badly, or were answered by a fallback. An event is one call as its caller saw it, whatever
 * number of attempts it took. Immutable.
 *
 * @param good as promised
 * @param bad not as promised
 * @param degraded answered, but with a fallback: neither good nor bad; what it costs is a setting
 */
public record Counts(long good, long bad, long degraded) {
    /** No events. */
    public static final Counts NONE = new Counts(0, 0, 0);

    /**
     * Checks that none is negative.
     *
     * @throws IllegalArgumentException if one is, or if a long does not hold their sum
     */
    public Counts {
        if (good < 0 || bad < 0 || degraded < 0) {
            throw new IllegalArgumentException(
                    "counts must not be negative: good " + good + ", bad " + bad + ", degraded " + degraded);
        }
        long sum = good + bad;
        if (sum < 0 || sum + degraded < 0) {
            throw new IllegalArgumentException(
                    "more events than a long holds: good " + good + ", bad " + bad + ", degraded " + degraded);
        }
    }

    /**
     * Of a total, as most meters give it.
     *
     * @param total all events
     * @param bad of them
     * @param degraded of them
     * @return the counts
     * @throws IllegalArgumentException if one is negative, or bad and degraded are more than there are
     */
    public static Counts ofTotal(long total, long bad, long degraded) {
        if (total < 0 || bad < 0 || degraded < 0) {
            throw new IllegalArgumentException(
                    "counts must not be negative: total " + total + ", bad " + bad + ", degraded " + degraded);
        }
        if (bad > total || degraded > total - bad) {
            throw new IllegalArgumentException(
                    "bad " + bad + " and degraded " + degraded + " are more than the total of " + total);
        }
        return new Counts(total - bad - degraded, bad, degraded);
    }

    /**
     * All events.
     *
     * @return good + bad + degraded
     */
    public long total() {
        return good + bad + degraded;
    }

    /**
     * Both.
     *
     * @param other more events
     * @return the sum
     * @throws IllegalArgumentException if a long does not hold it
     */
    public Counts plus(Counts other) {
        try {
            return new Counts(
                    Math.addExact(good, other.good),
                    Math.addExact(bad, other.bad),
                    Math.addExact(degraded, other.degraded));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("more events than a long holds: " + this + " and " + other, e);
        }
    }

    /**
     * What these events cost: each bad one 1, each degraded one its weight.
     *
     * @param degradedWeight 0 to 1
     * @return in events
     */
    public Ratio spent(Ratio degradedWeight) {
        return degraded == 0 ? Ratio.of(bad) : Ratio.of(bad).plus(degradedWeight.times(degraded));
    }
}
