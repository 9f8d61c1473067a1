package io.levee.guard.views;

import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.prometheus.PrometheusRules;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Budgets as gauges in Prometheus' text format. Under {@code levee_} names, and under those that Sloth's rules record, so that
 * dashboards for Sloth show them without any rule. No sample where there is no number.
 */
final class Metrics {
    /** What the text format is called. */
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Map<String, StringBuilder> families = new LinkedHashMap<>();

    private Metrics() {}

    static String levee(Board.Snapshot board) {
        Metrics metrics = new Metrics();
        for (Board.Entry entry : board.entries().values()) {
            metrics.levee(entry.standing());
        }
        return metrics.text();
    }

    static String sloth(Board.Snapshot board) {
        Metrics metrics = new Metrics();
        for (Board.Entry entry : board.entries().values()) {
            metrics.sloth(entry.standing());
        }
        return metrics.text();
    }

    private void levee(Standing standing) {
        String labels = label("service", standing.watched().slo().service())
                + ","
                + label("slo", standing.watched().name());
        ErrorBudget budget = standing.budget();
        gauge(
                "levee_slo_target_ratio",
                "What is promised.",
                labels,
                standing.watched().target(standing.at()));
        if (budget != null) {
            gauge("levee_slo_budget_seconds", "The whole budget.", labels, seconds(budget.budgetMs()));
            gauge(
                    "levee_slo_budget_remaining_seconds",
                    "What is left; below 0 if more was spent.",
                    labels,
                    seconds(budget.leftMs()));
            gauge(
                    "levee_slo_budget_remaining_ratio",
                    "The share of the budget that is left.",
                    labels,
                    budget.leftShare());
            gauge(
                    "levee_slo_window_events",
                    "Events of the window that count, or slices.",
                    labels,
                    Ratio.of(budget.total()));
            gauge("levee_slo_window_events_spent", "What they cost, in events or slices.", labels, budget.spent());
        }
        standing.rates()
                .forEach((length, rate) -> gauge(
                        "levee_slo_burn_rate",
                        "How many times faster than evenly the budget burned over a time.",
                        labels + "," + label("over", PrometheusRules.promQl(length)),
                        rate.burnRate()));
        for (Burn burn : standing.burn()) {
            gauge(
                    "levee_slo_burn_rule_firing",
                    "Whether a burn-rate rule fires.",
                    labels + "," + label("rule", burn.rule().name()) + "," + label("severity", severity(burn.rule())),
                    Ratio.of(burn.firing() ? 1 : 0));
        }
        Instant last = standing.last();
        if (last != null) {
            gauge(
                    "levee_slo_last_event_timestamp_seconds",
                    "When the last event happened.",
                    labels,
                    Ratio.of(last.toEpochMilli(), 1_000));
        }
    }

    private void sloth(Standing standing) {
        String id =
                standing.watched().slo().service() + "-" + standing.watched().name();
        String labels = label("sloth_id", id) + ","
                + label("sloth_service", standing.watched().slo().service()) + ","
                + label("sloth_slo", standing.watched().name());
        Ratio target = standing.watched().target(standing.at());
        Duration window = standing.watched().slo().window().at(standing.at()).length();
        ErrorBudget budget = standing.budget();
        standing.rates().forEach((length, rate) -> ratio(labels, length, rate));
        if (budget != null) {
            ratio(labels, window, budget);
        }
        gauge("slo:objective:ratio", "The target.", labels, target);
        gauge("slo:error_budget:ratio", "What may fail.", labels, target.complement());
        gauge("slo:time_period:days", "The window.", labels, Ratio.of(window.toMillis(), 86_400_000));
        ErrorBudget now = standing.rates().get(Duration.ofMinutes(5));
        if (now != null) {
            gauge("slo:current_burn_rate:ratio", "Of the last five minutes.", labels, now.burnRate());
        }
        if (budget != null) {
            gauge("slo:period_burn_rate:ratio", "Of the window.", labels, budget.burnRate());
            gauge("slo:period_error_budget_remaining:ratio", "What is left.", labels, budget.leftShare());
            gauge("levee:error_budget_remaining:ms", "What is left.", labels, budget.leftMs());
        }
        gauge(
                "sloth_slo_info",
                "The objective.",
                labels + "," + label("sloth_mode", "levee-guard") + ","
                        + label("sloth_objective", target.times(100).toString()) + ","
                        + label("sloth_spec", "openslo/v1")
                        + "," + label("sloth_version", "levee"),
                Ratio.ONE);
    }

    private void ratio(String labels, Duration length, ErrorBudget budget) {
        String period = PrometheusRules.promQl(length);
        gauge(
                "slo:sli_error:ratio_rate" + period,
                "The share of events that failed.",
                labels + "," + label("sloth_window", period),
                budget.errorRatio());
    }

    /** The base unit, as Prometheus wants it. */
    private static @Nullable Ratio seconds(@Nullable Ratio ms) {
        return ms == null ? null : ms.dividedBy(Ratio.of(1_000));
    }

    private static String severity(BurnRule rule) {
        return rule.severity().name().toLowerCase(java.util.Locale.ROOT);
    }

    private void gauge(String name, String help, String labels, @Nullable Ratio value) {
        StringBuilder family = families.computeIfAbsent(
                name, key -> new StringBuilder("# HELP " + key + ' ' + help + "\n# TYPE " + key + " gauge\n"));
        if (value != null) {
            family.append(name)
                    .append('{')
                    .append(labels)
                    .append("} ")
                    .append(value.toDecimal(12, java.math.RoundingMode.HALF_EVEN)
                            .stripTrailingZeros()
                            .toPlainString())
                    .append('\n');
        }
    }

    private static String label(String name, String value) {
        return name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private String text() {
        return String.join("", families.values());
    }
}
