package io.levee;

import java.util.Objects;

/**
 * The verdict on an outcome as the engine follows it: the classifier's, after the gate that keeps a request from being
 * processed twice. Pure.
 */
final class Judge {
    /** The rule of a verdict that the gate made final because the request may have been processed. */
    static final String NOT_IDEMPOTENT = "not-idempotent";

    /** The rule of a verdict that the gate made final because the body is used up. */
    static final String BODY_NOT_REPLAYABLE = "body-not-replayable";

    /** The rule of a verdict that the gate made final because a part of the answer has reached the caller. */
    static final String COMMITTED = "committed";

    /** The rule of a verdict that the gate made final because the server asked for no further attempt. */
    static final String PUSHBACK = "pushback";

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
        if (outcome.committed()) {
            return verdict.toFinal(
                    COMMITTED, "a part of the answer has reached the caller; else retryable: " + verdict.reason());
        }
        if (outcome.isBarred()) {
            return verdict.toFinal(
                    PUSHBACK, "the server asked for no further attempt; else retryable: " + verdict.reason());
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

    /**
     * Makes a retryable verdict final where another engine retries: one inside the attempt, or the caller's own.
     *
     * @param thrown what the attempt threw; null if that can't carry an engine's note
     * @param servesRetry whether the call is made for a retry of the caller's
     */
    static Verdict amongEngines(Verdict judged, @Nullable Throwable thrown, String downstream, boolean servesRetry) {
        if (!judged.isRetryable()) {
            return judged;
        }
        if (thrown != null && !judged.isOfUser() && hasRetriedInside(thrown, downstream)) {
            return judged.toFinal("nested-levee", "an engine inside this attempt has retried or refused already");
        }
        return servesRetry && judged.cost() > 0
                ? judged.toFinal("served-retry", "done for a retry of the caller, who goes on retrying")
                : judged;
    }

    /** The engine of an inner call leaves its note on what it throws; if it has retried or refused, this one must not. */
    private static boolean hasRetriedInside(Throwable thrown, String downstream) {
        Throwable t = thrown;
        for (int depth = 0; t != null && depth < CauseChain.MAX_DEPTH; depth++) {
            Decision inner = Decision.of(t);
            // An exception object that attempts share may still carry a note of this downstream's own.
            if (inner != null && !inner.downstream().equals(downstream)) {
                StopReason stop = inner.stop();
                return inner.attempt() > 0
                        || inner.fate() == null
                        || stop == StopReason.RETRY_BUDGET
                        || stop == StopReason.BREAKER_OPEN
                        || stop == StopReason.THROTTLED
                        || stop == StopReason.DEADLINE;
            }
            t = t.getCause();
        }
        return false;
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
        if (known == Fate.ANSWERED && StatusTable.implied(outcome) == Fate.REFUSED_UNPROCESSED) {
            // gRPC's transport knows that there was an answer; what the answer says is that nothing was processed.
            known = Fate.REFUSED_UNPROCESSED;
        }
        return known;
    }

    /**
     * Whether the downstream did not take on the attempt: it refused it, broke it off or did not answer in time, as far as
     * an overload can be the reason. What throttle and concurrency limit count. An answer that another attempt would meet
     * again (404, 500) is none, unless a classifier of the user's calls it retryable and a fault; a 503 is one also where
     * that calls it final. A plain value is none, even if it is retried: who polls for a result is answered each time.
     */
    static boolean isRefusal(Outcome outcome, Verdict verdict) {
        boolean isPlainValue =
                outcome.failure() == null && outcome.status() == Outcome.NO_STATUS && outcome.grpcStatus() == null;
        if (isPlainValue || verdict.health() != Verdict.Health.FAULT) {
            return false;
        }
        boolean gated =
                stopReason(verdict) != StopReason.FINAL || verdict.rule().equals(PUSHBACK);
        if (verdict.isRetryable() || gated) {
            return true;
        }
        Verdict standard = StandardClassifier.INSTANCE.classify(outcome);
        return standard.isRetryable() && standard.health() == Verdict.Health.FAULT;
    }

    /**
     * Whether the connection broke, or was given up by the downstream, before any answer. An overload is none of the usual
     * reasons: it was idle for too long, or the downstream's process ended.
     */
    static boolean hasBroken(Outcome outcome) {
        Throwable failure = outcome.failure();
        return outcome.fate() != Fate.ANSWERED
                && failure != null
                && (outcome.grpcStatus() == GrpcStatus.UNAVAILABLE
                        || ErrorTable.ruleFor(failure, outcome.bare).tellsOfStaleConnection());
    }

    /** Why a call ends that has this final verdict. */
    static StopReason stopReason(Verdict verdict) {
        String rule = verdict.rule();
        if (rule.equals(NOT_IDEMPOTENT)) {
            return StopReason.NOT_IDEMPOTENT;
        }
        if (rule.equals(BODY_NOT_REPLAYABLE)) {
            return StopReason.BODY_NOT_REPLAYABLE;
        }
        return rule.equals(COMMITTED) ? StopReason.COMMITTED : StopReason.FINAL;
    }

    private static @Nullable Fate implied(Outcome outcome) {
        if (outcome.grpcStatus() != null) {
            return StatusTable.implied(outcome);
        }
        if (outcome.status() != Outcome.NO_STATUS) {
            return StatusTable.verdictFor(outcome.status()).fate();
        }
        Throwable failure = outcome.failure();
        return failure == null
                ? null
                : ErrorTable.ruleFor(failure, outcome.bare).verdict.fate();
    }

    // The wait before a retry: the policy's own, lifted over the floor that the downstream asked for.

    /**
     * The wait before a retry.
     *
     * @param retry the number of the retry, 1 or more
     * @param previousNanos the wait before the previous retry of this call, 0 before the first
     * @param floorNanos {@link Verdict#askedNanos()}: the floor, or the complement of the exact wait
     * @return nanoseconds, never less than the floor, or {@link RetryPolicy#STOP}
     */
    static long beforeRetry(RetryPolicy policy, int retry, long previousNanos, long floorNanos, RandomSource random) {
        long own = policy.nextDelayNanos(retry, previousNanos, random);
        if (own < 0 && own != RetryPolicy.STOP) {
            throw new IllegalStateException("retry policy " + policy + " answered " + own + " ns for try " + retry
                    + "; a delay is 0 or more, " + RetryPolicy.STOP + " ends the call");
        }
        if (own == RetryPolicy.STOP) {
            return own;
        }
        if (floorNanos < 0) {
            return ~floorNanos;
        }
        if (previousNanos > 0 && policy instanceof Backoff backoff) {
            // A wait that the downstream asked for is no step of decorrelated jitter's chain: 3 x Retry-After is not
            // what the policy means, nor what longest() promises.
            own = Math.min(own, backoff.longestDelayNanos(retry));
        }
        return lifted(policy, retry, own, floorNanos);
    }

    /**
     * A policy's own wait, lifted over the floor. Where the policy's bounds are known, the jitter is kept on top of the
     * floor: a thousand clients that were told 'in 120 s' must not all come back at 120 s.
     */
    private static long lifted(RetryPolicy policy, int retry, long ownNanos, long floorNanos) {
        if (floorNanos < 0) {
            return ~floorNanos;
        }
        if (floorNanos <= 0) {
            return ownNanos;
        }
        if (policy instanceof Backoff backoff) {
            long jitter = Math.max(0, ownNanos - backoff.shortestDelayNanos(retry));
            return Math.max(ownNanos, Nanos.add(floorNanos, jitter));
        }
        return Math.max(ownNanos, floorNanos);
    }

    /** The shortest wait that the retry can get, or {@link RetryPolicy#STOP}; see {@link #longest}. */
    static long shortest(RetryPolicy policy, int retry, long floorNanos) {
        return bound(policy, retry, floorNanos, false);
    }

    /**
     * The longest wait that the retry can get, or {@link RetryPolicy#STOP}. A policy whose bounds are not known is asked
     * once.
     */
    static long longest(RetryPolicy policy, int retry, long floorNanos) {
        return bound(policy, retry, floorNanos, true);
    }

    private static long bound(RetryPolicy policy, int retry, long floorNanos, boolean isLongest) {
        if (policy instanceof Backoff backoff) {
            long own = isLongest ? backoff.longestDelayNanos(retry) : backoff.shortestDelayNanos(retry);
            return own == RetryPolicy.STOP ? own : lifted(policy, retry, own, floorNanos);
        }
        return beforeRetry(policy, retry, 0, floorNanos, RandomSource.system());
    }
}
