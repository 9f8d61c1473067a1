package io.levee.guard.slo.gate;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Exclusion;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the gate decides from. Immutable.
 *
 * @param budget of the objective's whole window, all releases together: what limits are percentages of
 * @param minutes the minutes in which the release had events: within the window, for a canary within its own time
 * @param traces some traces of the release's bad events in these minutes, for who wants to see why: the newest minute's
 *     first, and of each minute the slowest first
 */
public record Evidence(ErrorBudget budget, List<Minute> minutes, List<String> traces) {
    private static final int MOST_TRACES = 5;

    private static final Comparator<FailedCall> NEWEST_MINUTE_FIRST = Comparator.comparing(
                    (FailedCall call) -> call.time().truncatedTo(ChronoUnit.MINUTES), Comparator.reverseOrder())
            .thenComparing(FailedCall.WORST_FIRST);

    /** Copies the lists. */
    public Evidence {
        minutes = List.copyOf(minutes);
        traces = List.copyOf(traces);
    }

    /**
     * From the events that were kept.
     *
     * @param question what the gate is asked
     * @param terms of the objective
     * @param policy how far back a canary is looked at
     * @param kept the objective's events
     * @return the evidence, with events up to the question's instant and none that is excluded
     */
    public static Evidence of(Question question, Terms terms, GatePolicy policy, KeptEvents kept) {
        // The question's own minute belongs to the window: an event is counted to the minute in which it happened.
        Instant end = question.at().truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
        TimeRange window = terms.window().at(end.minusMillis(1));
        Instant from = window.from();
        if (question.environment() == Environment.CANARY) {
            Instant within = end.minus(policy.canaryWithin());
            from = within.isAfter(from) ? within : from;
        }
        TimeRange looked = new TimeRange(
                from, end.isBefore(window.to()) ? end : window.to().plusMillis(1));
        List<Minute> minutes = new ArrayList<>();
        List<FailedCall> failed = new ArrayList<>();
        for (TimeRange counted : Exclusion.counted(terms.exclusions(), looked)) {
            minutes.addAll(minutes(question, kept, counted));
            for (Origin origin : kept.origins()) {
                if (origin.isOwn(question)) {
                    failed.addAll(kept.failedCalls(origin, counted));
                }
            }
        }
        List<String> traces = failed.stream()
                .filter(call -> call.outcome() == Event.Outcome.BAD)
                .sorted(NEWEST_MINUTE_FIRST)
                .limit(MOST_TRACES)
                .map(FailedCall::traceId)
                .toList();
        return new Evidence(terms.budget(end.minusMillis(1), kept), minutes, traces);
    }

    private static List<Minute> minutes(Question question, KeptEvents kept, TimeRange range) {
        NavigableMap<Instant, Counts> own = new TreeMap<>();
        for (Origin origin : kept.origins()) {
            if (origin.isOwn(question)) {
                kept.minutes(origin, range).forEach((begin, counts) -> own.merge(begin, counts, Counts::plus));
            }
        }
        NavigableMap<Instant, Counts> stable = new TreeMap<>();
        if (!own.isEmpty()) {
            TimeRange same = new TimeRange(own.firstKey(), own.lastKey().plus(1, ChronoUnit.MINUTES));
            for (Origin origin : kept.origins()) {
                if (origin.isStable(question) && !origin.isOwn(question)) {
                    kept.minutes(origin, same).forEach((begin, counts) -> stable.merge(begin, counts, Counts::plus));
                }
            }
        }
        List<Minute> minutes = new ArrayList<>();
        own.forEach((begin, counts) -> minutes.add(new Minute(begin, counts, stable.getOrDefault(begin, Counts.NONE))));
        return minutes;
    }
}
