package io.levee;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What an asynchronous call does in each attempt.
 *
 * @param <T> what its stage completes with
 */
@FunctionalInterface
public interface AsyncAttemptBody<T extends @Nullable Object> {
    /**
     * Starts one attempt and returns at once. The first runs on the caller's thread, later ones on the downstream's
     * executor. A body that throws, or that returns null, has failed like one whose stage fails. A stage that never
     * completes ends with the attempt timeout; its {@code toCompletableFuture()} is then cancelled, and what it
     * completes with afterwards is discarded.
     *
     * @param attempt the attempt's number and time left
     * @return the attempt's stage
     * @throws Exception what the start of the attempt throws
     */
    CompletionStage<T> start(Attempt attempt) throws Exception;
}
