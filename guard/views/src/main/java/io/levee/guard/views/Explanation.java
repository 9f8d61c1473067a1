package io.levee.guard.views;

import static java.math.RoundingMode.CEILING;
import static java.math.RoundingMode.FLOOR;

import io.levee.guard.slo.Budgets;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Figures;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Slo;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Why the figures of an objective are what they are: whoever reads it can reckon them again. */
final class Explanation {
    private final Standing standing;
    private final Terms terms;
    private final TimeRange window;

    Explanation(Standing standing) {
        this.standing = standing;
        this.terms = standing.watched().terms();
        this.window = standing.watched().slo().window().at(standing.at());
    }

    Map<String, @Nullable Object> toMap() {
        Budgets budgets = standing.budgets();
        Counts counts = standing.tally().counts();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("from", window.from().toString());
        map.put("to", window.to().toString());
        map.put("counts", Map.of("good", counts.good(), "bad", counts.bad(), "degraded", counts.degraded()));
        map.put("versions", budgets == null ? List.of() : versions(budgets));
        map.put("exclusions", Marks.exclusions(terms, window));
        map.put(
                "leftMsWithExcluded",
                budgets == null
                        ? null
                        : Figures.amount(
                                budgets.withExcluded().at(standing.at()).leftMs(), FLOOR));
        map.put("degradedWeight", terms.objective().degradedWeight().toString());
        map.put("noData", standing.watched().slo().additions().noData().name().toLowerCase(Locale.ROOT));
        map.put("minimumTotal", terms.objective().minimumTotal());
        map.put("formula", formula());
        return map;
    }

    private List<Map<String, @Nullable Object>> versions(Budgets budgets) {
        List<Map<String, @Nullable Object>> versions = new ArrayList<>();
        for (TimeRange version : terms.versions(window)) {
            Counts counts = budgets.counts(version);
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            map.put("from", version.from().toString());
            map.put("to", version.to().toString());
            map.put("target", terms.at(version.from()).target().toString());
            map.put("total", counts.total());
            map.put("bad", counts.bad());
            map.put("degraded", counts.degraded());
            versions.add(map);
        }
        return versions;
    }

    private String formula() {
        ErrorBudget budget = standing.budget();
        Slo slo = standing.watched().slo();
        if (budget == null || budget.total() == 0) {
            return "no " + things(slo) + " in the window, so nothing can be said";
        }
        Ratio leftShare = budget.leftShare();
        String left = "(" + amount(budget.budget()) + " - " + used(budget) + ") / " + amount(budget.budget()) + " = "
                + Figures.percent(leftShare, FLOOR) + " %";
        BigDecimal budgetMs = Figures.amount(budget.budgetMs(), FLOOR);
        return allowed(budget) + " = " + amount(budget.budget()) + " " + things(slo) + " may fail; " + spent(budget)
                + "; left: " + left + " of " + budgetMs + " ms (" + budget.windowMs() + " ms x "
                + Figures.percent(budget.allowed(), FLOOR) + " %) = " + Figures.amount(budget.leftMs(), FLOOR) + " ms";
    }

    private String allowed(ErrorBudget budget) {
        Budgets budgets = standing.budgets();
        List<TimeRange> versions = terms.versions(window);
        if (versions.size() == 1 || budgets == null) {
            return budget.total() + " x (1 - " + terms.at(window.from()).target() + ")";
        }
        List<String> parts = new ArrayList<>();
        for (TimeRange version : versions) {
            ErrorBudget part = budgets.counted(version).isEmpty() ? null : budgets.over(version);
            parts.add((part == null ? 0 : part.total()) + " x (1 - "
                    + terms.at(version.from()).target() + ")");
        }
        return String.join(" + ", parts);
    }

    private String spent(ErrorBudget budget) {
        Counts counts = standing.tally().counts();
        if (standing.watched().slo().method() != Slo.Method.OCCURRENCES) {
            return used(budget) + " slices did";
        }
        Ratio weight = terms.objective().degradedWeight();
        return counts.degraded() == 0
                ? counts.bad() + " did"
                : counts.bad() + " bad + " + weight + " x " + counts.degraded() + " degraded = " + used(budget)
                        + " did";
    }

    private static String things(Slo slo) {
        return slo.method() == Slo.Method.OCCURRENCES ? "events" : "slices";
    }

    private static @Nullable BigDecimal amount(Ratio ratio) {
        return Figures.amount(ratio, FLOOR);
    }

    private static @Nullable BigDecimal used(ErrorBudget budget) {
        return Figures.amount(budget.spent(), CEILING);
    }
}
