package io.levee;

import org.jspecify.annotations.Nullable;

/**
 * What Levee itself throws: the call was refused or cut short, and {@link #decision()} says why, with figures. An
 * exception that an attempt threw reaches the caller unchanged instead; one of this family is then among its suppressed
 * exceptions, as the note that tells why there was no further attempt. An exception object that several calls to a
 * downstream end with carries one note, with the record of the newest; its class is that of the first one's end.
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
    private static final int NONE = -1;

    // Of 'packed', from the lowest bit: 5 bits the stop, 3 bits the breaker's state and one (0 for none), 7 bits what
    // the
    // throttle rejects in per cent (127 for none), 1 bit idempotent, 16 bits the concurrency limit (0 for none).
    private static final int STATE_SHIFT = 5;
    private static final int PERCENT_SHIFT = 8;
    private static final int NO_PERCENT = 127;
    private static final int IDEMPOTENT = 1 << 15;
    private static final int LIMIT_SHIFT = 16;
    private static final int MOST_LIMIT = (1 << 16) - 1;

    /** What is packed in a note that Levee has left on somebody else's exception. */
    private static final int NOTE = -1;

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

    private transient int packed;

    /** Of a call that has a record, or that was refused at its first instant. */
    LeveeException(CallState of, @Nullable Throwable cause) {
        super(null, cause, true, false);
        decision = of.decision;
        if (decision != null) {
            remainingNanos = 0;
            operation = null;
            downstream = null;
            retryBudgetMillis = NONE;
            packed = 0;
        } else {
            Engine engine = of.engine;
            long now = of.startNanos;
            RetryBudget budget = engine.budget;
            remainingNanos = of.deadlineNanos == Nanos.NEVER ? of.deadlineNanos : of.deadlineNanos - now;
            operation = of.call.operation();
            downstream = engine.name;
            retryBudgetMillis = budget == null ? NONE : (int) Math.round(budget.balance(now) * 1000);
            packed = packed(of, engine, now);
        }
    }

    @SuppressWarnings("EnumOrdinal") // bits instead of references; transient, so they never meet another version's enum
    private static int packed(CallState refused, Engine engine, long nowNanos) {
        Breaker breaker = engine.breaker;
        Throttle throttle = engine.throttle;
        ConcurrencyLimit limit = engine.limit;
        return refused.stopped.ordinal()
                | (breaker == null ? 0 : 1 + breaker.state().ordinal()) << STATE_SHIFT
                | (throttle == null ? NO_PERCENT : (int) Math.round(100 * throttle.rejectionProbability(nowNanos)))
                        << PERCENT_SHIFT
                | (refused.repeatable() ? IDEMPOTENT : 0)
                | (limit == null ? 0 : limit.limit()) << LIMIT_SHIFT;
    }

    /** Marks this one as a note on somebody else's exception. */
    LeveeException asNote() {
        packed = NOTE;
        return this;
    }

    /** Takes over the record of a later call; false if this is no note of that downstream's calls. */
    boolean renew(CallState later) {
        boolean mine = packed == NOTE && decision().downstream().equals(later.engine.name);
        if (mine) {
            decision = later.decision;
        }
        return mine;
    }

    private Decision unpacked() {
        StopReason stop = STOPS[packed & (1 << STATE_SHIFT) - 1];
        int state = packed >>> STATE_SHIFT & 7;
        int percent = packed >>> PERCENT_SHIFT & 127;
        int limit = packed >>> LIMIT_SHIFT;
        return new Decision(
                downstream == null ? "" : downstream,
                operation == null ? "" : operation,
                stop,
                Decision.NO_RULE,
                stop.withoutVerdict(),
                null,
                0,
                null,
                0,
                0,
                remainingNanos,
                retryBudgetMillis == NONE ? Double.NaN : retryBudgetMillis / 1000.0,
                0,
                0,
                state == 0 ? null : BREAKER_STATES[state - 1],
                percent == NO_PERCENT ? Double.NaN : percent / 100.0,
                limit == 0 ? -1 : limit,
                (packed & IDEMPOTENT) != 0,
                true,
                false);
    }

    /**
     * The record of the decision.
     *
     * @return the record
     */
    public Decision decision() {
        Decision known = decision;
        if (known == null) {
            known = unpacked();
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
     * @return the exception; null where its few bytes cannot hold the figures
     */
    static @Nullable LeveeException refusal(CallState call) {
        ConcurrencyLimit limit = call.engine.limit;
        return limit != null && limit.limit() > MOST_LIMIT ? null : of(call, null);
    }

    /** The exception of a call that has ended, with its record where it has one. */
    static LeveeException of(CallState of, @Nullable Throwable cause) {
        StopReason stop = of.stopped;
        if (stop == StopReason.DEADLINE) {
            return new DeadlineExceededException(of, cause);
        }
        if (stop == StopReason.RETRY_BUDGET) {
            return new RetryBudgetEmptyException(of, cause);
        }
        if (stop == StopReason.BREAKER_OPEN) {
            return new BreakerOpenException(of, cause);
        }
        if (stop == StopReason.NO_PERMIT) {
            return new NoPermitException(of, cause);
        }
        if (stop == StopReason.BULKHEAD_FULL) {
            return new BulkheadFullException(of, cause);
        }
        if (stop == StopReason.LIMIT_FULL) {
            return new LimitFullException(of, cause);
        }
        if (stop == StopReason.THROTTLED) {
            return new ThrottledException(of, cause);
        }
        if (stop == StopReason.CANCELLED) {
            return new CallCancelledException(of, cause);
        }
        if (stop == StopReason.CLOSED) {
            return new LeveeClosedException(of, cause);
        }
        return new RetriesEndedException(of, cause);
    }
}
