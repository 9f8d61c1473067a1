package io.levee.guard.review;

import static java.math.RoundingMode.CEILING;
import static java.math.RoundingMode.FLOOR;

import io.levee.guard.slo.Budgets;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Figures;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Store;
import io.levee.guard.store.history.History;
import io.levee.guard.store.history.Incident;
import io.levee.guard.store.history.Incidents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a month was like for one objective. */
final class ObjectiveReview {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration FOUR_WEEKS = Duration.ofDays(28);
    private static final int SAMPLES = 3;

    private final Watched watched;
    private final Month month;
    private final Store store;
    private final ReviewSettings settings;

    ObjectiveReview(Watched watched, Month month, Store store, ReviewSettings settings) {
        this.watched = watched;
        this.month = month;
        this.store = store;
        this.settings = settings;
    }

    Map<String, @Nullable Object> toMap(List<Ticket> all, Topics topics, Instant now) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        Instant end = month.range().to().minusMillis(1);
        map.put("slo", watched.name());
        map.put("displayName", watched.slo().metadata().displayName());
        map.put("service", watched.slo().service());
        map.put("target", watched.target(end).toString());
        String reason = watched.reason();
        ErrorBudget left = null;
        List<Incident> incidents = List.of();
        Budgets budgets = null;
        if (reason == null) {
            try {
                budgets = budgets(end);
                left = budgets.at(end);
                incidents = Incidents.within(watched, month.range(), now, store);
            } catch (IllegalArgumentException e) {
                reason = String.valueOf(e.getMessage());
                budgets = null;
            }
        }
        map.put("reason", reason);
        figures(map, budgets, left);
        map.put("trend7d", budgets == null ? List.of() : Trend.of(month, budgets, WEEK));
        map.put("trend28d", budgets == null ? List.of() : Trend.of(month, budgets, FOUR_WEEKS));
        map.put(
                "spentByCause",
                budgets == null ? List.of() : new Causes(watched, month, budgets, store).toMaps(incidents));
        map.put("incidents", incidents.stream().map(Incident::toMap).toList());
        map.put("tickets", tickets(all, topics, incidents, left));
        return map;
    }

    private Budgets budgets(Instant end) {
        TimeRange window = watched.slo().window().at(end);
        Instant from = month.range().from().minus(FOUR_WEEKS);
        TimeRange stretch = new TimeRange(
                window.from().isBefore(from) ? window.from() : from,
                window.to().isAfter(month.range().to())
                        ? window.to()
                        : month.range().to());
        return watched.slo().budgets(watched.index(), stretch, new History(store, watched.counted(), stretch));
    }

    private void figures(Map<String, @Nullable Object> map, @Nullable Budgets budgets, @Nullable ErrorBudget left) {
        ErrorBudget own =
                budgets == null || budgets.counted(month.range()).isEmpty() ? null : budgets.over(month.range());
        map.put("total", own == null ? 0 : own.total());
        map.put("goodPercent", own == null ? null : Figures.percent(own.goodShare(), FLOOR));
        map.put("spentMs", own == null ? null : Figures.amount(own.usedMs(), CEILING));
        map.put("window", watched.slo().window().span().toString());
        map.put("leftPercent", left == null ? null : Figures.percent(left.leftShare(), FLOOR));
        map.put("leftMs", left == null ? null : Figures.amount(left.leftMs(), FLOOR));
        map.put(
                "state",
                left == null ? ErrorBudget.State.NO_DATA.name() : left.state().name());
    }

    private Map<String, @Nullable Object> tickets(
            List<Ticket> all, Topics topics, List<Incident> incidents, @Nullable ErrorBudget left) {
        String service = watched.slo().service();
        List<Ticket> own = all.stream()
                .filter(ticket -> ticket.service() == null || service.equals(ticket.service()))
                .toList();
        List<Topics.Topic> found = topics.of(own);
        List<Map<String, @Nullable Object>> clusters = new ArrayList<>();
        found.forEach(topic -> clusters.add(cluster(topic, incidents)));
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("total", own.size());
        map.put(
                "withoutService",
                own.stream().filter(ticket -> ticket.service() == null).count());
        map.put("ticketsInIncidents", near(own, incidents));
        map.put("unclustered", Topics.others(own, found).size());
        map.put("clusters", clusters);
        map.put("hint", hint(own.size(), all.size(), left));
        return map;
    }

    private Map<String, @Nullable Object> cluster(Topics.Topic topic, List<Incident> incidents) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("label", topic.label());
        map.put("count", topic.tickets().size());
        map.put(
                "sample",
                topic.tickets().stream().limit(SAMPLES).map(Ticket::toMap).toList());
        map.put("ticketsInIncidents", near(topic.tickets(), incidents));
        map.put(
                "incidents",
                incidents.stream()
                        .filter(incident -> near(topic.tickets(), List.of(incident)) > 0)
                        .map(Incident::id)
                        .toList());
        return map;
    }

    /** How many came in an incident or shortly after it. */
    private long near(List<Ticket> tickets, List<Incident> incidents) {
        return tickets.stream()
                .filter(ticket -> incidents.stream()
                        .anyMatch(incident -> new TimeRange(
                                        incident.range().from(),
                                        incident.range().to().plus(settings.afterwards()))
                                .contains(ticket.time())))
                .count();
    }

    private @Nullable String hint(int own, int all, @Nullable ErrorBudget left) {
        Ratio share = left == null ? null : left.leftShare();
        if (left == null || share == null || left.state() == ErrorBudget.State.TOO_FEW) {
            return null;
        }
        String shown = String.valueOf(Figures.percent(share, FLOOR));
        if (own >= settings.manyTickets() && share.compareTo(settings.muchLeft()) >= 0) {
            return own + " tickets while " + shown
                    + " % of the budget is left: the target may be too loose, or the indicator does not see what customers see";
        }
        if (all > 0 && own == 0 && left.state() == ErrorBudget.State.EXHAUSTED) {
            return "the budget is exhausted, and no ticket is about it: the target may be stricter than customers need";
        }
        return null;
    }
}
