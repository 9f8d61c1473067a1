package io.levee.guard.slo;

/**
 * What is promised of events: which share of them must be good, what a degraded one costs, and from how many events on
 * the answer means anything. Immutable.
 *
 * @param target at least 0 and below 1: a target of 1 has no error budget, so nothing can be reckoned with it
 * @param degradedWeight what a degraded event costs, from 0 (as a good one) to 1 (as a bad one)
 * @param minimumTotal how many events are enough data, 0 or more
 */
public record Objective(Ratio target, Ratio degradedWeight, long minimumTotal) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Objective {
        checkTarget(target);
        if (degradedWeight.signum() < 0 || degradedWeight.compareTo(Ratio.ONE) > 0) {
            throw new IllegalArgumentException("the weight of degraded events must be from 0 to 1, is " + degradedWeight
                    + "; 0 counts them as good, 1 as bad");
        }
        if (minimumTotal < 0) {
            throw new IllegalArgumentException("the minimum of events must not be negative, is " + minimumTotal);
        }
    }

    /**
     * A target with the defaults: a degraded event costs nothing, since its caller got an answer that somebody chose to be
     * good enough; one event is enough data.
     *
     * @param target at least 0, below 1
     * @return the objective
     * @throws IllegalArgumentException if the target is out of its range
     */
    public static Objective of(Ratio target) {
        return new Objective(target, Ratio.ZERO, 1);
    }

    static void checkTarget(Ratio target) {
        if (target.signum() < 0 || target.compareTo(Ratio.ONE) >= 0) {
            String way = target.equals(Ratio.ONE)
                    ? "; 100 % leaves no error budget, so take a target below it"
                    : target.compareTo(Ratio.ONE) > 0 && target.compareTo(Ratio.of(100)) < 0
                            ? "; did you mean " + target + "%?"
                            : "";
            throw new IllegalArgumentException("a target must be at least 0 and below 1, is " + target + way);
        }
    }

    /**
     * The share of events that may fail.
     *
     * @return 1 - target
     */
    public Ratio allowed() {
        return target.complement();
    }

    /**
     * With another target.
     *
     * @param other at least 0, below 1
     * @return a new objective
     */
    public Objective withTarget(Ratio other) {
        return new Objective(other, degradedWeight, minimumTotal);
    }
}
