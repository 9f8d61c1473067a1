package io.levee.lab.demo;

import io.levee.RandomSource;
import java.util.Arrays;

/**
 * When calls arrive: an open loop, so nobody waits for an answer before the next one comes. That is what users do, and
 * the reason why a slow service meets a growing crowd.
 */
final class Arrivals {
    private Arrivals() {}

    /**
     * Poisson arrivals.
     *
     * @return instants in nanoseconds since the start, ascending, all before the length; never empty
     */
    static long[] poisson(double perSecond, long lengthNanos, long seed) {
        Draw draw = new Draw(RandomSource.seeded(seed));
        double meanGapNanos = 1e9 / perSecond;
        long[] instants = new long[Math.max(16, (int) (lengthNanos / meanGapNanos))];
        int count = 0;
        double at = 0;
        do {
            if (count == instants.length) {
                instants = Arrays.copyOf(instants, count + count / 2);
            }
            instants[count++] = (long) at;
            at += draw.exponential(meanGapNanos);
        } while (at < lengthNanos);
        return Arrays.copyOf(instants, count);
    }
}
