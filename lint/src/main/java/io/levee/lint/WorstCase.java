package io.levee.lint;

import io.levee.Backoff;
import io.levee.LeveeSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The longest that a call can take: every attempt takes its timeout, every wait is the longest that the policy can
 * draw. The waits are the policy's own ({@link Backoff#longestDelayNanos}); a downstream that asks for a longer one
 * (Retry-After) and a limiter's queue come on top, and only the deadline bounds them. Immutable.
 *
 * @param retries how many retries were counted: the policy's, or as many as were asked for
 * @param waits all waits together
 * @param untilLastAttempt from the start of the call to that of the last attempt; null if an attempt has no timeout
 * @param uncut attempts and waits together; null if an attempt has no timeout
 * @param total the same, cut by the deadline; null if there is neither a deadline nor an attempt timeout
 */
public record WorstCase(
        int retries,
        Duration waits,
        @Nullable Duration untilLastAttempt,
        @Nullable Duration uncut,
        @Nullable Duration total) {

    /** More than any call makes; a policy without a limit would be counted for hours. */
    private static final int MOST_RETRIES = 100_000;

    /**
     * The worst case of a call.
     *
     * @param settings the settings of its downstream
     * @return the figures, over at most 100,000 retries
     */
    public static WorstCase of(LeveeSettings settings) {
        return of(settings, MOST_RETRIES);
    }

    /**
     * The worst case of a call that makes no more than some retries.
     *
     * @param settings the settings of its downstream; a retry policy of the user's own is counted as one that never
     *     retries, since nobody knows its longest wait
     * @param mostRetries how many retries to count at most; 0 or more
     * @return the figures
     */
    public static WorstCase of(LeveeSettings settings, int mostRetries) {
        int retries = 0;
        Duration waits = Duration.ZERO;
        if (settings.retry() instanceof Backoff backoff) {
            retries = Math.min(mostRetries, backoff.attempts() - 1);
            for (int retry = 1; retry <= retries; retry++) {
                waits = waits.plusNanos(backoff.longestDelayNanos(retry));
            }
        }
        Duration timeout = settings.attemptTimeout();
        Duration deadline = settings.deadline();
        Duration uncut = timeout == null ? null : waits.plus(timeout.multipliedBy(retries + 1L));
        Duration total = uncut;
        if (deadline != null && (uncut == null || uncut.compareTo(deadline) > 0)) {
            total = deadline;
        }
        return new WorstCase(
                retries, waits, timeout == null ? null : waits.plus(timeout.multipliedBy(retries)), uncut, total);
    }
}
