package io.levee.guard.views;

import static java.math.RoundingMode.CEILING;

import io.levee.guard.slo.Budgets;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Figures;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Store;
import io.levee.guard.store.history.History;
import io.levee.guard.web.WebException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who spent the budget when: for each objective and step of time what it cost, in milliseconds and in percent of the budget
 * of the window as it is now, so that cells can be compared and add up to what is used.
 */
final class Heatmap {
    private static final int MOST_CELLS = 1_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final TimeRange range;
    private final Duration step;
    private final Store store;

    Heatmap(TimeRange asked, Duration step, Instant now, Store store) {
        if (step.toMillis() % MINUTE.toMillis() != 0) {
            throw new WebException(400, "step is " + step + "; write whole minutes, hours or days, such as 1h");
        }
        long stepMs = step.toMillis();
        long from = Math.floorDiv(asked.from().toEpochMilli(), stepMs) * stepMs;
        Instant end = asked.to().isAfter(now) ? now : asked.to();
        long to = Math.floorDiv(end.toEpochMilli() + stepMs - 1, stepMs) * stepMs;
        this.range = new TimeRange(Instant.ofEpochMilli(Math.min(from, to)), Instant.ofEpochMilli(to));
        this.step = step;
        this.store = store;
        long cells = range.length().toMillis() / stepMs;
        if (cells > MOST_CELLS) {
            throw new WebException(
                    400,
                    "from, to and step ask for " + cells + " cells of each objective; at most " + MOST_CELLS
                            + " are given, so take a longer step");
        }
    }

    Map<String, @Nullable Object> of(Iterable<Board.Entry> entries) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Board.Entry entry : entries) {
            rows.add(row(entry.standing()));
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("from", range.from().toString());
        map.put("to", range.to().toString());
        map.put("stepMs", step.toMillis());
        map.put("rows", rows);
        return map;
    }

    private Map<String, @Nullable Object> row(Standing standing) {
        Watched watched = standing.watched();
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("service", watched.slo().service());
        row.put("slo", watched.name());
        row.put("cells", cells(standing));
        return row;
    }

    private List<@Nullable Map<String, @Nullable Object>> cells(Standing standing) {
        ErrorBudget window = standing.budget();
        Watched watched = standing.watched();
        Budgets budgets = window == null
                ? null
                : watched.slo().budgets(watched.index(), range, new History(store, watched.counted(), range));
        List<@Nullable Map<String, @Nullable Object>> cells = new ArrayList<>();
        for (Instant t = range.from(); t.isBefore(range.to()); t = t.plus(step)) {
            TimeRange cell = new TimeRange(t, t.plus(step));
            boolean counted = budgets != null && !budgets.counted(cell).isEmpty();
            cells.add(counted ? cell(cell, budgets, window) : null);
        }
        return cells;
    }

    private static @Nullable Map<String, @Nullable Object> cell(
            TimeRange range, @Nullable Budgets budgets, @Nullable ErrorBudget window) {
        if (budgets == null || window == null) {
            return null;
        }
        ErrorBudget own = budgets.over(range);
        if (own.total() == 0) {
            return null;
        }
        Counts counts = budgets.counts(range);
        boolean priced = window.total() > 0;
        Ratio ms = priced ? own.spent().times(window.windowMs()).dividedBy(Ratio.of(window.total())) : null;
        Ratio share = priced ? own.spent().dividedBy(window.budget()) : null;
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("t", range.from().toString());
        map.put("spentMs", Figures.amount(ms, CEILING));
        map.put("spentPercent", Figures.percent(share, CEILING));
        map.put("total", own.total());
        map.put("bad", counts.bad());
        return map;
    }
}
