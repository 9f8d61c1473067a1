package io.levee;

import org.jspecify.annotations.Nullable;

/**
 * A downstream's state at one moment, for consoles and tests. The figures are read one after the other, not at one
 * instant.
 *
 * @param downstream the downstream's name
 * @param breaker the breaker's figures; null without one
 * @param limiter the limiter's figures; null without one
 * @param retryBudgetLeft tokens in the retry budget; NaN without one
 * @param inFlight attempts in the bulkhead; -1 without one
 * @param throttle the throttle's figures; null without one
 * @param concurrencyLimit the concurrency limit's figures; null without one
 * @param hedge the hedge's figures; null without one
 * @param pending synchronous calls that wait for a backoff to end or for a permit, and all asynchronous ones
 * @param eventsDropped events that the listeners were too slow for
 * @param listenerFailures how often a listener or telemetry threw
 * @param closed whether the Levee was closed
 */
public record LeveeState(
        String downstream,
        Breaker.@Nullable Snapshot breaker,
        Limiter.@Nullable Snapshot limiter,
        double retryBudgetLeft,
        int inFlight,
        Throttle.@Nullable Snapshot throttle,
        ConcurrencyLimit.@Nullable Snapshot concurrencyLimit,
        Hedge.@Nullable Snapshot hedge,
        int pending,
        long eventsDropped,
        long listenerFailures,
        boolean closed) {}
