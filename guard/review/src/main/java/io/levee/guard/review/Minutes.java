package io.levee.guard.review;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A review as Markdown, from the same values that its JSON has. What people wrote is escaped. */
final class Minutes {
    private final StringBuilder page = new StringBuilder();
    private final Map<String, @Nullable Object> review;

    private Minutes(Map<String, @Nullable Object> review) {
        this.review = review;
    }

    static String of(Map<String, @Nullable Object> review) {
        return new Minutes(review).write();
    }

    private String write() {
        line("# Review of the objectives, " + review.get("month"));
        line("");
        line("From " + review.get("from") + " to " + review.get("to")
                + ". Figures are ratios of sums; what is spent is rounded up," + " what is left down.");
        line("");
        overview();
        for (Map<?, ?> slo : maps(review, "slos")) {
            objective(slo);
        }
        features();
        return page.toString();
    }

    private void overview() {
        line("| objective | target | good in the month | budget left at its end | incidents | tickets |");
        line("|---|---|---|---|---|---|");
        for (Map<?, ?> slo : maps(review, "slos")) {
            row(
                    text(slo, "slo"),
                    text(slo, "target"),
                    with(slo, "goodPercent", " %"),
                    with(slo, "leftPercent", " %") + " (" + with(slo, "leftMs", " ms") + " of " + text(slo, "window")
                            + ")",
                    Integer.toString(maps(slo, "incidents").size()),
                    text(map(slo, "tickets"), "total"));
        }
        line("");
    }

    private void objective(Map<?, ?> slo) {
        line("## " + escaped(text(slo, "slo")));
        line("");
        if (slo.get("reason") != null) {
            line("No figures: " + escaped(text(slo, "reason")) + ".");
            line("");
        }
        trend("7 days", maps(slo, "trend7d"));
        trend("28 days", maps(slo, "trend28d"));
        causes(maps(slo, "spentByCause"));
        tickets(map(slo, "tickets"));
        maps(slo, "proposals").forEach(this::proposal);
    }

    private void trend(String length, List<Map<?, ?>> points) {
        List<Map<?, ?>> known = points.stream()
                .filter(point -> point.get("goodPercent") instanceof BigDecimal)
                .toList();
        if (known.isEmpty()) {
            line("- Good over " + length + ": no events");
            return;
        }
        Map<?, ?> lowest = known.get(0);
        for (Map<?, ?> point : known) {
            if (percent(point).compareTo(percent(lowest)) < 0) {
                lowest = point;
            }
        }
        Map<?, ?> last = known.get(known.size() - 1);
        line("- Good over " + length + ": " + with(known.get(0), "goodPercent", " %") + " at first, "
                + with(last, "goodPercent", " %") + " at last, lowest "
                + with(lowest, "goodPercent", " %") + " in those that end at " + text(lowest, "t"));
    }

    private static BigDecimal percent(Map<?, ?> point) {
        return point.get("goodPercent") instanceof BigDecimal percent ? percent : BigDecimal.ZERO;
    }

    private void causes(List<Map<?, ?>> causes) {
        line("");
        if (causes.isEmpty()) {
            line("Nothing was spent.");
            line("");
            return;
        }
        line("| what the budget went for | spent | share | because |");
        line("|---|---|---|---|");
        for (Map<?, ?> cause : causes) {
            row(
                    text(cause, "cause"),
                    with(cause, "spentMs", " ms"),
                    with(cause, "sharePercent", " %"),
                    text(cause, "because"));
        }
        line("");
    }

    private void tickets(Map<?, ?> tickets) {
        if ("0".equals(text(tickets, "total"))) {
            line("No tickets.");
            line("");
            return;
        }
        line(text(tickets, "total") + " tickets (" + text(tickets, "withoutService")
                + " of them name no service), " + text(tickets, "ticketsInIncidents")
                + " in an incident or shortly after one.");
        line("");
        List<Map<?, ?>> clusters = maps(tickets, "clusters");
        if (!clusters.isEmpty()) {
            line("| tickets about | count | in or after incidents | for example |");
            line("|---|---|---|---|");
            for (Map<?, ?> cluster : clusters) {
                List<Map<?, ?>> sample = maps(cluster, "sample");
                row(
                        text(cluster, "label"),
                        text(cluster, "count"),
                        text(cluster, "ticketsInIncidents"),
                        sample.isEmpty() ? "" : shortened(text(sample.get(0), "text")));
            }
            line("");
        }
        if (tickets.get("hint") != null) {
            line("**" + escaped(text(tickets, "hint")) + "**");
            line("");
        }
    }

