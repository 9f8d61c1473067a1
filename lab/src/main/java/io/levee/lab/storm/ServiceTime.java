package io.levee.lab.storm;

import java.time.Duration;

/**
 * How long a worker of a service takes for one request: a distribution with a mean.
 *
 * @param kind its form
 * @param mean its mean
 * @param shape lognormal: sigma, the deviation of the logarithm; heavy tail: alpha, the tail's exponent; else unused
 */
public record ServiceTime(Kind kind, Duration mean, double shape) {
    /** The forms. */
    public enum Kind {
        /** Always the same. */
        FIXED,
        /** Most near the mean, a tail to the right: what most services look like. */
        LOGNORMAL,
        /** Memoryless: as often far below the mean as the textbook's queue has it. */
        EXPONENTIAL,
        /** Pareto: a few requests take very long. */
        HEAVY_TAIL
    }

    private static final double MAX_SIGMA = 3;
    private static final double MIN_ALPHA = 1.05;

    /**
     * A distribution.
     *
     * @throws IllegalArgumentException if the mean is not more than zero, or the shape is out of its range
     */
    public ServiceTime {
        if (mean.isNegative() || mean.isZero()) {
            throw new IllegalArgumentException("a service time must be more than zero, is " + mean);
        }
        if (kind == Kind.LOGNORMAL && !(shape >= 0 && shape <= MAX_SIGMA)) {
            throw new IllegalArgumentException("sigma must be from 0 to 3, is " + shape);
        }
        if (kind == Kind.HEAVY_TAIL && !(shape >= MIN_ALPHA && shape <= 10)) {
            throw new IllegalArgumentException("alpha must be from 1.05 (below 1 there is no mean) to 10, is " + shape);
        }
    }

    /** One time, in nanoseconds. */
    double draw(Draws draws) {
        double nanos = mean.toNanos();
        return switch (kind) {
            case FIXED -> nanos;
            case EXPONENTIAL -> nanos * draws.exponential();
            // The exponent is shifted so that the mean is the mean.
            case LOGNORMAL -> nanos * StrictMath.exp(shape * draws.normal() - shape * shape / 2);
            case HEAVY_TAIL -> nanos * (shape - 1) / shape * StrictMath.pow(1 - draws.uniform(), -1 / shape);
        };
    }
}
