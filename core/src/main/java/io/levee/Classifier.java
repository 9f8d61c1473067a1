package io.levee;

import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Says of an {@link Outcome} whether it is a success, may be retried, or is final. {@link #standard()} knows Java's own
 * errors, HTTP's status codes and gRPC's; a user's rules go in front of it:
 *
 * <pre>{@code
 * Classifier mine = Classifier.standard()
 *         .retryOn(StaleReadException.class)
 *         .retryResultIf("empty", value -> value instanceof List<?> list && list.isEmpty());
 * }</pre>
 *
 * <p>A classifier says nothing of idempotency: that gate is the engine's, and applies to every retryable verdict.
 *
 * <p>Implementations are thread-safe and pure. A classifier that throws ends the call with the attempt's failure, its
 * own exception as suppressed (or with its own exception where the attempt had returned a value): it never counts as an
 * answer.
 */
@FunctionalInterface
public interface Classifier {
    /**
     * Judges an outcome.
     *
     * @param outcome what the attempt produced
     * @return the verdict
     */
    Verdict classify(Outcome outcome);

    /**
     * The standard rules; see docs/classification.md for the table.
     *
     * @return the shared instance
     */
    static Classifier standard() {
        return StandardClassifier.INSTANCE;
    }

    /**
     * Tells whether a returned value without a status can be anything but a success. The engine skips the judging of
     * values, and the allocation of an {@link Outcome} for each, where it cannot.
     *
     * @return true unless overridden: a lambda is asked about every outcome
     */
    default boolean judgesValues() {
        return true;
    }

    /**
     * This classifier with a rule in front of it.
     *
     * @param rule asked first; null from it means 'no opinion'
     * @return a new classifier
     */
    default Classifier withRule(Rule rule) {
        return new RuleClassifier(Objects.requireNonNull(rule, "rule"), this, true);
    }

    /**
     * Makes a type of error retryable, wherever in the cause chain it stands.
     *
     * @param type the type, its subtypes included
     * @return a new classifier
     */
    default Classifier retryOn(Class<? extends Throwable> type) {
        return on(type, Verdict.retryable(type.getSimpleName(), "the user's rule retries " + type.getName()));
    }

    /**
     * Makes a type of error final, wherever in the cause chain it stands.
     *
     * @param type the type, its subtypes included
     * @return a new classifier
     */
    default Classifier finalOn(Class<? extends Throwable> type) {
        return on(type, Verdict.fatal(type.getSimpleName(), "the user's rule ends on " + type.getName()));
    }

    /**
     * Makes the errors that a predicate accepts retryable.
     *
     * @param name the rule's name, of low cardinality
     * @param predicate given the throwable as it was thrown
     * @return a new classifier
     */
    default Classifier retryIf(String name, Predicate<? super Throwable> predicate) {
        return on(predicate, Verdict.retryable(name, "the user's rule '" + name + "' retries it"));
    }

    /**
     * Makes the errors that a predicate accepts final.
     *
     * @param name the rule's name, of low cardinality
     * @param predicate given the throwable as it was thrown
     * @return a new classifier
     */
    default Classifier finalIf(String name, Predicate<? super Throwable> predicate) {
        return on(predicate, Verdict.fatal(name, "the user's rule '" + name + "' ends on it"));
    }

    /**
     * Makes the returned values that a predicate accepts retryable.
     *
     * @param name the rule's name, of low cardinality
     * @param predicate given the value, null included
     * @return a new classifier
     */
    default Classifier retryResultIf(String name, Predicate<@Nullable Object> predicate) {
        Verdict verdict = Verdict.retryable(name, "the user's rule '" + name + "' retries the result")
                .ofUser();
        return withRule(outcome -> outcome.failure() == null && predicate.test(outcome.value()) ? verdict : null);
    }

    /**
     * Makes a status code retryable.
     *
     * @param status the code
     * @return a new classifier
     */
    default Classifier retryStatus(int status) {
        return on(status, null, Verdict.retryable("status-" + status, "the user's rule retries status " + status));
    }

    /**
     * Makes a status code final.
     *
     * @param status the code
     * @return a new classifier
     */
    default Classifier finalStatus(int status) {
        return on(status, null, Verdict.fatal("status-" + status, "the user's rule ends on status " + status));
    }

    /**
     * Makes a gRPC status code retryable. A server that asks for no further attempt is still obeyed.
     *
     * @param status the code
     * @return a new classifier
     */
    default Classifier retryGrpcStatus(GrpcStatus status) {
        return on(0, status, Verdict.retryable(StatusTable.rule(status), "the user's rule retries code " + status));
    }

    /**
     * Makes a gRPC status code final.
     *
     * @param status the code
     * @return a new classifier
     */
    default Classifier finalGrpcStatus(GrpcStatus status) {
        return on(0, status, Verdict.fatal(StatusTable.rule(status), "the user's rule ends on code " + status));
    }

    // Rules that have no opinion on a plain value, so that values need no judging because of them.

    private Classifier on(Class<? extends Throwable> type, Verdict judged) {
        return on((Throwable thrown) -> CauseChain.find(thrown, type) != null, judged);
    }

    private Classifier on(Predicate<? super Throwable> predicate, Verdict judged) {
        Verdict verdict = judged.ofUser();
        return new RuleClassifier(
                outcome -> outcome.failure() != null && predicate.test(outcome.failure()) ? verdict : null,
                this,
                false);
    }

    /** On an HTTP status, or else a gRPC code. */
    private Classifier on(int status, @Nullable GrpcStatus code, Verdict judged) {
        Verdict verdict = judged.ofUser();
        return new RuleClassifier(
                outcome -> (code == null ? outcome.status() == status : outcome.grpcStatus() == code)
                        ? verdict.withMinDelayNanos(outcome.askedNanos())
                        : null,
                this,
                false);
    }

    /** One rule of a user's. Thread-safe and pure. */
    @FunctionalInterface
    interface Rule {
        /**
         * Judges an outcome, or leaves it to the next rule.
         *
         * @param outcome what the attempt produced
         * @return the verdict, or null for no opinion
         */
        @Nullable
        Verdict apply(Outcome outcome);
    }
}
