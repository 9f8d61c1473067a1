package io.levee.guard.slo.gate;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events of one objective by minute, release, environment and side, and answers from that what the gate asks. Not
 * thread-safe: one thread adds and asks, or the caller locks.
 */
public final class EventTally implements KeptEvents {
    private final EventMatcher matcher;
    private final Map<Origin, NavigableMap<Instant, Kept>> origins = new HashMap<>();
    private @Nullable Instant last;

    private record Kept(Counts counts, List<FailedCall> failed) {
        Kept plus(Kept other) {
            return new Kept(
                    counts.plus(other.counts),
                    other.failed.isEmpty() ? failed : FailedCall.worst(failed, other.failed));
        }
    }

    /**
     * Nothing yet.
     *
     * @param matcher which events count, and as what
     */
    public EventTally(EventMatcher matcher) {
        this.matcher = matcher;
    }

    /**
     * Adds an event, if it belongs to the objective. Order does not matter.
     *
     * @param event any
     * @return whether it counted
     */
    public boolean add(Event event) {
        if (!matcher.matches(event)) {
            return false;
        }
        FailedCall failed = FailedCall.of(event, matcher.outcome(event));
        origins.computeIfAbsent(Origin.of(event), origin -> new TreeMap<>())
                .merge(
                        event.time().truncatedTo(ChronoUnit.MINUTES),
                        new Kept(matcher.counted(event), failed == null ? List.of() : List.of(failed)),
                        Kept::plus);
        if (last == null || event.time().isAfter(last)) {
            last = event.time();
        }
        return true;
    }

    /**
     * The latest event that counted.
     *
     * @return its time; null without one
     */
    public @Nullable Instant last() {
        return last;
    }

    /** {@inheritDoc} All environments, releases and sides together. A minute counts to the range in which it begins. */
    @Override
    public Counts counts(TimeRange range) {
        Counts sum = Counts.NONE;
        for (Origin origin : origins.keySet()) {
            for (Kept kept : kept(origin, range).values()) {
                sum = sum.plus(kept.counts());
            }
        }
        return sum;
    }

    @Override
    public Collection<Origin> origins() {
        return Collections.unmodifiableSet(origins.keySet());
    }

    @Override
    public SortedMap<Instant, Counts> minutes(Origin origin, TimeRange range) {
        SortedMap<Instant, Counts> found = new TreeMap<>();
        kept(origin, range).forEach((begin, kept) -> found.put(begin, kept.counts()));
        return found;
    }

    @Override
    public List<FailedCall> failedCalls(Origin origin, TimeRange range) {
        List<FailedCall> found = new ArrayList<>();
        kept(origin, range).values().forEach(kept -> found.addAll(kept.failed()));
        return found;
    }

    private SortedMap<Instant, Kept> kept(Origin origin, TimeRange range) {
        NavigableMap<Instant, Kept> minutes = origins.get(origin);
        return minutes == null ? new TreeMap<>() : minutes.subMap(range.from(), true, range.to(), false);
    }

    /**
     * What the gate decides from.
     *
     * @param question what it is asked
     * @param terms of the objective
     * @param policy how far back a canary is looked at
     * @return the evidence, with events up to the question's instant and none that is excluded
     */
    public Evidence evidence(Question question, Terms terms, GatePolicy policy) {
        return Evidence.of(question, terms, policy, this);
    }
}
