package io.levee.guard.views;

import static java.math.RoundingMode.FLOOR;

import io.levee.guard.slo.Budgets;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Figures;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.Window;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Store;
import io.levee.guard.store.history.History;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The budget over time: at each point that of the window that ends there. The counts are read once, as sums from the
 * beginning, so a point costs a few look-ups and the whole curve no more than its points and its hours.
 */
final class Curve {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Watched watched;
    private final TimeRange range;
    private final Duration step;
    private final History history;
    private final Budgets budgets;
    private final Budgets withExcluded;

    Curve(Watched watched, TimeRange range, int points, Store store) {
        this.watched = watched;
        this.range = range;
        this.step = step(range, points);
        TimeRange stretch = stretch(watched, range);
        this.history = new History(store, watched.counted(), stretch);
        this.budgets = watched.slo().budgets(watched.index(), stretch, history);
        this.withExcluded = budgets.withExcluded();
    }

    /** From the beginning of the first point's window to the end of the last point's. */
    private static TimeRange stretch(Watched watched, TimeRange range) {
        Window window = watched.slo().window();
        Instant from = window.at(range.from()).from();
        Instant end = Board.endOfMinute(range.to());
        Instant to = window.at(end).to();
        return new TimeRange(from, to.isAfter(end) ? to : end);
    }

    /** Whole minutes, and whole hours from an hour on, so that points fall on what the counts are kept by. */
    private static Duration step(TimeRange range, int points) {
        long exact = Math.max(1, (range.length().toMillis() + points - 1) / points);
        long unit = exact >= HOUR.toMillis() ? HOUR.toMillis() : MINUTE.toMillis();
        return Duration.ofMillis((exact + unit - 1) / unit * unit);
    }

    Duration step() {
        return step;
    }

    Budgets budgets() {
        return budgets;
    }

    History history() {
        return history;
    }

    /** At whole multiples of the step since 1970, and at the end. */
    List<Instant> instants() {
        List<Instant> instants = new ArrayList<>();
        long stepMs = step.toMillis();
        long first = Math.floorDiv(range.from().toEpochMilli() + stepMs - 1, stepMs) * stepMs;
        for (long t = first; t < range.to().toEpochMilli(); t += stepMs) {
            instants.add(Instant.ofEpochMilli(t));
        }
        instants.add(range.to());
        return instants;
    }

    List<Map<String, @Nullable Object>> points() {
        List<Map<String, @Nullable Object>> points = new ArrayList<>();
        List<Instant> instants = instants();
        Instant before = instants.get(0).minus(step);
        for (Instant t : instants) {
            // The end is mostly now, whose minute has begun: its events belong to the budget, as everywhere.
            Instant at = t.equals(range.to()) ? Board.endOfMinute(t) : t;
            Map<String, @Nullable Object> point = point(t, at);
            step(
                    point,
                    before.isBefore(at)
                            ? history.tally(new TimeRange(before, at)).counts()
                            : Counts.NONE);
            points.add(point);
            before = at;
        }
        return points;
    }

    /** What came since the point before, excluded or not: the window's counts tell only what has come and gone together. */
    private static void step(Map<String, @Nullable Object> point, Counts counts) {
        point.put("stepTotal", counts.total());
        point.put("stepBad", counts.bad());
        point.put("stepDegraded", counts.degraded());
    }

    private Map<String, @Nullable Object> point(Instant shown, Instant at) {
        TimeRange window = watched.slo().window().at(at);
        boolean counted = !budgets.counted(window).isEmpty();
        ErrorBudget budget = counted ? budgets.at(at) : null;
        Store.Tally tally = Store.Tally.NONE;
        for (TimeRange part : budgets.counted(window)) {
            tally = tally.plus(history.tally(part));
        }
        Map<String, @Nullable Object> point = new LinkedHashMap<>();
        point.put("t", shown.toString());
        point.put("leftPercent", budget == null ? null : Figures.percent(budget.leftShare(), FLOOR));
        point.put("leftMs", budget == null ? null : Figures.amount(budget.leftMs(), FLOOR));
        point.put("leftMsWithExcluded", Figures.amount(withExcluded.at(at).leftMs(), FLOOR));
        point.put("total", budget == null ? 0 : budget.total());
        point.put("bad", tally.counts().bad());
        point.put("degraded", tally.counts().degraded());
        point.put("attempts", tally.attempts());
        point.put("targetPercent", Figures.percent(watched.target(at), FLOOR));
        return point;
    }
}
