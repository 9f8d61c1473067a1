package io.levee.guard.slo.gate;

import io.levee.guard.slo.Counts;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which events an objective is about, and when one of them is good. Immutable.
 *
 * @param service the service; events of others are none of it
 * @param names the names that an event's {@code sli} may have; an event without one matches by service and route
 * @param routes the routes; empty for all
 * @param maxDurationMs an event that took longer is bad, however it ended; null for no limit. An event that was good and
 *     does not say how long it took is bad, too, since nothing shows that it was in time
 */
public record EventMatcher(
        String service,
        Set<String> names,
        Set<String> routes,
        @Nullable Long maxDurationMs) {
    /** Copies the sets. */
    public EventMatcher {
        names = Set.copyOf(names);
        routes = Set.copyOf(routes);
    }

    /**
     * Whether an event belongs to the objective.
     *
     * @param event any
     * @return whether it counts
     */
    public boolean matches(Event event) {
        String sli = event.sli();
        String route = event.route();
        return event.service().equals(service)
                && (sli == null || names.contains(sli))
                && (routes.isEmpty() || (route != null && routes.contains(route)));
    }

    /**
     * What a matching event counts as.
     *
     * @param event that matches
     * @return one event
     */
    public Counts counted(Event event) {
        return switch (outcome(event)) {
            case GOOD -> new Counts(1, 0, 0);
            case BAD -> new Counts(0, 1, 0);
            case DEGRADED -> new Counts(0, 0, 1);
        };
    }

    /**
     * What became of a matching event in the eyes of the objective: its own outcome, or bad if it took too long.
     *
     * @param event that matches
     * @return good, bad or degraded
     */
    public Event.Outcome outcome(Event event) {
        Long limit = maxDurationMs;
        Long took = event.durationMs();
        boolean late = limit != null && (took == null || took > limit);
        return late ? Event.Outcome.BAD : event.outcome();
    }
}
