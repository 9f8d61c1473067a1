package io.levee;

import org.jspecify.annotations.Nullable;

/**
 * How a call ended, for callers who want to know more than the value. Immutable.
 *
 * @param value what the call returned; null also where it failed
 * @param failure what the call would have thrown; null if it returned
 * @param attempts how many attempts were made
 * @param decision the record of the stop; null if an attempt succeeded
 * @param <T> what the call returns
 */
public record Result<T extends @Nullable Object>(
        @Nullable T value,
        @Nullable Throwable failure,
        int attempts,
        @Nullable Decision decision) {
    /**
     * Tells whether the value came from an attempt that succeeded.
     *
     * @return false for a failure, a fallback's answer, or a last value that the classifier did not accept
     */
    public boolean succeeded() {
        return decision == null;
    }

    /**
     * Tells whether the value is the fallback's.
     *
     * @return true if no attempt succeeded and the fallback answered
     */
    public boolean degraded() {
        return decision != null && decision.degraded();
    }
}
