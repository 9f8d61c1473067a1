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
        return switch (stop) {
            case BREAKER_OPEN -> new BreakerOpenException(engine, call, nowNanos, remainingNanos);
            case NO_PERMIT -> new NoPermitException(engine, call, nowNanos, remainingNanos);
            case BULKHEAD_FULL -> new BulkheadFullException(engine, call, nowNanos, remainingNanos);
            default -> null;
        };
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
            case LIMIT_FULL -> new LimitFullException(decision, cause);
            case THROTTLED -> new ThrottledException(decision, cause);
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
