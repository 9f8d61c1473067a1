package io.levee.guard.store.history;

import io.levee.guard.slo.Budgets;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.slo.openslo.Watched;
import java.time.Duration;
import java.time.Instant;

/**
 * What each minute of a stretch of time spent and was allowed to, added up from the beginning. In doubles, which are here to
 * save the exact comparison where it is plain how it ends: {@link #burn} says so only if it is.
 */
final class MinuteSums {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Far above what rounding can do to a sum of as many minutes as a year has. */
    private static final double DOUBT = 1e-6;

    private final double[] spent;
    private final double[] allowed;

    /** How a comparison ends. */
    enum Burn {
        BELOW,
        ABOVE,
        NEAR
    }

    MinuteSums(Watched watched, Budgets budgets, Instant from, int minutes) {
        spent = new double[minutes + 1];
        allowed = new double[minutes + 1];
        boolean events = watched.slo().method() == Slo.Method.OCCURRENCES;
        double weight = approximately(watched.terms().objective().degradedWeight());
        int i = 0;
        for (TimeRange version :
                watched.terms().versions(new TimeRange(from, from.plus(MINUTE.multipliedBy(minutes))))) {
            double share = approximately(watched.terms().at(version.from()).allowed());
            for (; i < minutes; i++) {
                Instant begin = from.plus(MINUTE.multipliedBy(i));
                if (!begin.isBefore(version.to())) {
                    break;
                }
                TimeRange minute = new TimeRange(begin, begin.plus(MINUTE));
                double cost = 0;
                double budget = 0;
                if (events) {
                    Counts counts = budgets.counts(minute);
                    cost = counts.bad() + weight * counts.degraded();
                    budget = share * counts.total();
                } else if (!budgets.counted(minute).isEmpty()) {
                    ErrorBudget one = budgets.over(minute);
                    cost = approximately(one.spent());
                    budget = approximately(one.budget());
                }
                spent[i + 1] = spent[i] + cost;
                allowed[i + 1] = allowed[i] + budget;
            }
        }
    }

    static double approximately(Ratio ratio) {
        return ratio.numerator().doubleValue() / ratio.denominator().doubleValue();
    }

    double spent(int first, int last) {
        return spent[last + 1] - spent[first];
    }

    /** Whether minutes spent more than so many times what they were allowed to, and at least so much. */
    Burn burn(int first, int last, double factor, double least) {
        double cost = spent(first, last);
        double limit = factor * (allowed[last + 1] - allowed[first]);
        if (cost < limit * (1 - DOUBT) || cost < least - DOUBT || cost < DOUBT) {
            return Burn.BELOW;
        }
        return cost > limit * (1 + DOUBT) && cost > least + DOUBT ? Burn.ABOVE : Burn.NEAR;
    }
}
