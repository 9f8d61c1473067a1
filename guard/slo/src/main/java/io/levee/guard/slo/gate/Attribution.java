package io.levee.guard.slo.gate;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import java.util.List;

/**
 * What a release cost by itself: what its own events cost, less what they would have cost at the stable side's failure rate
 * in the same minutes. Otherwise an outage of a dependency would be put down to whoever happens to be released. Exact and
 * immutable; docs/gate.md has a worked example.
 *
 * <p>A minute in which the stable side missed the objective, with enough events to say so, is <em>disturbed</em> and stands
 * for itself: its expected cost is the release's events times the stable side's rate of that minute. All other minutes are
 * taken together, since the few failures of a calm minute are chance; their expected cost is the release's events times the
 * stable side's rate over all of them. Within each of these, no more is expected than was spent: a minute in which the
 * release did better is not put to its credit, or an outage of the stable side alone would pay for failures of the release.
 *
 * @param own the release's events
 * @param spent what they cost
 * @param expected what of it the stable side's failure rate explains
 * @param stable the stable side's events in the same minutes
 * @param minutes in how many minutes the release had events
 * @param disturbed how many of them were disturbed
 * @param calmRateKnown whether the calm minutes had enough stable events; otherwise nothing is expected of them, and all
 *     that the release spent there is its own
 * @param beyondChance whether the release cost more than the stable side's rate and chance explain: in the calm minutes, or
 *     in the disturbed ones together, the excess is above three standard deviations of the expected count
 */
public record Attribution(
        Counts own,
        Ratio spent,
        Ratio expected,
        Counts stable,
        int minutes,
        int disturbed,
        boolean calmRateKnown,
        boolean beyondChance) {
    /** Three standard deviations, squared: one false alarm in some hundred decisions. */
    private static final long NINE = 9;

    /**
     * What the release itself cost.
     *
     * @return spent - expected, 0 or more
     */
    public Ratio excess() {
        return spent.minus(expected);
    }

    /**
     * Attributes.
     *
     * @param minutes those in which the release had events
     * @param objective what is promised
     * @param minimumStable how many stable events make a rate, 1 or more
     * @return the attribution
     */
    public static Attribution of(List<Minute> minutes, Objective objective, long minimumStable) {
        Ratio weight = objective.degradedWeight();
        Group all = new Group(weight);
        Group calm = new Group(weight);
        Ratio expected = Ratio.ZERO;
        Ratio disturbedExcess = Ratio.ZERO;
        Ratio disturbedVariance = Ratio.ZERO;
        int disturbed = 0;
        for (Minute minute : minutes) {
            all.add(minute);
            if (!isDisturbed(minute.stable(), objective, minimumStable)) {
                calm.add(minute);
                continue;
            }
            disturbed++;
            Group alone = new Group(weight);
            alone.add(minute);
            Ratio explained = alone.explained();
            expected = expected.plus(explained.min(alone.spent()));
            disturbedExcess = disturbedExcess.plus(alone.spent().minus(explained));
            disturbedVariance = disturbedVariance.plus(alone.variance());
        }
        boolean known = calm.stable.total() >= minimumStable;
        Ratio explained = known ? calm.explained() : Ratio.ZERO;
        expected = expected.plus(explained.min(calm.spent()));
        boolean beyond = isBeyondChance(calm.spent().minus(explained), known ? calm.variance() : Ratio.ZERO)
                || isBeyondChance(disturbedExcess, disturbedVariance);
        return new Attribution(all.own, all.spent(), expected, all.stable, minutes.size(), disturbed, known, beyond);
    }

    private static boolean isDisturbed(Counts stable, Objective objective, long minimumStable) {
        return stable.total() >= minimumStable
                && stable.spent(objective.degradedWeight())
                                .compareTo(objective.allowed().times(stable.total()))
                        > 0;
    }

    /** Squared, so that no root is needed. */
    private static boolean isBeyondChance(Ratio excess, Ratio variance) {
        return excess.signum() > 0 && excess.times(excess).compareTo(variance.times(NINE)) > 0;
    }

    /** Minutes that are reckoned together. */
    private static final class Group {
        private final Ratio weight;
        private Counts own = Counts.NONE;
        private Counts stable = Counts.NONE;

        Group(Ratio weight) {
            this.weight = weight;
        }

        void add(Minute minute) {
            own = own.plus(minute.release());
            stable = stable.plus(minute.stable());
        }

        Ratio spent() {
            return own.spent(weight);
        }

        Ratio explained() {
            return stable.spent(weight).times(own.total()).dividedBy(Ratio.of(stable.total()));
        }

        /** Of a count of failures round what is explained: its own, and that of the rate it is held against. */
        Ratio variance() {
            return explained().times(Ratio.ONE.plus(Ratio.of(own.total(), stable.total())));
        }
    }
}
