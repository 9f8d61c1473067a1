package io.levee;

import org.jspecify.annotations.Nullable;

/**
 * What Levee itself throws: the call was refused or cut short, and {@link #decision()} says why, with figures. An
 * exception that an attempt threw reaches the caller unchanged instead; one of this family is then among its suppressed
 * exceptions, as the note that tells why there was no further attempt.
 *
 * <p>Made without a stack trace: under overload refusals are frequent, their origin is always the engine, and the
 * decision tells more.
 */
public abstract sealed class LeveeException extends RuntimeException
        permits BreakerOpenException,
                BulkheadFullException,
                CallCancelledException,
                DeadlineExceededException,
                LeveeClosedException,
                NoPermitException,
                RetriesEndedException,
                RetryBudgetEmptyException {
    private static final long serialVersionUID = 1L;

    private final transient Decision decision;

    LeveeException(Decision decision, @Nullable Throwable cause) {
        super(null, cause, true, false);
        this.decision = decision;
    }

    /**
     * The record of the decision.
     *
     * @return the record
     */
    public Decision decision() {
        return decision;
    }

    /** The decision's own text; built when asked for, since most refusals are counted and never read. */
    @Override
    public @Nullable String getMessage() {
        return decision == null ? super.getMessage() : decision.toString();
    }

    static LeveeException of(Decision decision, @Nullable Throwable cause) {
        StopReason stop = decision.stop();
        if (stop == null) {
            throw new IllegalArgumentException("not a stop: " + decision);
        }
        return switch (stop) {
            case DEADLINE -> new DeadlineExceededException(decision, cause);
            case RETRY_BUDGET -> new RetryBudgetEmptyException(decision, cause);
            case BREAKER_OPEN -> new BreakerOpenException(decision, cause);
            case NO_PERMIT -> new NoPermitException(decision, cause);
            case BULKHEAD_FULL -> new BulkheadFullException(decision, cause);
            case CANCELLED -> new CallCancelledException(decision, cause);
            case CLOSED -> new LeveeClosedException(decision, cause);
            case FINAL,
                    NOT_IDEMPOTENT,
                    BODY_NOT_REPLAYABLE,
                    COMMITTED,
                    ATTEMPTS,
                    CLASS_LIMIT,
                    SERVER_DELAY,
                    RULE_FAILED -> new RetriesEndedException(decision, cause);
        };
    }
}
