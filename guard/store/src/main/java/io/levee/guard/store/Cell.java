package io.levee.guard.store;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.FailedCall;
import io.levee.guard.slo.gate.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events of one objective, one origin and 10 seconds, while they are added up. Not thread-safe. */
final class Cell {
    final Tracked objective;
    final Origin origin;

    /** The first of the 10 seconds. */
    final long second;

    private final Sums sums = new Sums();
    private long firstMs = Long.MAX_VALUE;
    private long lastMs = Long.MIN_VALUE;
    private Noted noted = Noted.NOTHING;

    Cell(Tracked objective, Origin origin, long second) {
        this.objective = objective;
        this.origin = origin;
        this.second = second;
    }

    void add(Event event, long count) {
        Event.Outcome outcome = objective.matcher().outcome(event);
        sums.add(event, outcome, count);
        long atMs = event.time().toEpochMilli();
        firstMs = Math.min(firstMs, atMs);
        lastMs = Math.max(lastMs, atMs);
        if (outcome != Event.Outcome.GOOD) {
            addFailed(FailedCall.of(event, outcome));
        }
    }

    private void addFailed(@Nullable FailedCall call) {
        if (call != null && noted.wants(call)) {
            noted = noted.plus(new Noted(List.of(call), List.of()));
        }
    }

    /** Counts nothing. */
    void keep(Store.RetryDecision decision) {
        long atMs = decision.time().toEpochMilli();
        firstMs = Math.min(firstMs, atMs);
        lastMs = Math.max(lastMs, atMs);
        noted = noted.plus(Noted.of(decision));
    }

    boolean isEmpty() {
        return sums.isEmpty() && noted.isEmpty();
    }

    Delta delta(long series) {
        return new Delta(series, second, sums, firstMs, lastMs, noted);
    }
}
