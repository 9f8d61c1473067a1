package io.levee.guard.views;

import static java.math.RoundingMode.CEILING;
import static java.math.RoundingMode.FLOOR;

import io.levee.guard.slo.Budgets;
import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Figures;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Store;
import io.levee.guard.store.history.History;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an objective stands at an instant. Immutable.
 *
 * @param watched the objective
 * @param at the instant
 * @param reason why there are no figures; null if there are some
 * @param budgets what the figures were reckoned with; null without figures
 * @param budget of the window; null without figures
 * @param tally the window's events that are not excluded, with what is kept beside them
 * @param rates the budgets of the last minutes, hours and days, by their lengths
 * @param burn the burn-rate rules
 * @param last when the last event happened; null without one
 */
record Standing(
        Watched watched,
        Instant at,
        @Nullable String reason,
        @Nullable Budgets budgets,
        @Nullable ErrorBudget budget,
        Store.Tally tally,
        Map<Duration, ErrorBudget> rates,
        List<Burn> burn,
        @Nullable Instant last) {
    /** The burn rates that are shown whatever the rules are. */
    static final Map<String, Duration> SHOWN = shown();

    private static final Duration LONGEST = Duration.ofDays(3);

    private static Map<String, Duration> shown() {
        Map<String, Duration> shown = new LinkedHashMap<>();
        shown.put("burnRate1h", Duration.ofHours(1));
        shown.put("burnRate6h", Duration.ofHours(6));
        shown.put("burnRate3d", Duration.ofDays(3));
        return shown;
    }

    /** Everything that is looked at: the window, and as far back as a burn-rate rule looks. */
    static TimeRange stretch(Watched watched, Instant at) {
        TimeRange window = watched.slo().window().at(at);
        Instant burning = at.minus(LONGEST);
        return new TimeRange(
                window.from().isBefore(burning) ? window.from() : burning,
                window.to().isAfter(at) ? window.to() : at);
    }

    static Standing of(Watched watched, Instant at, Store store) {
        Instant last = store.last(watched.counted());
        if (watched.reason() != null) {
            return nothing(watched, at, watched.reason(), last);
        }
        TimeRange stretch = stretch(watched, at);
        try {
            // Slices ask for thousands of minutes, which are cheaper read at once.
            Terms.Source source = watched.slo().method() == Slo.Method.OCCURRENCES
                    ? store.counts(watched.counted())
                    : new History(store, watched.counted(), stretch);
            Budgets budgets = watched.slo().budgets(watched.index(), stretch, source);
            ErrorBudget budget = budgets.at(at);
            Map<Duration, ErrorBudget> rates = rates(watched, budgets, at);
            Duration window = watched.slo().window().at(at).length();
            List<Burn> burn = watched.slo().additions().burnRules().stream()
                    .map(rule -> Burn.of(
                            rule,
                            window,
                            rates.get(rule.longWindow()),
                            rates.get(rule.shortWindow()),
                            watched.slo().additions().minimumBad()))
                    .toList();
            return new Standing(
                    watched,
                    at,
                    last == null ? silent(watched) : null,
                    budgets,
                    budget,
                    tally(store, watched, budgets.counted(watched.slo().window().at(at))),
                    rates,
                    burn,
                    last);
        } catch (IllegalArgumentException e) {
            return nothing(watched, at, String.valueOf(e.getMessage()), last);
        }
    }

    private static Standing nothing(Watched watched, Instant at, @Nullable String reason, @Nullable Instant last) {
        return new Standing(watched, at, reason, null, null, Store.Tally.NONE, Map.of(), List.of(), last);
    }

    private static String silent(Watched watched) {
        return "no event of service '" + watched.slo().service() + "' has come that this objective counts";
    }

    private static Map<Duration, ErrorBudget> rates(Watched watched, Budgets budgets, Instant at) {
        Map<Duration, ErrorBudget> rates = new HashMap<>();
        SHOWN.values().forEach(length -> put(rates, budgets, at, length));
        for (BurnRule rule : watched.slo().additions().burnRules()) {
            put(rates, budgets, at, rule.longWindow());
            put(rates, budgets, at, rule.shortWindow());
        }
        return rates;
    }

    /** Nothing for a range that is excluded as a whole: there it neither burns nor does not. */
    private static void put(Map<Duration, ErrorBudget> rates, Budgets budgets, Instant at, Duration length) {
        TimeRange range = new TimeRange(at.minus(length), at);
        if (!rates.containsKey(length) && !budgets.counted(range).isEmpty()) {
            rates.put(length, budgets.over(range));
        }
    }

    private static Store.Tally tally(Store store, Watched watched, List<TimeRange> counted) {
        Store.Tally sum = Store.Tally.NONE;
        for (TimeRange part : counted) {
            sum = sum.plus(store.tally(watched.counted(), part));
        }
        return sum;
    }

    /** The most severe rule that fires. */
    String severity() {
        String severity = "ok";
        for (Burn each : burn) {
            if (each.firing() && each.rule().severity() == BurnRule.Severity.PAGE) {
                return "page";
            }
            severity = each.firing() ? "ticket" : severity;
        }
        return severity;
    }

    /** How long what is left lasts if the last hour goes on. */
    @Nullable
    Long exhaustedInMs() {
        ErrorBudget hour = rates.get(Duration.ofHours(1));
        Ratio failing = hour == null ? null : hour.errorRatio();
        return budget == null || failing == null ? null : budget.exhaustedInMs(failing);
    }

    Map<String, @Nullable Object> toMap(@Nullable String advice) {
        Slo slo = watched.slo();
        Ratio target = watched.target(at);
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", watched.name());
        map.put("displayName", displayName());
        map.put("service", slo.service());
        map.put("description", slo.description());
        map.put("target", target.toString());
        map.put("targetPercent", Figures.percent(target, FLOOR));
        map.put("window", slo.window().span().toString());
        map.put("method", slo.method().toString());
        map.put("unit", slo.method() == Slo.Method.OCCURRENCES ? "events" : "slices");
        figures(map);
        map.put("bad", tally.counts().bad());
        map.put("degraded", tally.counts().degraded());
        map.put("events", tally.counts().total());
        map.put("attempts", tally.attempts());
        map.put("savedByRetry", tally.savedByRetry());
        SHOWN.forEach((name, length) -> {
            ErrorBudget rate = rates.get(length);
            map.put(name, rate == null ? null : Figures.amount(rate.burnRate(), CEILING));
        });
        map.put("exhaustedInMs", exhaustedInMs());
        map.put("burn", burn.stream().map(Burn::toMap).toList());
        map.put("severity", severity());
        map.put("lastEvent", last == null ? null : last.toString());
        map.put("advice", advice);
        map.put("reason", reason);
        return map;
    }

    private String displayName() {
        String ofObjective = watched.slo().objectives().get(watched.index()).displayName();
        String ofDocument = watched.slo().metadata().displayName();
        String shown = watched.slo().objectives().size() > 1 && ofObjective != null ? ofObjective : ofDocument;
        return shown == null ? watched.name() : shown;
    }

    private void figures(Map<String, @Nullable Object> map) {
        if (budget != null) {
            map.putAll(budget.toMap());
            return;
        }
        // The same fields, so that a reader need not ask for each whether it is there.
        for (String field : ErrorBudget.of(Counts.NONE, watched.terms().objective(), LONGEST)
                .toMap()
                .keySet()) {
            map.put(field, null);
        }
        map.put("state", ErrorBudget.State.NO_DATA.name());
        map.put("total", 0);
    }
}
