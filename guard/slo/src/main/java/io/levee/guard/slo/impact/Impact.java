package io.levee.guard.slo.impact;

import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a change is expected to cost an error budget: today's window, and the window a whole length later, if what fails today
 * goes on failing at the same ratio and the change adds its own. Exact and immutable.
 *
 * <p>With the window's length W, its N events and what they cost S, and a change that lasts L (at most W, and W if for good)
 * with traffic factor k and extra ratio x: then there will be N' = N x (W - L)/W + N x L/W x k events, that cost
 * S x (W - L)/W + S x L/W x k + N x L/W x k x x, of a budget of N' x (1 - target).
 *
 * @param slo the objective's name
 * @param change what is expected
 * @param before the budget today
 * @param total N'
 * @param extra what the change adds, in events
 * @param spent what all will cost, in events
 * @param budget what may fail, in events
 * @param errorRatio the share of all events that fail while the change lasts; null without data
 * @param exhaustedInMs how long what is left today lasts at that ratio; null if it never ends
 * @param firing the burn-rate rules whose threshold that ratio exceeds
 * @param verdict what follows
 */
public record Impact(
        String slo,
        Change change,
        ErrorBudget before,
        Ratio total,
        Ratio extra,
        Ratio spent,
        Ratio budget,
        @Nullable Ratio errorRatio,
        @Nullable Long exhaustedInMs,
        List<BurnRule> firing,
        Verdict verdict) {
    /** What follows. */
    public enum Verdict {
        /** Something is left a window later. */
        FITS,
        /** The change exhausts a budget that would have lasted without it. */
        EXHAUSTS,
        /** Even without the change nothing is left. */
        EXHAUSTED_ALREADY,
        /** Fewer events than the minimum. */
        NOT_ENOUGH_DATA;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * Reckons.
     *
     * @param slo the objective's name
     * @param objective what is promised
     * @param before the budget today
     * @param change what is expected
     * @param rules burn-rate rules to hold the ratio against
     * @return the impact
     */
    public static Impact of(String slo, Objective objective, ErrorBudget before, Change change, List<BurnRule> rules) {
        Duration window = Duration.ofMillis(before.windowMs());
        Ratio part = change.lasting() == null
                ? Ratio.ONE
                : Ratio.of(change.lasting().toDuration().toMillis(), before.windowMs())
                        .min(Ratio.ONE);
        Ratio scaled = part.complement().plus(part.times(change.trafficFactor()));
        Ratio touched = part.times(change.trafficFactor()).times(before.total());
        Ratio total = scaled.times(before.total());
        Ratio extra = touched.times(change.extra());
        Ratio spent = before.spent().times(scaled).plus(extra);
        Ratio budget = objective.allowed().times(total);
        Ratio now = before.errorRatio();
        Ratio ratio = now == null ? null : now.plus(change.extra()).min(Ratio.ONE);
        return new Impact(
                slo,
                change,
                before,
                total,
                extra,
                spent,
                budget,
                ratio,
                ratio == null ? null : before.exhaustedInMs(ratio.times(change.trafficFactor())),
                rules.stream()
                        .filter(rule ->
                                ratio != null && ratio.compareTo(rule.threshold(objective.target(), window)) > 0)
                        .toList(),
                verdict(before, spent, budget));
    }

    private static Verdict verdict(ErrorBudget before, Ratio spent, Ratio budget) {
        return switch (before.state()) {
            case NO_DATA, TOO_FEW -> Verdict.NOT_ENOUGH_DATA;
            case EXHAUSTED -> Verdict.EXHAUSTED_ALREADY;
            case LEFT -> spent.compareTo(budget) <= 0 ? Verdict.FITS : Verdict.EXHAUSTS;
        };
    }

    /**
     * What will be left, in events.
     *
     * @return negative if more is spent than there is
     */
    public Ratio left() {
        return budget.minus(spent);
    }
}
