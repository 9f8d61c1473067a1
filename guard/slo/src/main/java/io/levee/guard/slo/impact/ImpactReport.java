package io.levee.guard.slo.impact;

import static io.levee.guard.slo.Figures.amount;
import static io.levee.guard.slo.Figures.percent;
import static java.math.RoundingMode.CEILING;
import static java.math.RoundingMode.FLOOR;

import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.Ratio;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An impact as people and machines read it: Markdown, HTML, or plain values for JSON. What is used is rounded up, what is
 * left down. Immutable.
 *
 * @param impact what is reported
 */
public record ImpactReport(Impact impact) {
    /** The report's kind, by which the gate knows it. */
    public static final String KIND = "slo-impact-report";

    /**
     * The report as plain values (text, numbers, lists, maps, null), for JSON.
     *
     * @return a new map
     */
    public Map<String, @Nullable Object> toMap() {
        Change change = impact.change();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("kind", KIND);
        map.put("slo", impact.slo());
        map.put("release", change.release());
        map.put("description", change.description());
        map.put("verdict", impact.verdict().toString());
        map.put("extraRatio", change.extra().toString());
        map.put("trafficFactor", change.trafficFactor().toString());
        map.put("lasting", change.lasting() == null ? null : change.lasting().toString());
        map.put("total", impact.before().total());
        map.put("leftPercentNow", percent(impact.before().leftShare(), FLOOR));
        map.put("leftMsNow", amount(impact.before().leftMs(), FLOOR));
        map.put("extraEvents", amount(impact.extra(), CEILING));
        map.put("extraPercentOfBudget", percent(ofBudget(impact.extra()), CEILING));
        map.put("totalThen", amount(impact.total(), FLOOR));
        map.put("usedPercentThen", percent(ofBudget(impact.spent()), CEILING));
        map.put("leftPercentThen", percent(ofBudget(impact.left()), FLOOR));
        map.put("leftEventsThen", amount(impact.left(), FLOOR));
        map.put("errorPercent", percent(impact.errorRatio(), CEILING));
        map.put("exhaustedInMs", impact.exhaustedInMs());
        map.put("burnRulesFiring", impact.firing().stream().map(BurnRule::name).toList());
        return map;
    }

    private @Nullable Ratio ofBudget(Ratio events) {
        return impact.budget().signum() == 0 ? null : events.dividedBy(impact.budget());
    }

    private String title() {
        String release = impact.change().release();
        return "SLO impact: " + impact.slo() + (release == null ? "" : ", release " + release);
    }

    private String sentence() {
        return switch (impact.verdict()) {
            case FITS -> "The change fits into the error budget.";
            case EXHAUSTS -> "The change exhausts the error budget.";
            case EXHAUSTED_ALREADY -> "The error budget is exhausted already, without the change.";
            case NOT_ENOUGH_DATA ->
                "There are too few events to tell: " + impact.before().total() + " of at least "
                        + Math.max(1, impact.before().minimumTotal()) + ".";
        };
    }

    private Map<String, String> rows() {
        Map<String, @Nullable Object> map = toMap();
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Events in the window now", cell(map.get("total"), ""));
        rows.put("Budget left now", cell(map.get("leftPercentNow"), " %") + ", " + cell(map.get("leftMsNow"), " ms"));
        rows.put(
                "Expected",
                impact.change().extra().times(100) + " % more events fail, traffic x "
                        + impact.change().trafficFactor() + ", "
                        + (impact.change().lasting() == null
                                ? "for good"
                                : "for " + impact.change().lasting()));
        rows.put(
                "That costs",
                cell(map.get("extraEvents"), " events") + ", "
                        + cell(map.get("extraPercentOfBudget"), " % of the budget"));
        rows.put(
                "Budget left a window later",
                cell(map.get("leftPercentThen"), " %") + ", " + cell(map.get("leftEventsThen"), " events"));
        rows.put("Share that fails meanwhile", cell(map.get("errorPercent"), " %"));
        rows.put("What is left now lasts", lasts());
        rows.put(
                "Burn-rate rules that fire",
                impact.firing().isEmpty()
                        ? "none"
                        : impact.firing().stream().map(BurnRule::name).collect(Collectors.joining(", ")));
        return rows;
    }

    private String lasts() {
        Long millis = impact.exhaustedInMs();
        if (millis == null) {
            return impact.errorRatio() == null ? "unknown" : "for ever, if nothing fails";
        }
        Duration duration = Duration.ofMillis(millis);
        return duration.toDays() + " d " + duration.toHoursPart() + " h " + duration.toMinutesPart() + " min";
    }

    private static String cell(@Nullable Object value, String unit) {
        return value == null ? "unknown" : (value instanceof BigDecimal number ? number.toPlainString() : value) + unit;
    }

    /**
     * The report in Markdown.
     *
     * @return a page
     */
    public String markdown() {
        StringBuilder page = new StringBuilder();
        page.append("# ").append(markdown(title())).append("\n\n");
        page.append("**").append(sentence()).append("**\n\n");
        page.append(markdown(impact.change().description())).append("\n\n");
        page.append("| | |\n|---|---|\n");
        rows().forEach((name, value) -> page.append("| ")
                .append(name)
                .append(" | ")
                .append(markdown(value))
                .append(" |\n"));
        page.append('\n').append(ASSUMPTION).append('\n');
        return page.toString();
    }

    private static final String ASSUMPTION =
            "Assumes that what fails now goes on failing at the same ratio, and that events come as evenly as they did.";

    private static String markdown(String text) {
        StringBuilder escaped = new StringBuilder();
        for (char c : text.replace('\r', ' ').replace('\n', ' ').toCharArray()) {
            if ("\\`*_[]<>|#".indexOf(c) >= 0) {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        return escaped.toString();
    }

    /**
     * The report as an HTML page of its own, with nothing fetched from elsewhere.
     *
     * @return a page
     */
    public String html() {
        StringBuilder page = new StringBuilder();
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
                .append(html(title()))
                .append("</title>\n<style>body{font-family:sans-serif;max-width:50em;margin:2em auto;padding:0 1em}")
                .append("th{text-align:left;padding-right:2em}td,th{border-bottom:1px solid #ccc;padding:.3em .6em}")
                .append("</style>\n</head>\n<body>\n<h1>")
                .append(html(title()))
                .append("</h1>\n<p><strong>")
                .append(html(sentence()))
                .append("</strong></p>\n<p>")
                .append(html(impact.change().description()))
                .append("</p>\n<table>\n");
        rows().forEach((name, value) -> page.append("<tr><th scope=\"row\">")
                .append(html(name))
                .append("</th><td>")
                .append(html(value))
                .append("</td></tr>\n"));
        page.append("</table>\n<p>").append(html(ASSUMPTION)).append("</p>\n</body>\n</html>\n");
        return page.toString();
    }

    private static String html(String text) {
        List<String[]> pairs = List.of(
                new String[] {"&", "&amp;"}, new String[] {"<", "&lt;"}, new String[] {">", "&gt;"}, new String[] {
                    "\"", "&quot;"
                });
        String escaped = text;
        for (String[] pair : pairs) {
            escaped = escaped.replace(pair[0], pair[1]);
        }
        return escaped;
    }
}
