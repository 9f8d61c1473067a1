package io.levee.lab.storm;

/**
 * Random numbers of a simulation: equal seeds give equal numbers on every JDK and machine, since nothing but
 * {@link StrictMath} and integers is in them. Not thread-safe. SplitMix64 (Steele, Lea, Flood, 2014).
 */
final class Draws {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private long state;
    private double spare;
    private boolean hasSpare;

    /** Numbers of their own for one purpose, so that what one part of the model draws does not change another. */
    Draws(long seed, String purpose) {
        state = mixed(seed ^ mixed(purpose.hashCode()));
    }

    long bits() {
        state += GOLDEN_GAMMA;
        return mixed(state);
    }

    private static long mixed(long from) {
        long z = from;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Evenly spread from 0 (inclusive) to 1 (exclusive). */
    double uniform() {
        return (bits() >>> 11) * UNIT;
    }

    int below(int bound) {
        return (int) (uniform() * bound);
    }

    /** Exponential with a mean of 1. */
    double exponential() {
        return -StrictMath.log(1 - uniform());
    }

    /** Normal, mean 0 and deviation 1 (Marsaglia's polar method, 1964). */
    double normal() {
        if (hasSpare) {
            hasSpare = false;
            return spare;
        }
        while (true) {
            double x = 2 * uniform() - 1;
            double y = 2 * uniform() - 1;
            double square = x * x + y * y;
            if (square < 1 && square > 0) {
                double scale = Math.sqrt(-2 * StrictMath.log(square) / square);
                spare = y * scale;
                hasSpare = true;
                return x * scale;
            }
        }
    }
}
