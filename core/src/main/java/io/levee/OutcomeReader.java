package io.levee;

import org.jspecify.annotations.Nullable;

/**
 * How an adapter tells the engine what its client's result means. Pure translation: an adapter decides nothing.
 *
 * @param <T> what an attempt returns
 */
@FunctionalInterface
public interface OutcomeReader<T extends @Nullable Object> {
    /**
     * Translates the result of one attempt. Exactly one of the arguments counts: the failure, if there is one.
     *
     * @param value what the attempt returned
     * @param failure what the attempt threw, or null
     * @return the outcome
     */
    Outcome read(@Nullable T value, @Nullable Throwable failure);
}
