package io.levee;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Levee} was set up with, defaults included: for consoles, linters and {@code levee explain --series}.
 * Immutable.
 *
 * @param retry the retry policy in force, with the default limit of attempts where none was stated
 * @param deadline the time that a whole call may take; null for no limit
 * @param attemptTimeout the time that one attempt may take; null for no limit
 * @param maxServerDelay the longest wait that the downstream may ask for
 * @param idempotent whether calls may be sent twice unless they say otherwise
 * @param throttle the throttle's settings; null without one
 * @param concurrencyLimit the concurrency limit's settings; null without one
 * @param hedge when attempts are hedged; null for never
 */
public record LeveeSettings(
        RetryPolicy retry,
        @Nullable Duration deadline,
        @Nullable Duration attemptTimeout,
        Duration maxServerDelay,
        boolean idempotent,
        Throttle.@Nullable Spec throttle,
        ConcurrencyLimit.@Nullable Spec concurrencyLimit,
        Hedge.@Nullable Spec hedge) {}
