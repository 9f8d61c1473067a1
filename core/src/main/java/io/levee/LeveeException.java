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
                LimitFullException,
                NoPermitException,
                RetriesEndedException,
                RetryBudgetEmptyException,
                ThrottledException {
    private static final long serialVersionUID = 1L;

    private static final StopReason[] STOPS = StopReason.values();
    private static final Breaker.State[] BREAKER_STATES = Breaker.State.values();
    private static final byte NONE = -1;

    /** Null until somebody asks, where the figures below say it all. A race makes two equal records. */
    private transient @Nullable Decision decision;

    // The figures of a call that was refused before its first attempt: what little there is to say, in the few bytes
    // that
    // a refusal may cost (64 in all, with compressed pointers). Unused where the record is there from the start.
    private final transient @Nullable String downstream;
    private final transient @Nullable String operation;
    private final transient long remainingNanos;
    /** Thousandths of a token: half the bytes of a double. A balance is at most a million tokens. */
    private final transient int retryBudgetMillis;

    private final transient byte stop;
    private final transient byte breakerState;
    private final transient boolean idempotent;

    LeveeException(Decision decision, @Nullable Throwable cause) {
        super(null, cause, true, false);
        this.decision = decision;
        downstream = null;
        operation = null;
        remainingNanos = 0;
        retryBudgetMillis = NONE;
        stop = NONE;
        breakerState = NONE;
        idempotent = false;
    }

    /** A refusal at the call's first instant. */
    @SuppressWarnings(
            "EnumOrdinal") // a byte instead of a reference; transient, so it never meets another version's enum
    LeveeException(StopReason stop, Engine engine, Call<?> call, long nowNanos, long remainingNanos) {
        super(null, null, true, false);
        downstream = engine.name;
        operation = call.operation();
        this.remainingNanos = remainingNanos;
        RetryBudget budget = engine.budget;
        retryBudgetMillis = budget == null ? NONE : (int) Math.round(budget.balance(nowNanos) * 1000);
        this.stop = (byte) stop.ordinal();
        Breaker breaker = engine.breaker;
        breakerState = breaker == null ? NONE : (byte) breaker.state().ordinal();
        idempotent = call.repeatable(engine.repeatable);
    }

    /**
     * The record of the decision.
     *
     * @return the record
     */
    public Decision decision() {
        Decision known = decision;
        if (known == null) {
            known = Decision.refusal(
                    downstream == null ? "" : downstream,
                    operation == null ? "" : operation,
                    STOPS[Math.max(0, stop)],
                    remainingNanos,
                    retryBudgetMillis == NONE ? Double.NaN : retryBudgetMillis / 1000.0,
                    breakerState == NONE ? null : BREAKER_STATES[breakerState],
                    idempotent);
            decision = known;
        }
        return known;
    }

    /** The decision's own text; built when asked for, since most refusals are counted and never read. */
    @Override
    public @Nullable String getMessage() {
        // Both are gone after deserialization: the record describes objects of another process.
        return decision == null && downstream == null
                ? super.getMessage()
                : decision().toString();
    }

    /**
     * The exception of a call that is refused before its first attempt, at its first instant.
     *
     * @return the exception; null for a reason that no refusal has
     */
    static @Nullable LeveeException refusal(
            StopReason stop, Engine engine, Call<?> call, long nowNanos, long remainingNanos) {
        if (stop == StopReason.BREAKER_OPEN) {
            return new BreakerOpenException(engine, call, nowNanos, remainingNanos);
        }
        if (stop == StopReason.NO_PERMIT) {
            return new NoPermitException(engine, call, nowNanos, remainingNanos);
        }
        if (stop == StopReason.BULKHEAD_FULL) {
            return new BulkheadFullException(engine, call, nowNanos, remainingNanos);
        }
        return null;
    }

    static LeveeException of(Decision decision, @Nullable Throwable cause) {
        StopReason stop = decision.stop();
        if (stop == null) {
            throw new IllegalArgumentException("not a stop: " + decision);
        }
        if (stop == StopReason.DEADLINE) {
            return new DeadlineExceededException(decision, cause);
        }
        if (stop == StopReason.RETRY_BUDGET) {
            return new RetryBudgetEmptyException(decision, cause);
        }
        if (stop == StopReason.BREAKER_OPEN) {
            return new BreakerOpenException(decision, cause);
        }
        if (stop == StopReason.NO_PERMIT) {
            return new NoPermitException(decision, cause);
        }
        if (stop == StopReason.BULKHEAD_FULL) {
            return new BulkheadFullException(decision, cause);
        }
        if (stop == StopReason.LIMIT_FULL) {
            return new LimitFullException(decision, cause);
        }
        if (stop == StopReason.THROTTLED) {
            return new ThrottledException(decision, cause);
        }
        if (stop == StopReason.CANCELLED) {
            return new CallCancelledException(decision, cause);
        }
        if (stop == StopReason.CLOSED) {
            return new LeveeClosedException(decision, cause);
        }
        return new RetriesEndedException(decision, cause);
    }
}
