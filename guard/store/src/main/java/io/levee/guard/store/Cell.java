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
    private List<FailedCall> failed = List.of();

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
        if (call == null) {
            return;
        }
        boolean isFull = failed.size() == FailedCall.KEPT;
        if (!isFull || FailedCall.WORST_FIRST.compare(call, failed.get(failed.size() - 1)) < 0) {
            failed = FailedCall.worst(failed, List.of(call));
        }
    }

    boolean isEmpty() {
        return sums.isEmpty();
    }

    Delta delta(long series) {
        return new Delta(series, second, sums, firstMs, lastMs, failed);
    }
}
