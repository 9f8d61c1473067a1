package io.levee.guard.slo.gate;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call as its caller saw it, whatever number of attempts it took. Immutable.
 *
 * @param id what tells it from every other event, so that it counts once though it comes twice; null if nothing does
 * @param time when it ended
 * @param service what was called
 * @param sli the indicator it belongs to; null if the service and the route say so
 * @param route the template of the route or operation, such as {@code POST /orders}; null if unknown
 * @param outcome what became of it
 * @param release the release that answered it; null if unknown
 * @param environment where
 * @param side which side of a canary answered it; null where there is none
 * @param traceId its trace; null if it has none
 * @param businessEvent what it was for, such as an order's number; null if unknown
 * @param attempts how many times it was sent, 1 or more
 * @param savedByRetry whether the first attempt failed and a later one succeeded
 * @param durationMs how long it took, attempts and waits included; null if unknown
 */
public record Event(
        @Nullable String id,
        Instant time,
        String service,
        @Nullable String sli,
        @Nullable String route,
        Outcome outcome,
        @Nullable String release,
        Environment environment,
        @Nullable Side side,
        @Nullable String traceId,
        @Nullable String businessEvent,
        int attempts,
        boolean savedByRetry,
        @Nullable Long durationMs) {
    /** What became of a call. */
    public enum Outcome {
        /** As promised. */
        GOOD,
        /** Not as promised. */
        BAD,
        /** A fallback answered. */
        DEGRADED
    }

    /** Which side of a canary. */
    public enum Side {
        /** The release that runs already. */
        STABLE,
        /** The new one. */
        CANARY
    }

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if attempts is below 1, or the duration is negative
     */
    public Event {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be 1 or more, is " + attempts);
        }
        if (durationMs != null && durationMs < 0) {
            throw new IllegalArgumentException("durationMs must not be negative, is " + durationMs);
        }
    }

    /**
     * The same under another id.
     *
     * @param other what tells it from every other event; null if nothing does
     * @return a new event
     */
    public Event withId(@Nullable String other) {
        return new Event(
                other,
                time,
                service,
                sli,
                route,
                outcome,
                release,
                environment,
                side,
                traceId,
                businessEvent,
                attempts,
                savedByRetry,
                durationMs);
    }
}
