package io.levee;

import org.jspecify.annotations.Nullable;

/** Something that happened to a downstream's calls. Immutable. */
public sealed interface LeveeEvent {
    /**
     * The downstream.
     *
     * @return its name
     */
    String downstream();

    /**
     * An attempt failed and another will follow.
     *
     * @param decision why, after which wait, with all figures
     * @param failure what the attempt threw; null if it returned a value that the classifier rejected
     */
    record RetryScheduled(Decision decision, @Nullable Throwable failure) implements LeveeEvent {
        @Override
        public String downstream() {
            return decision.downstream();
        }
    }

    /**
     * A second attempt is sent beside the first, which takes long: see {@link Hedge}.
     *
     * @param downstream the downstream's name
     * @param operation the call's name, empty if it has none
     * @param attempt the hedge's number
     * @param delayNanos how long the first attempt had run
     * @param retryBudgetLeft tokens in the retry budget, the hedge paid for
     */
    record HedgeSent(String downstream, String operation, int attempt, long delayNanos, double retryBudgetLeft)
            implements LeveeEvent {}

    /**
     * A call ended.
     *
     * @param downstream the downstream's name
     * @param operation the call's name, empty if it has none
     * @param attempts how many attempts were made
     * @param elapsedNanos how long the call took; -1 if this downstream's settings need no clock
     * @param decision why it ended without success; null if it succeeded
     * @param failure what the caller gets or, with a fallback, would have got; null if it succeeded
     */
    record CallEnded(
            String downstream,
            String operation,
            int attempts,
            long elapsedNanos,
            @Nullable Decision decision,
            @Nullable Throwable failure)
            implements LeveeEvent {
        /**
         * Tells whether an attempt succeeded.
         *
         * @return false also where a fallback answered
         */
        public boolean succeeded() {
            return decision == null;
        }
    }

    /**
     * The breaker changed its state.
     *
     * @param downstream the downstream's name
     * @param from the state before
     * @param to the state now
     * @param reason why, with the figures
     */
    record BreakerChanged(String downstream, Breaker.State from, Breaker.State to, String reason)
            implements LeveeEvent {}
}
