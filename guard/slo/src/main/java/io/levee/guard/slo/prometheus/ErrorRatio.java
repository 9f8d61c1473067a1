package io.levee.guard.slo.prometheus;

import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.MetricSource;
import io.levee.guard.slo.openslo.Sli;
import io.levee.guard.slo.openslo.Slo;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** PromQL for the share of an objective's events (or slices) that failed within a window. */
final class ErrorRatio {
    /** What stands for the range in a query; Sloth's documents have the same. */
    private static final Pattern WINDOW = Pattern.compile("\\{\\{\\s*\\.window\\s*\\}\\}");

    /** A metric with matchers and nothing round it. */
    private static final Pattern SELECTOR = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*(\\{[^{}]*\\})?");

    private static final Map<String, String> OPPOSITE_OF_GOOD = Map.of("lte", ">", "lt", ">=", "gte", "<", "gt", "<=");

    private final Catalog catalog;
    private final Slo slo;
    private final Sli sli;
    private final Slo.Target target;

    ErrorRatio(Catalog catalog, Slo slo, Slo.Target target) {
        this.catalog = catalog;
        this.slo = slo;
        this.sli = catalog.sli(slo);
        this.target = target;
    }

    /** The share that failed over a window. */
    String over(String window) {
        Span slice = target.slice();
        if (slo.method() == Slo.Method.OCCURRENCES || slice == null) {
            if (sli.threshold() != null) {
                throw new IllegalArgumentException("SLO '" + slo.name() + "' counts Occurrences of a thresholdMetric,"
                        + " which has no events to count; write budgetingMethod: Timeslices");
            }
            return events(window);
        }
        // Slices are looked at one by one: a subquery that steps from slice to slice.
        return "avg_over_time((\n" + indented(slice(slice.toString())) + "\n)[" + window + ":" + slice + "])";
    }

    /** Failed events a second over a window, and all; null where a ratio is all there is. */
    @Nullable
    String failed(String window) {
        Sli.RatioMetric ratio = sli.ratio();
        MetricSource total = ratio == null ? null : ratio.total();
        if (ratio == null || total == null || slo.method() != Slo.Method.OCCURRENCES) {
            return null;
        }
        return occurrences(window);
    }

    String all(String window) {
        Sli.RatioMetric ratio = sli.ratio();
        MetricSource total = ratio == null ? null : ratio.total();
        if (total == null) {
            throw new IllegalArgumentException("SLO '" + slo.name() + "' has no total");
        }
        return rate(total, window);
    }

    private String events(String window) {
        Sli.RatioMetric ratio = sli.ratio();
        MetricSource raw = ratio == null ? null : ratio.raw();
        if (ratio != null && raw != null) {
            String query = "avg_over_time((" + instant(raw) + ")[" + window + ":])";
            return ratio.rawIsSuccess() ? "1 - " + query : query;
        }
        // Without traffic the divisor is dropped, so there is no NaN to poison whatever is reckoned from it.
        return "(" + failed(window) + ")\n/\n((" + all(window) + ") > 0)";
    }

    /** 1 if a slice that ends now is bad, or for RatioTimeslices the share of it that failed. */
    private String slice(String length) {
        MetricSource threshold = sli.threshold();
        if (threshold != null) {
            BigDecimal value = target.value();
            String op = OPPOSITE_OF_GOOD.get(target.op() == null ? "lte" : target.op());
            return "(" + ranged(threshold, length) + ") " + op + " bool "
                    + (value == null ? "0" : value.toPlainString());
        }
        Sli.RatioMetric ratio = sli.ratio();
        MetricSource raw = ratio == null ? null : ratio.raw();
        String failed = ratio != null && raw != null
                ? (ratio.rawIsSuccess() ? "1 - (" + instant(raw) + ")" : instant(raw))
                : "(" + occurrences(length) + ")\n/\n((" + all(length) + ") > 0)";
        Ratio sliceTarget = target.sliceTarget();
        if (slo.method() == Slo.Method.RATIO_TIMESLICES || sliceTarget == null) {
            return failed;
        }
        return "(" + failed + ") > bool " + number(sliceTarget.complement());
    }

    /** Failed events a second. Where nothing ever failed there is no series of failures: that is 0, not 'no data'. */
    private String occurrences(String window) {
        Sli.RatioMetric ratio = sli.ratio();
        MetricSource good = ratio == null ? null : ratio.good();
        MetricSource bad = ratio == null ? null : ratio.bad();
        String all = all(window);
        return good == null
                ? "(" + rate(bad, window) + ") or (0 * (" + all + "))"
                : "(" + all + ") - ((" + rate(good, window) + ") or (0 * (" + all + ")))";
    }

    private String rate(@Nullable MetricSource source, String window) {
        if (source == null) {
            throw new IllegalArgumentException("SLO '" + slo.name() + "' has neither good nor bad events");
        }
        String query = query(source);
        if (WINDOW.matcher(query).find()) {
            return WINDOW.matcher(query).replaceAll(window);
        }
        Sli.RatioMetric ratio = sli.ratio();
        if (ratio != null && ratio.counter() && SELECTOR.matcher(query).matches()) {
            return "sum(rate(" + query + "[" + window + "]))";
        }
        throw new IllegalArgumentException("SLO '" + slo.name() + "': the query '" + shown(query)
                + "' says nothing of a range; write {{.window}} where the range stands, as in"
                + " sum(rate(requests_total[{{.window}}])), or give a counter's name alone and counter: true");
    }

    private String ranged(MetricSource source, String window) {
        return WINDOW.matcher(query(source)).replaceAll(window);
    }

    private String instant(MetricSource source) {
        return ranged(source, "5m");
    }

    private String query(MetricSource source) {
        String type = catalog.type(source);
        if (type == null || !type.toLowerCase(Locale.ROOT).equals("prometheus")) {
            throw new IllegalArgumentException("SLO '" + slo.name() + "' comes from "
                    + (type == null ? "a source of unknown type" : "'" + shown(type) + "'")
                    + "; rules can be made for type Prometheus");
        }
        String query = source.query();
        if (query == null) {
            throw new IllegalArgumentException("SLO '" + slo.name() + "' has a metricSource without spec.query");
        }
        return query;
    }

    private static String shown(String text) {
        return io.levee.yaml.read.Shown.plain(text);
    }

    static String indented(String text) {
        return "  " + text.replace("\n", "\n  ");
    }

    /** Exactly, as PromQL writes it. */
    static String number(Ratio value) {
        return value.isDecimal() ? value.toString() : "(" + value.numerator() + " / " + value.denominator() + ")";
    }
}
