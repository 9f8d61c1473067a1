package io.levee.guard.review;

import static java.math.RoundingMode.CEILING;
import static java.math.RoundingMode.FLOOR;

import io.levee.guard.slo.Budgets;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Figures;
import io.levee.guard.slo.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A figure for each day of a month, of the days that end with it: the ratio of their sums, never a mean of days' ratios. */
final class Trend {
    private Trend() {}

    static List<Map<String, @Nullable Object>> of(Month month, Budgets budgets, Duration length) {
        List<Map<String, @Nullable Object>> points = new ArrayList<>();
        for (Instant end : month.dayEnds()) {
            TimeRange range = new TimeRange(end.minus(length), end);
            ErrorBudget budget = budgets.counted(range).isEmpty() ? null : budgets.over(range);
            Map<String, @Nullable Object> point = new LinkedHashMap<>();
            point.put("t", end.toString());
            point.put("goodPercent", budget == null ? null : Figures.percent(budget.goodShare(), FLOOR));
            point.put("spentMs", budget == null ? null : Figures.amount(budget.usedMs(), CEILING));
            point.put("total", budget == null ? 0 : budget.total());
            points.add(point);
        }
        return points;
    }
}
