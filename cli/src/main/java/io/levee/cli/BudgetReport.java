package io.levee.cli;

import static io.levee.guard.slo.Figures.amount;
import static io.levee.guard.slo.Figures.percent;
import static java.math.RoundingMode.CEILING;
import static java.math.RoundingMode.FLOOR;

import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Span;
import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** An error budget as the commands show it. */
record BudgetReport(ErrorBudget budget) {
    ObjectNode json() {
        return Json.mapper().valueToTree(budget.toMap());
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
        return percent(budget.goodShare(), FLOOR) + " % were good, burn rate " + amount(budget.burnRate(), CEILING)
                + end + '\n';
    }

    private static String cell(@Nullable BigDecimal value) {
        return value == null ? "-" : value.toPlainString();
    }

    private static void row(StringBuilder text, String name, String budget, String used, String left) {
        text.append(String.format(Locale.ROOT, "%-8s %15s %15s %15s%n", name, budget, used, left)
                .replace(System.lineSeparator(), "\n"));
    }
}