    private void proposal(Map<?, ?> proposal) {
        Object result = proposal.get("result");
        line("### Proposal " + text(proposal, "id") + ": " + text(proposal, "from") + " to " + text(proposal, "to")
                + ", " + (result == null ? "open until " + text(proposal, "closes") : result));
        line("");
        line(escaped(text(proposal, "reason")) + " (" + escaped(text(proposal, "by")) + ")");
        line("");
        line("| role | vote | reason | by |");
        line("|---|---|---|---|");
        List<Map<?, ?>> votes = maps(proposal, "votes");
        for (Seat seat : Seat.values()) {
            Map<?, ?> vote = votes.stream()
                    .filter(each -> seat.toString().equals(each.get("role")))
                    .findFirst()
                    .orElse(Map.of());
            row(seat.toString(), vote.isEmpty() ? "-" : text(vote, "vote"), text(vote, "reason"), text(vote, "by"));
        }
        line("");
        line(text(proposal, "yes") + " yes, " + text(proposal, "no") + " no; " + text(proposal, "needed") + " of "
                + Seat.values().length + " change the target"
                + ("accepted".equals(result)
                        ? ", from " + text(proposal, "closes") + " on. To be applied to the OpenSLO file:"
                        : "."));
        line("");
        if ("accepted".equals(result)) {
            // Longer than any fence that a reason in the file may hold.
            line("``````diff");
            page.append(text(proposal, "diff"));
            line("``````");
            line("");
        }
    }

    private void features() {
        List<Map<?, ?>> features = maps(review, "features");
        line("## Proposed features");
        line("");
        if (features.isEmpty()) {
            line("No impact report was attached in the month.");
            return;
        }
        line("| release | objective | verdict | would cost | what |");
        line("|---|---|---|---|---|");
        for (Map<?, ?> feature : features) {
            Map<?, ?> report = map(feature, "report");
            row(
                    text(feature, "release"),
                    text(feature, "slo"),
                    text(feature, "verdict"),
                    with(report, "extraPercentOfBudget", " % of the budget"),
                    text(report, "description"));
        }
    }

    private void row(String... cells) {
        page.append('|');
        for (String cell : cells) {
            page.append(' ').append(escaped(cell)).append(" |");
        }
        page.append('\n');
    }

    private void line(String text) {
        page.append(text).append('\n');
    }

    private static String shortened(String text) {
        int length = text.codePointCount(0, text.length());
        return length <= 80 ? text : text.substring(0, text.offsetByCodePoints(0, 80)) + "…";
    }

    private static String with(Map<?, ?> map, String field, String unit) {
        return map.get(field) == null ? "-" : text(map, field) + unit;
    }

    private static String text(Map<?, ?> map, String field) {
        Object value = map.get(field);
        return value == null ? "" : value instanceof BigDecimal number ? number.toPlainString() : value.toString();
    }

    private static Map<?, ?> map(Map<?, ?> map, String field) {
        return map.get(field) instanceof Map<?, ?> found ? found : Map.of();
    }

    private static List<Map<?, ?>> maps(Map<?, ?> map, String field) {
        List<Map<?, ?>> maps = new ArrayList<>();
        if (map.get(field) instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> found) {
                    maps.add(found);
                }
            }
        }
        return maps;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            if ("\\`*_[]<>|#~".indexOf(c) >= 0) {
                escaped.append('\\');
            }
            escaped.appendCodePoint(Character.isISOControl(c) ? ' ' : c);
        });
        return escaped.toString();
    }
}
