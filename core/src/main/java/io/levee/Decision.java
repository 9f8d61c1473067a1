package io.levee;

import org.jspecify.annotations.Nullable;

/**
 * Why the engine retried or stopped, with the figures that it decided on. Exception ({@link #of(Throwable)}), event,
 * span and log of one decision show the same record. Immutable.
 *
 * @param downstream the downstream's name
 * @param operation the call's name, empty if it has none
 * @param stop why the call ended; null for a retry
 * @param rule the rule of the classifier that judged the last attempt; {@code none} where there was no attempt
 * @param reason the classifier's reason, for a person
 * @param errorType the class name of what the last attempt threw; null if it threw nothing
 * @param attempt the number of the attempt that was judged or, where none was admitted, refused
 * @param fate what became of the attempt's request; null where there was no attempt
 * @param backoffNanos the wait chosen before the next attempt, or the one that could not be afforded; 0 for none
 * @param elapsedNanos time since the call began; -1 if this downstream's settings need no clock and none was read
 * @param remainingNanos time left until the deadline, 0 or less if it has passed; {@link Long#MAX_VALUE} for no deadline
 * @param retryBudgetLeft tokens in the retry budget; NaN without one
 * @param cost tokens that the retry costs
 * @param limiterWaitNanos how long the call has waited for permits
 * @param breakerState the breaker's state; null without one
 * @param rejectionProbability the probability with which the throttle rejects; NaN without one
 * @param concurrencyLimit how many attempts the concurrency limit lets be in flight; -1 without one
 * @param idempotent whether the request may reach the downstream twice
 * @param replayable whether the request's body can be sent again
 * @param degraded whether the caller gets the fallback's answer
 */
public record Decision(
        String downstream,
        String operation,
        @Nullable StopReason stop,
        String rule,
        String reason,
        @Nullable String errorType,
        int attempt,
        @Nullable Fate fate,
        long backoffNanos,
        long elapsedNanos,
        long remainingNanos,
        double retryBudgetLeft,
        int cost,
        long limiterWaitNanos,
        Breaker.@Nullable State breakerState,
        double rejectionProbability,
        int concurrencyLimit,
        boolean idempotent,
        boolean replayable,
        boolean degraded) {

    /** The rule of a decision that was made before any attempt. */
    static final String NO_RULE = "none";

    /**
     * The record of the decision that ended a call, found on the exception that the call threw: on Levee's own
     * exceptions, and among the suppressed ones of an exception that the attempt threw. Where an adapter had to put the
     * exception into one of its client's own, the causes are looked through.
     *
     * @param thrown what the call threw
     * @return the record; null if the exception did not come out of a Levee call, or cannot carry anything (an
     *     exception made without suppression)
     */
    public static @Nullable Decision of(Throwable thrown) {
        Throwable t = thrown;
        for (int depth = 0; t != null && depth < CauseChain.MAX_DEPTH; depth++) {
            if (t instanceof LeveeException own) {
                return own.decision();
            }
            Throwable[] suppressed = t.getSuppressed();
            for (int i = suppressed.length - 1; i >= 0; i--) {
                if (suppressed[i] instanceof LeveeException note) {
                    return note.decision();
                }
            }
            t = t.getCause();
        }
        return null;
    }

    /**
     * Tells whether the call goes on.
     *
     * @return true for a retry, false for a stop
     */
    public boolean isRetry() {
        return stop == null;
    }

    /** The record of a retry that comes after the delay or, with a reason, of the call's end. */
    static Decision on(CallState call, @Nullable StopReason why, long nowNanos, long delayNanos) {
        Engine engine = call.engine;
        Verdict judged = call.verdict;
        Throwable last = call.lastFailure;
        RetryBudget budget = engine.budget;
        Breaker breaker = engine.breaker;
        Throttle throttle = engine.throttle;
        ConcurrencyLimit limit = engine.limit;
        boolean isAnyMade = call.made > 0;
        return new Decision(
                engine.name,
                call.call.operation(),
                why,
                judged == null ? NO_RULE : judged.rule(),
                judged != null ? judged.reason() : why == null ? "" : why.withoutVerdict(),
                last == null ? null : last.getClass().getName(),
                call.isFirstInFocus() ? 0 : isAnyMade ? call.made - 1 : call.attempt,
                isAnyMade ? call.fate : null,
                delayNanos,
                engine.clockAtStart ? nowNanos - call.startNanos : -1,
                call.deadlineNanos == Nanos.NEVER ? Nanos.NEVER : call.deadlineNanos - nowNanos,
                budget == null ? Double.NaN : budget.balance(nowNanos),
                judged == null ? 0 : judged.cost(),
                call.limiterWaitNanos,
                breaker == null ? null : breaker.state(),
                throttle == null ? Double.NaN : throttle.rejectionProbability(nowNanos),
                limit == null ? -1 : limit.limit(),
                call.repeatable(),
                call.replayable,
                false);
    }

    Decision asDegraded() {
        return new Decision(
                downstream,
                operation,
                stop,
                rule,
                reason,
                errorType,
                attempt,
                fate,
                backoffNanos,
                elapsedNanos,
                remainingNanos,
                retryBudgetLeft,
                cost,
                limiterWaitNanos,
                breakerState,
                rejectionProbability,
                concurrencyLimit,
                idempotent,
                replayable,
                true);
    }

    /**
     * The whole record as one line for a person.
     *
     * @return for example {@code inventory: stopped after attempt 2 (RETRY_BUDGET): rule connect, ...}
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(200).append(downstream);
        if (!operation.isEmpty()) {
            text.append(' ').append(operation);
        }
        if (stop == null) {
            text.append(": retry after attempt ").append(attempt).append(" in ").append(Nanos.text(backoffNanos));
        } else {
            text.append(fate == null ? ": refused attempt " : ": stopped after attempt ")
                    .append(attempt)
                    .append(" (")
                    .append(stop)
                    .append(')');
        }
        text.append(": ").append(reason);
        text.append(" [rule ").append(rule);
        if (errorType != null) {
            text.append(", error ").append(errorType);
        }
        if (fate != null) {
            text.append(", fate ").append(fate);
        }
        if (stop != null && backoffNanos > 0) {
            text.append(", next wait ").append(Nanos.text(backoffNanos));
        }
        if (elapsedNanos >= 0) {
            text.append(", elapsed ").append(Nanos.text(elapsedNanos));
        }
        text.append(", time left ").append(Nanos.text(remainingNanos));
        if (!Double.isNaN(retryBudgetLeft)) {
            text.append(", retry budget ")
                    .append(Math.round(retryBudgetLeft * 100) / 100.0)
                    .append(" tokens, a retry costs ")
                    .append(cost);
        }
        if (limiterWaitNanos > 0) {
            text.append(", waited for permits ").append(Nanos.text(limiterWaitNanos));
        }
        if (breakerState != null) {
            text.append(", breaker ").append(breakerState);
        }
        if (!Double.isNaN(rejectionProbability)) {
            text.append(", throttle rejects ")
                    .append(Math.round(rejectionProbability * 100))
                    .append(" %");
        }
        if (concurrencyLimit >= 0) {
            text.append(", concurrency limit ").append(concurrencyLimit);
        }
        text.append(idempotent ? ", idempotent" : ", not idempotent");
        if (!replayable) {
            text.append(", body not replayable");
        }
        if (degraded) {
            text.append(", answered by the fallback");
        }
        return text.append(']').toString();
    }
}
