package io.levee.guard.store.history;

import io.levee.guard.slo.Budgets;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.slo.openslo.Watched;
import java.time.Instant;

/**
 * What each minute of a stretch of time spent and was allowed to, added up from the beginning. In doubles, which are here to
 * save the exact comparison where it is plain how it ends: {@link #burn} says so only if it is.
 *
 * <p>Where slices of time are judged, one of several minutes is in a range if it lies in it as a whole, as {@link Budgets} has it.
 */
final class MinuteSums {
    private static final long MINUTE_MS = 60_000;

    /** Far above what rounding can do to a sum of as many minutes as a year has. */
    private static final double DOUBT = 1e-6;

    private final long fromMs;
    private final int minutes;
    /** How many minutes are judged together. */
    private final int grain;
    /** Element i has what ended before minute i. */
    private final double[] spent;

    private final double[] allowed;

    /** How a comparison ends. */
    enum Burn {
        BELOW,
        ABOVE,
        NEAR
    }

    MinuteSums(Watched watched, Budgets budgets, History history, Instant from, int minutes) {
        this.fromMs = from.toEpochMilli();
        this.minutes = minutes;
        Span slice = watched.slo().method() == Slo.Method.OCCURRENCES
                ? null
                : watched.slo().objectives().get(watched.index()).slice();
        grain = slice == null ? 1 : (int) slice.toDuration().toMinutes();
        spent = new double[minutes + 1];
        allowed = new double[minutes + 1];
        if (slice == null) {
            addEvents(watched, budgets, history);
        } else {
            addSlices(budgets);
        }
        for (int i = 0; i < minutes; i++) {
            spent[i + 1] += spent[i];
            allowed[i + 1] += allowed[i];
        }
    }

    private TimeRange range(int first, int end) {
        return new TimeRange(
                Instant.ofEpochMilli(fromMs + first * MINUTE_MS), Instant.ofEpochMilli(fromMs + end * MINUTE_MS));
    }

    private void addEvents(Watched watched, Budgets budgets, History history) {
        double weight = approximately(watched.terms().objective().degradedWeight());
        for (TimeRange version : watched.terms().versions(range(0, minutes))) {
            double share = approximately(watched.terms().at(version.from()).allowed());
            for (TimeRange part : budgets.counted(version)) {
                history.minutes(part, (beginMs, counts) -> {
                    int next = (int) ((beginMs - fromMs) / MINUTE_MS) + 1;
                    spent[next] = counts.bad() + weight * counts.degraded();
                    allowed[next] = share * counts.total();
                });
            }
        }
    }

    /** Each with the minute in which it ends. */
    private void addSlices(Budgets budgets) {
        for (int end = last(0) + 1; end <= minutes; end += grain) {
            TimeRange slice = range(Math.max(0, end - grain), end);
            if (!budgets.counted(slice).isEmpty()) {
                ErrorBudget budget = budgets.over(slice);
                spent[end] = approximately(budget.spent());
                allowed[end] = approximately(budget.budget());
            }
        }
    }

    static double approximately(Ratio ratio) {
        return ratio.numerator().doubleValue() / ratio.denominator().doubleValue();
    }

    /** The first minute of those that are judged together with this one. */
    int first(int minute) {
        return grain == 1 ? minute : Math.max(0, minute - ofGrain(minute));
    }

    /** The last minute of those that are judged together with this one. */
    int last(int minute) {
        return grain == 1 ? minute : Math.min(minutes - 1, minute - ofGrain(minute) + grain - 1);
    }

    private int ofGrain(int minute) {
        return Math.floorMod(fromMs / MINUTE_MS + minute, grain);
    }

    /** What was spent by the minutes that are judged together with this one. */
    double spent(int minute) {
        return between(spent, first(minute), last(minute));
    }

    /** Of what began in or after one minute and ended in or before another: what ended before a slice did not begin in it. */
    private double between(double[] sums, int first, int last) {
        int begun = first(first) == first ? first : Math.min(minutes, last(first) + 1);
        return last + 1 <= begun ? 0 : sums[last + 1] - sums[begun];
    }

    /** Whether minutes spent more than so many times what they were allowed to, and at least so much. */
    Burn burn(int first, int last, double factor, double least) {
        double cost = between(spent, first, last);
        double limit = factor * between(allowed, first, last);
        if (cost < limit * (1 - DOUBT) || cost < least - DOUBT || cost < DOUBT) {
            return Burn.BELOW;
        }
        return cost > limit * (1 + DOUBT) && cost > least + DOUBT ? Burn.ABOVE : Burn.NEAR;
    }
}
