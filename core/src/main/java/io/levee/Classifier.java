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
        Verdict verdict =
                Verdict.retryable("user:" + type.getSimpleName(), "the user's rule retries " + type.getName());
        return failureRule(outcome -> outcome.find(type) == null ? null : verdict);
    }

    /**
     * Makes a type of error final, wherever in the cause chain it stands.
     *
     * @param type the type, its subtypes included
     * @return a new classifier
     */
    default Classifier finalOn(Class<? extends Throwable> type) {
        Verdict verdict = Verdict.fatal("user:" + type.getSimpleName(), "the user's rule ends on " + type.getName());
        return failureRule(outcome -> outcome.find(type) == null ? null : verdict);
    }

    /**
     * Makes the errors that a predicate accepts retryable.
     *
     * @param name the rule's name, of low cardinality
     * @param predicate given the throwable as it was thrown
     * @return a new classifier
     */
    default Classifier retryIf(String name, Predicate<? super Throwable> predicate) {
        Verdict verdict = Verdict.retryable("user:" + name, "the user's rule '" + name + "' retries it");
        return failureRule(outcome -> matches(predicate, outcome.failure()) ? verdict : null);
    }

    /**
     * Makes the errors that a predicate accepts final.
     *
     * @param name the rule's name, of low cardinality
     * @param predicate given the throwable as it was thrown
     * @return a new classifier
     */
    default Classifier finalIf(String name, Predicate<? super Throwable> predicate) {
        Verdict verdict = Verdict.fatal("user:" + name, "the user's rule '" + name + "' ends on it");
        return failureRule(outcome -> matches(predicate, outcome.failure()) ? verdict : null);
    }

    /**
     * Makes the returned values that a predicate accepts retryable.
     *
     * @param name the rule's name, of low cardinality
     * @param predicate given the value, null included
     * @return a new classifier
     */
    default Classifier retryResultIf(String name, Predicate<@Nullable Object> predicate) {
        Verdict verdict = Verdict.retryable("user:" + name, "the user's rule '" + name + "' retries the result");
        return withRule(outcome -> outcome.failure() == null && predicate.test(outcome.value()) ? verdict : null);
    }

    /**
     * Makes a status code retryable.
     *
     * @param status the code
     * @return a new classifier
     */
    default Classifier retryStatus(int status) {
        Verdict verdict = Verdict.retryable("user:status-" + status, "the user's rule retries status " + status);
        return failureRule(
                outcome -> outcome.status() == status ? verdict.withMinDelayNanos(outcome.minDelayNanos()) : null);
    }

    /**
     * Makes a status code final.
     *
     * @param status the code
     * @return a new classifier
     */
    default Classifier finalStatus(int status) {
        Verdict verdict = Verdict.fatal("user:status-" + status, "the user's rule ends on status " + status);
        return failureRule(outcome -> outcome.status() == status ? verdict : null);
    }

    /**
     * Makes a gRPC status code retryable. A server that asks for no further attempt is still obeyed.
     *
     * @param status the code
     * @return a new classifier
     */
    default Classifier retryGrpcStatus(GrpcStatus status) {
        Verdict verdict = Verdict.retryable("user:" + GrpcTable.rule(status), "the user's rule retries code " + status);
        return failureRule(
                outcome -> outcome.grpcStatus() == status ? verdict.withMinDelayNanos(outcome.minDelayNanos()) : null);
    }

    /**
     * Makes a gRPC status code final.
     *
     * @param status the code
     * @return a new classifier
     */
    default Classifier finalGrpcStatus(GrpcStatus status) {
        Verdict verdict = Verdict.fatal("user:" + GrpcTable.rule(status), "the user's rule ends on code " + status);
        return failureRule(outcome -> outcome.grpcStatus() == status ? verdict : null);
    }

    /** A rule that has no opinion on a plain value, so that values need no judging because of it. */
    private Classifier failureRule(Rule rule) {
        return new RuleClassifier(rule, this, false);
    }

    private static boolean matches(Predicate<? super Throwable> predicate, @Nullable Throwable failure) {
        return failure != null && predicate.test(failure);
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
