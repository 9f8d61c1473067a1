package io.levee;

import org.jspecify.annotations.Nullable;

/**
 * What a synchronous call does in each attempt.
 *
 * @param <T> what it returns
 * @param <X> the checked exception that it throws; the compiler infers it, {@link RuntimeException} for none
 */
@FunctionalInterface
public interface AttemptBody<T extends @Nullable Object, X extends Throwable> {
    /**
     * Makes one attempt. Runs on the caller's thread. An attempt that runs out of time is interrupted; one that ignores
     * interrupts cannot be stopped, only waited for.
     *
     * @param attempt the attempt's number and time left
     * @return the result
     * @throws X what the attempt throws
     */
    T run(Attempt attempt) throws X;
}
