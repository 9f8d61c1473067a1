package io.levee.guard.review;

import static java.math.RoundingMode.CEILING;

import io.levee.guard.slo.Budgets;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Figures;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.store.history.Incident;
import io.levee.guard.store.history.Released;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the budget of a month went for. Each minute has one cause, so the causes add up to what was spent: the incident that it
 * lies in, or the release that brought that incident; otherwise the action that was in force; otherwise the background.
 *
 * <p>A release brought an incident if the gate or a roll-back blamed it while the incident lasted or up to an hour later, or
 * otherwise if it was the last one that went out in the hour before the incident began.
 */
final class Causes {
    static final String BACKGROUND = "background";

    private static final Duration HOUR = Duration.ofHours(1);
    /** An action that nobody ended and that names no end is taken to have lasted so long. */
    private static final Duration LONGEST_ACTION = Duration.ofDays(1);

    private final Watched watched;
    private final Month month;
    private final Budgets budgets;
    private final Store store;

    /** What was spent for one reason. */
    record Cause(String cause, String because, Ratio spent, List<String> incidents) {}

    Causes(Watched watched, Month month, Budgets budgets, Store store) {
        this.watched = watched;
        this.month = month;
        this.budgets = budgets;
        this.store = store;
    }

    List<Map<String, @Nullable Object>> toMaps(List<Incident> incidents) {
        if (budgets.counted(month.range()).isEmpty()) {
            return List.of();
        }
        ErrorBudget whole = budgets.over(month.range());
        if (whole.total() == 0 || whole.spent().signum() == 0) {
            return List.of();
        }
        Ratio price = Ratio.of(whole.windowMs()).dividedBy(Ratio.of(whole.total()));
        List<Map<String, @Nullable Object>> maps = new ArrayList<>();
        for (Cause cause : of(incidents, whole.spent())) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            map.put("cause", cause.cause());
            map.put("because", cause.because());
            map.put("spentMs", Figures.amount(cause.spent().times(price), CEILING));
            map.put("spentEvents", Figures.amount(cause.spent(), CEILING));
            map.put("sharePercent", Figures.percent(cause.spent().dividedBy(whole.spent()), CEILING));
            map.put("incidents", cause.incidents());
            maps.add(map);
        }
        return maps;
    }

    private List<Cause> of(List<Incident> incidents, Ratio whole) {
        Map<String, Cause> causes = new LinkedHashMap<>();
        List<TimeRange> taken = new ArrayList<>();
        Ratio left = whole;
        for (Incident incident : incidents) {
            Ratio spent = spent(Stretches.without(incident.range(), Stretches.within(incident.range(), taken)));
            taken.add(incident.range());
            left = left.minus(spent);
            add(causes, blamed(incident, spent));
        }
        for (Map.Entry<String, List<TimeRange>> action : actions().entrySet()) {
            Ratio spent = Ratio.ZERO;
            for (TimeRange stretch : Stretches.within(month.range(), action.getValue())) {
                spent = spent.plus(spent(Stretches.without(stretch, taken)));
                taken.add(stretch);
            }
            left = left.minus(spent);
            add(causes, new Cause(action.getKey(), "it was in force, and there was no incident", spent, List.of()));
        }
        List<Cause> sorted = new ArrayList<>(causes.values());
        sorted.sort(Comparator.comparing(Cause::spent).reversed().thenComparing(Cause::cause));
        if (left.signum() > 0) {
            sorted.add(new Cause(BACKGROUND, "neither an incident nor an action at the time", left, List.of()));
        }
        return sorted;
    }

    private static void add(Map<String, Cause> causes, Cause cause) {
        if (cause.spent().signum() > 0) {
            causes.merge(cause.cause(), cause, (a, b) -> {
                List<String> both = new ArrayList<>(a.incidents());
                both.addAll(b.incidents());
                return new Cause(a.cause(), a.because(), a.spent().plus(b.spent()), List.copyOf(both));
            });
        }
    }

    private Ratio spent(List<TimeRange> stretches) {
        Ratio spent = Ratio.ZERO;
        for (TimeRange stretch : Stretches.within(month.range(), stretches)) {
            if (!budgets.counted(stretch).isEmpty()) {
                spent = spent.plus(budgets.over(stretch).spent());
            }
        }
        return spent;
    }

    private Cause blamed(Incident incident, Ratio spent) {
        List<String> ids = List.of(incident.id());
        TimeRange range = incident.range();
        for (Ledger.Entry entry : store.ledger()
                .read(Ledger.Query.of("gate.rollback", "gate.decision").about(watched.counted()))) {
            boolean then = !entry.at().isBefore(range.from())
                    && entry.at().isBefore(range.to().plus(HOUR));
            boolean blames = entry.kind().equals("gate.rollback")
                    || "rollback".equals(entry.data().get("decision"));
            if (then && blames && entry.data().get("release") instanceof String release) {
                return new Cause("release " + release, "the gate rolled it back at " + entry.at(), spent, ids);
            }
        }
        List<Released> before =
                Released.within(store, watched, new TimeRange(range.from().minus(HOUR), range.to()));
        for (int i = before.size() - 1; i >= 0; i--) {
            Released released = before.get(i);
            if (!released.at().isAfter(incident.peakAt()) && !released.event().equals("rollback")) {
                return new Cause(
                        "release " + released.release(),
                        released.event() + " in " + released.environment() + " at " + released.at()
                                + ", and nothing later before the incident's peak",
                        spent,
                        ids);
            }
        }
        return new Cause(
                "incident of " + incident.from(),
                "rule " + incident.rule().name() + " fired; no release in the hour before",
                spent,
                ids);
    }

    /** When which action was in force. */
    private Map<String, List<TimeRange>> actions() {
        List<Ledger.Entry> entries = new ArrayList<>(store.ledger()
                .read(Ledger.Query.of("action.fired", "action.undone", "action.expired")
                        .about(watched.counted())));
        entries.sort(Comparator.comparing(Ledger.Entry::seq));
        Map<String, List<TimeRange>> actions = new LinkedHashMap<>();
        Map<Object, Ledger.Entry> open = new LinkedHashMap<>();
        for (Ledger.Entry entry : entries) {
            Object id = String.valueOf(entry.data().get("id"));
            if (entry.kind().equals("action.fired")) {
                open.put(id, entry);
            } else {
                Ledger.Entry fired = open.remove(id);
                if (fired != null) {
                    add(actions, fired, entry.at());
                }
            }
        }
        for (Ledger.Entry fired : open.values()) {
            add(actions, fired, until(fired));
        }
        return actions;
    }

    private static void add(Map<String, List<TimeRange>> actions, Ledger.Entry fired, Instant until) {
        Map<String, @Nullable Object> data = fired.data();
        // A webhook or a command is over at once; only a signal is a state.
        if (Set.of("webhook", "command").contains(String.valueOf(data.get("action")))
                || !fired.at().isBefore(until)) {
            return;
        }
        String name = "action " + data.get("rule") + " (" + data.get("action") + " " + data.get("target") + ")";
        actions.computeIfAbsent(name, key -> new ArrayList<>()).add(new TimeRange(fired.at(), until));
    }

    private static Instant until(Ledger.Entry fired) {
        try {
            return Instant.parse(String.valueOf(fired.data().get("until")));
        } catch (DateTimeException e) {
            return fired.at().plus(LONGEST_ACTION);
        }
    }
}
