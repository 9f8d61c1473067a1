package io.levee.cli;

import static java.math.RoundingMode.CEILING;
import static java.math.RoundingMode.FLOOR;

import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An error budget as the commands show it. What is used is rounded up and what is left down, so no rounding ever shows a
 * budget better than it is; and both still add up to the whole.
 */
record BudgetReport(ErrorBudget budget) {
    private static final int PERCENT_PLACES = 4;
    private static final int AMOUNT_PLACES = 3;

    private static @Nullable BigDecimal shown(@Nullable Ratio value, int places, RoundingMode rounding) {
        if (value == null) {
            return null;
        }
        BigDecimal shortest = value.toDecimal(places, rounding).stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0, RoundingMode.UNNECESSARY) : shortest;
    }

    static @Nullable BigDecimal percent(@Nullable Ratio share, RoundingMode rounding) {
        return share == null ? null : shown(share.times(100), PERCENT_PLACES, rounding);
    }

    static @Nullable BigDecimal amount(@Nullable Ratio amount, RoundingMode rounding) {
        return shown(amount, AMOUNT_PLACES, rounding);
    }

    /** Null, not NaN, where there is no number: NaN is no JSON. */
    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("state", budget.state().name())
                .put("total", budget.total())
                .put("windowMs", budget.windowMs())
                .put("goodPercent", percent(good(), FLOOR))
                .put("budgetEvents", amount(budget.budget(), FLOOR))
                .put("usedEvents", amount(budget.spent(), CEILING))
                .put("leftEvents", amount(budget.left(), FLOOR))
                .put("usedPercent", percent(budget.usedShare(), CEILING))
                .put("leftPercent", percent(budget.leftShare(), FLOOR))
                .put("budgetMs", amount(budget.budgetMs(), FLOOR))
                .put("usedMs", amount(budget.usedMs(), CEILING))
                .put("leftMs", amount(budget.leftMs(), FLOOR))
                .put("burnRate", amount(budget.burnRate(), CEILING));
        return json;
    }

    private @Nullable Ratio good() {
        Ratio failed = budget.errorRatio();
        return failed == null ? null : failed.complement();
    }

    String text(Objective objective, Span span) {
        StringBuilder text = new StringBuilder();
        text.append(percent(objective.target(), FLOOR))
                .append(" % of ")
                .append(budget.total())
                .append(" events over ")
                .append(span)
                .append('\n');
        row(text, "", "budget", "used", "left");
        row(
                text,
                "events",
                cell(amount(budget.budget(), FLOOR)),
                cell(amount(budget.spent(), CEILING)),
                cell(amount(budget.left(), FLOOR)));
        row(
                text,
                "percent",
                "100",
                cell(percent(budget.usedShare(), CEILING)),
                cell(percent(budget.leftShare(), FLOOR)));
        row(
                text,
                "ms",
                cell(amount(budget.budgetMs(), FLOOR)),
                cell(amount(budget.usedMs(), CEILING)),
                cell(amount(budget.leftMs(), FLOOR)));
        text.append(
                switch (budget.state()) {
                    case NO_DATA -> "no events, so nothing can be said\n";
                    case TOO_FEW ->
                        "too few events to tell: " + budget.total() + " of at least " + budget.minimumTotal() + '\n';
                    case LEFT -> good("");
                    case EXHAUSTED -> good("; the budget is exhausted");
                });
        return text.toString();
    }

    private String good(String end) {
        return percent(good(), FLOOR) + " % were good, burn rate " + amount(budget.burnRate(), CEILING) + end + '\n';
    }

    private static String cell(@Nullable BigDecimal value) {
        return value == null ? "-" : value.toPlainString();
    }

    private static void row(StringBuilder text, String name, String budget, String used, String left) {
        text.append(String.format(Locale.ROOT, "%-8s %15s %15s %15s%n", name, budget, used, left)
                .replace(System.lineSeparator(), "\n"));
    }
}
