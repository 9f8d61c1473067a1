package io.levee.guard.slo.gate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trace of a call that counted as bad or degraded. Immutable.
 *
 * @param time when the call ended
 * @param traceId its trace
 * @param outcome what it counted as
 * @param durationMs how long it took; null if unknown
 * @param businessEvent what it was for; null if unknown
 */
public record FailedCall(
        Instant time,
        String traceId,
        Event.Outcome outcome,
        @Nullable Long durationMs,
        @Nullable String businessEvent) {
    /** How many are kept of each minute and origin. */
    public static final int KEPT = 5;

    /** Bad ones before degraded ones, then the slowest first; the rest only makes the order the same every time. */
    public static final Comparator<FailedCall> WORST_FIRST = Comparator.comparing(FailedCall::outcome)
            .thenComparing(FailedCall::durationMs, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(FailedCall::time)
            .thenComparing(FailedCall::traceId);

    /**
     * Of an event.
     *
     * @param event any
     * @param outcome what it counted as
     * @return null if it was good or has no trace
     */
    public static @Nullable FailedCall of(Event event, Event.Outcome outcome) {
        String trace = event.traceId();
        return outcome == Event.Outcome.GOOD || trace == null
                ? null
                : new FailedCall(event.time(), trace, outcome, event.durationMs(), event.businessEvent());
    }

    /**
     * The worst ones of two lists.
     *
     * @param some worst first or not
     * @param more worst first or not
     * @return at most {@link #KEPT}, worst first
     */
    public static List<FailedCall> worst(List<FailedCall> some, List<FailedCall> more) {
        List<FailedCall> all = new ArrayList<>(some);
        all.addAll(more);
        all.sort(WORST_FIRST);
        return List.copyOf(all.subList(0, Math.min(KEPT, all.size())));
    }
}
