package io.levee;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The verdict on an outcome as the engine follows it: the classifier's, after the gate that keeps a request from being
 * processed twice. Pure.
 */
final class Judge {
    /** The rule of a verdict that the gate made final because the request may have been processed. */
    static final String NOT_IDEMPOTENT = "not-idempotent";

    /** The rule of a verdict that the gate made final because the body is used up. */
    static final String BODY_NOT_REPLAYABLE = "body-not-replayable";

    private Judge() {}

    /**
     * Judges an outcome. Success and final verdicts pass unchanged, so do retryable ones that the gate allows.
     *
     * @param repeatable whether the request is idempotent or carries an Idempotency-Key
     */
    static Verdict judge(Classifier classifier, Outcome outcome, boolean repeatable) {
        Verdict verdict = Objects.requireNonNull(classifier.classify(outcome), "the classifier answered null");
        if (!verdict.isRetryable()) {
            return verdict;
        }
        if (!repeatable) {
            Fate fate = fate(outcome, verdict);
            if (!fate.provablyUnprocessed()) {
                return verdict.toFinal(NOT_IDEMPOTENT, notIdempotent(verdict, fate));
            }
        }
        return outcome.replayable()
                ? verdict
                : verdict.toFinal(
                        BODY_NOT_REPLAYABLE,
                        "the request's body cannot be sent again; else retryable: " + verdict.reason());
    }

    private static String notIdempotent(Verdict verdict, Fate fate) {
        return "the request is not idempotent and carries no key, and it "
                + (fate == Fate.ANSWERED ? "was answered, so it may have been" : "may have been")
                + " processed; else retryable: " + verdict.reason();
    }

    /**
     * What became of the request: what the transport knows, else what the rule implies, else what the error or the
     * status alone proves (a user's rule says whether to retry, and no more), else the worst that can be.
     */
    static Fate fate(Outcome outcome, Verdict verdict) {
        Fate known = outcome.fate();
        if (known == null) {
            known = verdict.fate();
        }
        if (known == null) {
            known = implied(outcome);
        }
        if (known == null) {
            known = outcome.failure() == null ? Fate.ANSWERED : Fate.SENT_NO_ANSWER;
        }
        return known;
    }

    /**
     * Whether the downstream did not take on the attempt: it refused it, broke it off or did not answer in time, as far as
     * an overload can be the reason. What throttle and concurrency limit count. An answer that another attempt would meet
     * again (404, 500) is none, unless a classifier of the user's calls it retryable and a fault; a 503 is one also where
     * that calls it final.
     */
    static boolean isRefusal(Outcome outcome, Verdict verdict) {
        if (verdict.health() != Verdict.Health.FAULT) {
            return false;
        }
        if (verdict.isRetryable() || stopReason(verdict) != StopReason.FINAL) {
            return true;
        }
        Verdict standard = standard(outcome);
        return standard != null && standard.isRetryable() && standard.health() == Verdict.Health.FAULT;
    }

    /** Why a call ends that has this final verdict. */
    static StopReason stopReason(Verdict verdict) {
        return switch (verdict.rule()) {
            case NOT_IDEMPOTENT -> StopReason.NOT_IDEMPOTENT;
            case BODY_NOT_REPLAYABLE -> StopReason.BODY_NOT_REPLAYABLE;
            default -> StopReason.FINAL;
        };
    }

    private static @Nullable Fate implied(Outcome outcome) {
        Verdict standard = standard(outcome);
        return standard == null ? null : standard.fate();
    }

    /** What the status or else the error alone says; null for a value without a status. */
    private static @Nullable Verdict standard(Outcome outcome) {
        if (outcome.status() != Outcome.NO_STATUS) {
            return StatusTable.verdictFor(outcome.status());
        }
        Throwable failure = outcome.failure();
        return failure == null ? null : ErrorTable.ruleFor(failure).verdict();
    }
}
