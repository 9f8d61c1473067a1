package io.levee.guard.slo.prometheus;

import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Window;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Slo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * Prometheus recording rules and multi-window, multi-burn-rate alerts for objectives, under the names that Sloth gives them,
 * so that dashboards for Sloth show them. Pure; thread-safe.
 *
 * <p>Unlike Sloth's, the ratio of the whole window is a ratio of sums: the failures and the events of all five-minute rates
 * are added up and divided once. And the factors are exact for the window.
 */
public final class PrometheusRules {
    private static final String SHORTEST = "5m";

    private final Catalog catalog;

    /**
     * Rules of a catalog's objectives.
     *
     * @param catalog the documents
     */
    public PrometheusRules(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Makes the rules of all objectives.
     *
     * @return a rule file in YAML
     * @throws IllegalArgumentException if there are no objectives, or one cannot be said in PromQL: it is a composite, its
     *     window follows the calendar or is no whole number of days, its source is no Prometheus, or a query names no range
     */
    public String write() {
        List<Object> groups = new ArrayList<>();
        for (Slo slo : catalog.slos()) {
            for (int i = 0; i < slo.objectives().size(); i++) {
                groups.addAll(new OneSlo(slo, slo.objectives().get(i), slo.name(i)).groups());
            }
        }
        if (groups.isEmpty()) {
            throw new IllegalArgumentException("there is no document of kind SLO, so there are no rules to make");
        }
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(100_000)
                .build();
        return "# Made from OpenSLO documents by: levee slo rules\n"
                + new Dump(settings).dumpToString(map("groups", groups));
    }

    private static Map<String, Object> map(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    /** The rules of one objective. */
    private final class OneSlo {
        private final Slo slo;
        private final Slo.Target target;
        private final String name;
        private final Duration window;
        private final String period;
        private final ErrorRatio errors;
        private final String selector;

        OneSlo(Slo slo, Slo.Target target, String name) {
            this.slo = slo;
            this.target = target;
            this.name = name;
            if (!(slo.window() instanceof Window.Rolling rolling)) {
                throw new IllegalArgumentException(
                        "SLO '" + slo.name() + "' follows the calendar, which PromQL cannot; write isRolling: true");
            }
            this.window = rolling.span().toDuration();
            if (window.toMillis() % Duration.ofDays(1).toMillis() != 0) {
                throw new IllegalArgumentException(
                        "SLO '" + slo.name() + "' has a window of " + rolling.span() + "; rules need whole days");
            }
            this.period = window.toDays() + "d";
            this.errors = new ErrorRatio(catalog, slo, target);
            this.selector = "{sloth_id=" + quoted(id()) + ", sloth_service=" + quoted(slo.service()) + ", sloth_slo="
                    + quoted(name) + "}";
        }

        private String id() {
            return slo.service() + "-" + name;
        }

        List<Object> groups() {
            List<Object> groups = new ArrayList<>();
            groups.add(map("name", "sloth-slo-sli-recordings-" + id(), "rules", recordings()));
            groups.add(map("name", "sloth-slo-meta-recordings-" + id(), "rules", meta()));
            List<Object> alerts = alerts();
            if (!alerts.isEmpty()) {
                groups.add(map("name", "sloth-slo-alerts-" + id(), "rules", alerts));
            }
            return groups;
        }

        private Map<String, Object> labels(String... more) {
            Map<String, Object> labels = map("sloth_id", id(), "sloth_service", slo.service(), "sloth_slo", name);
            for (int i = 0; i < more.length; i += 2) {
                labels.put(more[i], more[i + 1]);
            }
            return labels;
        }

        private Map<String, Object> record(String metric, String expression, Map<String, Object> labels) {
            return map("record", metric, "expr", expression, "labels", labels);
        }

        private List<Object> recordings() {
            Set<String> windows = new LinkedHashSet<>();
            windows.add(SHORTEST);
            List<Duration> lengths = new ArrayList<>();
            for (BurnRule rule : BurnRule.STANDARD) {
                lengths.add(rule.shortWindow());
                lengths.add(rule.longWindow());
            }
            lengths.stream().sorted().map(PrometheusRules::promQl).forEach(windows::add);
            // A window of a day or three has its ratio below.
            windows.remove(period);
            List<Object> rules = new ArrayList<>();
            for (String each : windows) {
                rules.add(record("slo:sli_error:ratio_rate" + each, errors.over(each), labels("sloth_window", each)));
            }
            String failed = errors.failed(SHORTEST);
            if (failed == null) {
                rules.add(record(
                        "slo:sli_error:ratio_rate" + period,
                        "avg_over_time(slo:sli_error:ratio_rate" + SHORTEST + selector + "[" + period + "])",
                        labels("sloth_window", period)));
                return rules;
            }
            rules.add(record("levee:sli_bad:rate" + SHORTEST, failed, labels()));
            rules.add(record("levee:sli_total:rate" + SHORTEST, errors.all(SHORTEST), labels()));
            rules.add(record(
                    "slo:sli_error:ratio_rate" + period,
                    "sum_over_time(levee:sli_bad:rate" + SHORTEST + selector + "[" + period + "])\n/\n"
                            + "(sum_over_time(levee:sli_total:rate" + SHORTEST + selector + "[" + period + "]) > 0)",
                    labels("sloth_window", period)));
            return rules;
        }

        private List<Object> meta() {
            String onSlo = "\n/ on(sloth_id, sloth_slo, sloth_service) group_left\nslo:error_budget:ratio" + selector;
            List<Object> rules = new ArrayList<>();
            rules.add(record("slo:objective:ratio", "vector(" + number(target.target()) + ")", labels()));
            rules.add(record(
                    "slo:error_budget:ratio", "vector(" + number(target.target().complement()) + ")", labels()));
            rules.add(record("slo:time_period:days", "vector(" + window.toDays() + ")", labels()));
            rules.add(record(
                    "slo:current_burn_rate:ratio", "slo:sli_error:ratio_rate" + SHORTEST + selector + onSlo, labels()));
            rules.add(record(
                    "slo:period_burn_rate:ratio", "slo:sli_error:ratio_rate" + period + selector + onSlo, labels()));
            rules.add(record(
                    "slo:period_error_budget_remaining:ratio", "1 - slo:period_burn_rate:ratio" + selector, labels()));
            rules.add(record(
                    "levee:error_budget_remaining:ms",
                    number(target.target().complement().times(window.toMillis()))
                            + " * slo:period_error_budget_remaining:ratio" + selector,
                    labels()));
            rules.add(record(
                    "sloth_slo_info",
                    "vector(1)",
                    labels(
                            "sloth_mode",
                            "levee-slo-rules",
                            "sloth_objective",
                            target.target().times(100).toString(),
                            "sloth_spec",
                            "openslo/v1",
                            "sloth_version",
                            "levee")));
            return rules;
        }

        private List<Object> alerts() {
            List<Object> alerts = new ArrayList<>();
            for (BurnRule.Severity severity : BurnRule.Severity.values()) {
                List<String> rows = new ArrayList<>();
                for (BurnRule rule : slo.additions().burnRules()) {
                    if (rule.severity() == severity) {
                        rows.add("(\n" + ErrorRatio.indented(row(rule)) + "\n)");
                    }
                }
                if (!rows.isEmpty()) {
                    // Without the window among its labels it stays one alert when another row takes over.
                    alerts.add(alert(
                            severity,
                            "max without(sloth_window) (\n"
                                    + ErrorRatio.indented(String.join("\nor ignoring(sloth_window)\n", rows)) + "\n)"));
                }
            }
            return alerts;
        }

        private Map<String, Object> alert(BurnRule.Severity severity, String expression) {
            String word = severity.name().toLowerCase(Locale.ROOT);
            return map(
                    "alert",
                    "ErrorBudgetBurn",
                    "expr",
                    expression,
                    "labels",
                    labels("severity", word, "sloth_severity", word),
                    "annotations",
                    map(
                            "summary",
                            slo.service() + " " + name + ": the error budget burns too fast",
                            "title",
                            "(" + word + ") {{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate"
                                    + " is too fast."));
        }

        private String row(BurnRule rule) {
            String threshold = " > " + number(rule.threshold(target.target(), window));
            String row = "(slo:sli_error:ratio_rate" + promQl(rule.shortWindow()) + selector + threshold
                    + ")\nand ignoring(sloth_window)\n(slo:sli_error:ratio_rate" + promQl(rule.longWindow()) + selector
                    + threshold + ")";
            String failed = minimum(rule);
            return failed == null ? row : row + "\nand on()\n" + failed;
        }

        /** That enough events failed in the long window; null if one is enough, or they are not counted. */
        private @Nullable String minimum(BurnRule rule) {
            String failed = errors.failed(promQl(rule.longWindow()));
            if (failed == null || slo.additions().minimumBad() <= 1) {
                return null;
            }
            return "(((" + failed + ") * " + rule.longWindow().toSeconds() + ") >= "
                    + slo.additions().minimumBad() + ")";
        }
    }

    private static String quoted(String label) {
        return '"' + label.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String number(Ratio value) {
        return ErrorRatio.number(value);
    }

    /**
     * A length as Prometheus writes a range: the largest unit of which it is a whole number.
     *
     * @param length whole minutes
     * @return such as 30m, 6h or 3d
     */
    public static String promQl(Duration length) {
        if (length.toMinutes() % 1_440 == 0) {
            return length.toDays() + "d";
        }
        return length.toMinutes() % 60 == 0 ? length.toHours() + "h" : length.toMinutes() + "m";
    }
}
