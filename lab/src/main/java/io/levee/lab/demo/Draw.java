package io.levee.lab.demo;

import io.levee.RandomSource;

/** Random numbers of the distributions that the demo needs. Thread-safe if its source is. */
final class Draw {
    private static final double UNIT = 0x1.0p-53;

    private final RandomSource random;

    Draw(RandomSource random) {
        this.random = random;
    }

    /** Evenly spread from 0 (inclusive) to 1 (exclusive). */
    double uniform() {
        return (random.nextLong() >>> 11) * UNIT;
    }

    /** The gap between two arrivals of a Poisson stream. */
    double exponential(double mean) {
        return -mean * Math.log(1 - uniform());
    }

    /** Mostly near the mean, with a tail to the right: what service times look like. */
    double logNormal(double mean, double sigma) {
        // Box and Muller, 1958; the exponent is shifted so that the mean is the mean.
        double gauss = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
        return mean * Math.exp(sigma * gauss - sigma * sigma / 2);
    }
}
