package io.levee.guard.slo.gate;

import io.levee.guard.slo.Ratio;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much a release may cost. Immutable.
 *
 * @param unit what a limit is a percentage of
 * @param staging the limit in staging, in percent of the unit
 * @param canary the limit as a canary, in percent of the unit
 * @param canaryWithin over which time before the decision a canary's cost is counted
 * @param minimumEvents how many events of the release are enough data; null for as many as show the target without a
 *     failure ({@link io.levee.guard.slo.Sample#withoutFailure})
 * @param minimumStable how many events of the stable side are enough to reckon its failure rate from
 */
public record GatePolicy(
        Unit unit,
        Ratio staging,
        Ratio canary,
        Duration canaryWithin,
        @Nullable Long minimumEvents,
        long minimumStable) {
    /**
     * In points of the total: staging 0.02, canary 0.005 within 24 hours. At 99.95 % the budget is 0.05 points, so staging
     * may spend 40 % of it and a canary 10 %. Twenty events of the stable side are enough: fewer put its rate down to chance.
     */
    public static final GatePolicy DEFAULT =
            new GatePolicy(Unit.TOTAL, Ratio.parse("0.02"), Ratio.parse("0.005"), Duration.ofHours(24), null, 20);

    /** What a limit is a percentage of. */
    public enum Unit {
        /** Of all events of the objective's window: the same for every target. */
        TOTAL,
        /** Of the error budget. */
        BUDGET;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a limit is negative or above 100, the time is not above 0, or a minimum is
     *     negative
     */
    public GatePolicy {
        checkLimit("staging", staging);
        checkLimit("canary", canary);
        if (canaryWithin.isZero() || canaryWithin.isNegative()) {
            throw new IllegalArgumentException("a canary's time must be above 0, is " + canaryWithin);
        }
        if (minimumEvents != null && minimumEvents < 0) {
            throw new IllegalArgumentException("the minimum of events must not be negative, is " + minimumEvents);
        }
        if (minimumStable < 1) {
            throw new IllegalArgumentException(
                    "the minimum of events of the stable side must be 1 or more, is " + minimumStable);
        }
    }

    private static void checkLimit(String name, Ratio limit) {
        if (limit.signum() < 0 || limit.compareTo(Ratio.of(100)) > 0) {
            throw new IllegalArgumentException("the limit of " + name + " must be from 0 to 100 percent, is " + limit);
        }
    }

    /**
     * With another minimum of events.
     *
     * @param events 0 or more
     * @return a new policy
     */
    public GatePolicy withMinimumEvents(long events) {
        return new GatePolicy(unit, staging, canary, canaryWithin, events, minimumStable);
    }

    /**
     * With another unit.
     *
     * @param other the unit
     * @return a new policy
     */
    public GatePolicy withUnit(Unit other) {
        return new GatePolicy(other, staging, canary, canaryWithin, minimumEvents, minimumStable);
    }
}
