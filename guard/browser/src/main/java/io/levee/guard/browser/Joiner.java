package io.levee.guard.browser;

import io.levee.guard.slo.gate.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins failures of backends with what browsers say of the same trace. A backend's failure waits; if the browser speaks in
 * time, its word counts and the failure is dropped here; if not, the failure itself becomes the journey's event. Both have
 * an id made of the trace alone, so whatever comes too late, or to another guard, is a duplicate to the store.
 *
 * <p>Bounded in time by the window and in number by {@link #MOST_WAITING} and {@link #MOST_TOLD}: a failure that would be
 * one too many is due at once, and a word that is forgotten has its id in the store. Lost with the process, which is why it
 * must never hold what nobody else has counted. Thread-safe.
 */
final class Joiner {
    static final String SLI = "journey";
    static final int MOST_WAITING = 10_000;
    static final int MOST_TOLD = 50_000;

    private final Map<String, List<BrowserSettings.Join>> joins = new HashMap<>();
    private final Duration window;
    /** By trace, in the order in which they came: their windows are all of one length. */
    private final Map<String, Waiting> waiting = new LinkedHashMap<>();

    private final Map<String, Instant> told = new LinkedHashMap<>();

    private record Waiting(Event event, Instant due) {}

    Joiner(List<BrowserSettings.Join> joins, Duration window) {
        joins.forEach(join -> this.joins
                .computeIfAbsent(join.service(), s -> new ArrayList<>())
                .add(join));
        this.window = window;
    }

    /** The id of a journey's event. */
    static String id(String trace) {
        return SLI + '/' + trace;
    }

    /** The browser has told how a path ended. */
    synchronized void told(String trace, Instant now) {
        waiting.remove(trace);
        // Removed first, so that the table stays in the order of time.
        told.remove(trace);
        told.put(trace, now.plus(window));
        Iterator<Instant> eldest = told.values().iterator();
        while (eldest.hasNext()) {
            Instant forgotten = eldest.next();
            if (told.size() <= MOST_TOLD && !now.isAfter(forgotten)) {
                break;
            }
            eldest.remove();
        }
    }

    /** Backends have told of calls. */
    void seen(List<Event> events, Instant now) {
        if (joins.isEmpty()) {
            return;
        }
        for (Event event : events) {
            String trace = event.traceId();
            BrowserSettings.Join join = event.outcome() == Event.Outcome.BAD && trace != null ? joinOf(event) : null;
            if (join != null && trace != null) {
                await(trace, journey(event, join, trace), now);
            }
        }
    }

    private synchronized void await(String trace, Event event, Instant now) {
        if (!told.containsKey(trace)) {
            waiting.putIfAbsent(trace, new Waiting(event, now.plus(window)));
        }
    }

    private BrowserSettings.@Nullable Join joinOf(Event event) {
        for (BrowserSettings.Join join : joins.getOrDefault(event.service(), List.of())) {
            if (join.route() == null || join.route().equals(event.route())) {
                return join;
            }
        }
        return null;
    }

    private static Event journey(Event event, BrowserSettings.Join join, String trace) {
        return new Event(
                id(trace),
                event.time(),
                join.site(),
                SLI,
                join.path(),
                Event.Outcome.BAD,
                event.release(),
                event.environment(),
                event.side(),
                trace,
                event.businessEvent(),
                event.attempts(),
                false,
                event.durationMs());
    }

    /** Of what no browser has told in time; stays until it is {@link #counted}. */
    synchronized List<Event> due(Instant now) {
        List<Event> due = new ArrayList<>();
        int tooMany = waiting.size() - MOST_WAITING;
        for (Waiting each : waiting.values()) {
            if (due.size() >= tooMany && now.isBefore(each.due())) {
                break;
            }
            due.add(each.event());
        }
        return due;
    }

    synchronized void counted(List<Event> events) {
        for (Event event : events) {
            waiting.remove(event.traceId());
        }
    }

    synchronized int waiting() {
        return waiting.size();
    }
}
