package io.levee.guard.actions;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.openslo.Slo;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The figures that a condition can be about. */
enum Kind {
    /** How many times faster than evenly the budget burned. */
    BURN_RATE("burnRate", "burn rate") {
        @Override
        @Nullable
        Ratio figure(Condition.Leaf leaf, Slo slo, Budgets budgets) {
            Ratio failed = failed(leaf, slo, budgets);
            return failed == null
                    ? null
                    : failed.dividedBy(slo.terms(0).at(budgets.now()).allowed());
        }

        @Override
        BigDecimal shown(Ratio figure) {
            return Rounded.rate(figure);
        }
    },
    /** The share of events that failed. */
    BAD_SHARE("badShare", "share of bad events") {
        @Override
        @Nullable
        Ratio figure(Condition.Leaf leaf, Slo slo, Budgets budgets) {
            return failed(leaf, slo, budgets);
        }
    },
    /** Which share of the whole budget was spent within a time. */
    SPENT_OF_BUDGET("spent", "share of the budget spent") {
        @Override
        @Nullable
        Ratio figure(Condition.Leaf leaf, Slo slo, Budgets budgets) {
            ErrorBudget budget = enough(budgets.budget(slo));
            return budget == null ? null : spent(leaf, slo, budgets).dividedBy(budget.budget());
        }
    },
    /** Which share of the window's events failed within a time, in points of the total. */
    SPENT_OF_TOTAL("spent", "points of the total spent") {
        @Override
        @Nullable
        Ratio figure(Condition.Leaf leaf, Slo slo, Budgets budgets) {
            ErrorBudget budget = enough(budgets.budget(slo));
            return budget == null ? null : spent(leaf, slo, budgets).dividedBy(Ratio.of(budget.total()));
        }
    },
    /** The share of the budget that is left. */
    LEFT("left", "budget left") {
        @Override
        @Nullable
        Ratio figure(Condition.Leaf leaf, Slo slo, Budgets budgets) {
            ErrorBudget budget = enough(budgets.budget(slo));
            return budget == null ? null : budget.leftShare();
        }

        @Override
        BigDecimal shown(Ratio figure) {
            return Rounded.leftPercent(figure);
        }
    },
    /** What is left of the budget, in milliseconds. */
    LEFT_MS("left", "budget left") {
        @Override
        @Nullable
        Ratio figure(Condition.Leaf leaf, Slo slo, Budgets budgets) {
            ErrorBudget budget = enough(budgets.budget(slo));
            return budget == null ? null : budget.leftMs();
        }

        @Override
        BigDecimal shown(Ratio figure) {
            return Rounded.leftMs(figure);
        }
    };

    final String key;
    final String phrase;

    Kind(String key, String phrase) {
        this.key = key;
        this.phrase = phrase;
    }

    /** The figure; null if there are too few events to tell. */
    abstract @Nullable Ratio figure(Condition.Leaf leaf, Slo slo, Budgets budgets);

    /** Rounded so that it never looks better than it is. */
    BigDecimal shown(Ratio figure) {
        return Rounded.usedPercent(figure);
    }

    String unit() {
        return switch (this) {
            case BURN_RATE -> "";
            case LEFT_MS -> " ms";
            default -> " %";
        };
    }

    Truth holds(Condition.Leaf leaf, String name, Budgets budgets, Findings findings) {
        Slo slo = budgets.slo(name);
        Ratio figure = slo == null ? null : figure(leaf, slo, budgets);
        if (slo == null || figure == null) {
            return Truth.UNKNOWN;
        }
        BigDecimal shown = shown(figure);
        Truth truth = Truth.of(leaf.limit().holds(figure));
        String over = leaf.over().isZero() ? "" : " over " + Rounded.duration(leaf.over());
        Counts counts = leaf.over().isZero() ? Counts.NONE : budgets.counts(slo, leaf.over());
        findings.add(
                truth,
                phrase + over + (leaf.slo() == null ? "" : " of " + name) + ' ' + shown.toPlainString() + unit()
                        + " (limit: " + leaf.limit() + ')',
                key,
                leaf.over().isZero()
                        ? Map.of(
                                "slo",
                                name,
                                "value",
                                shown,
                                "limit",
                                leaf.limit().toString())
                        : Map.of(
                                "slo", name,
                                "value", shown,
                                "limit", leaf.limit().toString(),
                                "over", Rounded.duration(leaf.over()),
                                "bad", counts.bad(),
                                "degraded", counts.degraded(),
                                "total", counts.total()));
        return truth;
    }

    private static @Nullable Ratio failed(Condition.Leaf leaf, Slo slo, Budgets budgets) {
        Counts counts = budgets.counts(slo, leaf.over());
        return counts.total() < Math.max(1, leaf.minimum())
                ? null
                : spent(leaf, slo, budgets).dividedBy(Ratio.of(counts.total()));
    }

    private static Ratio spent(Condition.Leaf leaf, Slo slo, Budgets budgets) {
        return budgets.counts(slo, leaf.over()).spent(slo.additions().degradedWeight());
    }

    private static @Nullable ErrorBudget enough(@Nullable ErrorBudget budget) {
        return budget == null
                        || budget.state() == ErrorBudget.State.NO_DATA
                        || budget.state() == ErrorBudget.State.TOO_FEW
                ? null
                : budget;
    }
}
