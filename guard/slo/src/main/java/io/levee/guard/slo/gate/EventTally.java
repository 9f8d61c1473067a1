package io.levee.guard.slo.gate;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events of one objective by minute, release, environment and side, and answers from that what the gate asks. Not
 * thread-safe: one thread adds and asks, or the caller locks.
 */
public final class EventTally implements Terms.Source {
    private static final int MOST_TRACES = 5;

    private final EventMatcher matcher;
    private final NavigableMap<Instant, Map<Key, Counts>> minutes = new TreeMap<>();
    private final Map<Key, Deque<Trace>> traces = new HashMap<>();
    private @Nullable Instant last;

    private record Key(Environment environment, @Nullable String release, Event.@Nullable Side side) {}

    private record Trace(Instant time, String id) {}

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
        Counts counted = matcher.counted(event);
        Key key = new Key(event.environment(), event.release(), event.side());
        minutes.computeIfAbsent(event.time().truncatedTo(ChronoUnit.MINUTES), minute -> new HashMap<>())
                .merge(key, counted, Counts::plus);
        String trace = event.traceId();
        if (counted.bad() > 0 && trace != null) {
            Deque<Trace> kept = traces.computeIfAbsent(key, each -> new ArrayDeque<>());
            kept.addLast(new Trace(event.time(), trace));
            if (kept.size() > MOST_TRACES) {
                kept.removeFirst();
            }
        }
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
        for (Map<Key, Counts> minute :
                minutes.subMap(range.from(), true, range.to(), false).values()) {
            for (Counts counts : minute.values()) {
                sum = sum.plus(counts);
            }
        }
        return sum;
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
        // The question's own minute belongs to the window: an event is counted to the minute in which it happened.
        Instant end = question.at().truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
        TimeRange window = terms.window().at(end.minusMillis(1));
        Instant from = window.from();
        if (question.environment() == Environment.CANARY) {
            Instant within = end.minus(policy.canaryWithin());
            from = within.isAfter(from) ? within : from;
        }
        List<Minute> found = new ArrayList<>();
        TimeRange looked = new TimeRange(
                from, end.isBefore(window.to()) ? end : window.to().plusMillis(1));
        for (TimeRange counted : io.levee.guard.slo.Exclusion.counted(terms.exclusions(), looked)) {
            minutes.subMap(counted.from(), true, counted.to(), false).forEach((begin, sides) -> {
                Minute minute = minute(begin, sides, question);
                if (minute.release().total() > 0) {
                    found.add(minute);
                }
            });
        }
        return new Evidence(terms.budget(end.minusMillis(1), this), found, traces(question));
    }

    private static Minute minute(Instant begin, Map<Key, Counts> sides, Question question) {
        Counts release = Counts.NONE;
        Counts stable = Counts.NONE;
        for (Map.Entry<Key, Counts> side : sides.entrySet()) {
            if (isOwn(side.getKey(), question)) {
                release = release.plus(side.getValue());
            } else if (isStable(side.getKey(), question)) {
                stable = stable.plus(side.getValue());
            }
        }
        return new Minute(begin, release, stable);
    }

    /** A canary's events may be told by their side as well as by their environment. */
    private static boolean isOwn(Key key, Question question) {
        if (!question.release().equals(key.release())) {
            return false;
        }
        return key.environment() == question.environment()
                || (question.environment() == Environment.CANARY
                        && key.environment() == Environment.PRODUCTION
                        && key.side() == Event.Side.CANARY);
    }

    /** Beside a canary and in production the stable side is what production runs; staging has one of its own. */
    private static boolean isStable(Key key, Question question) {
        boolean sameUsers =
                (key.environment() == Environment.STAGING) == (question.environment() == Environment.STAGING);
        return sameUsers
                && key.side() == Event.Side.STABLE
                && !question.release().equals(key.release());
    }

    private List<String> traces(Question question) {
        List<String> found = new ArrayList<>();
        traces.forEach((key, kept) -> {
            if (isOwn(key, question)) {
                kept.forEach(trace -> found.add(trace.id()));
            }
        });
        return found.subList(Math.max(0, found.size() - MOST_TRACES), found.size());
    }
}
