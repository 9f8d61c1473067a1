package io.levee;

/** Why a call ended without success, or why it was not even attempted. */
public enum StopReason {
    /** The classifier says that another attempt would fail alike or must not be made. */
    FINAL,
    /** Another attempt might have succeeded, but could have done the work twice: the request is not idempotent. */
    NOT_IDEMPOTENT,
    /** The request's body cannot be sent again. */
    BODY_NOT_REPLAYABLE,
    /** A part of the answer has reached the caller: another attempt would give it twice. */
    COMMITTED,
    /** The retry policy allows no further attempt. */
    ATTEMPTS,
    /** This kind of error has been retried as often as it may be. */
    CLASS_LIMIT,
    /** The deadline has passed, or the wait before the next attempt would have ended past it. */
    DEADLINE("the deadline has passed"),
    /** The downstream asked for a longer wait than this client grants. */
    SERVER_DELAY,
    /** The retry budget cannot pay for another retry. */
    RETRY_BUDGET,
    /** The breaker is open. */
    BREAKER_OPEN("the breaker is open"),
    /** The limiter has no permit in time. */
    NO_PERMIT("the limiter has no permit in time"),
    /** As many attempts as the bulkhead allows are in flight. */
    BULKHEAD_FULL("too many attempts are in flight"),
    /** As many attempts as the {@linkplain ConcurrencyLimit concurrency limit} allows at present are in flight. */
    LIMIT_FULL("as many attempts are in flight as the concurrency limit allows at present"),
    /** The {@linkplain Throttle throttle} rejected the attempt, because the downstream refuses many. */
    THROTTLED("the throttle rejects a share of the attempts, since the downstream refuses many"),
    /** The caller cancelled, its scope was cancelled, or its thread was interrupted. */
    CANCELLED("the call was cancelled"),
    /** The {@link Levee} was closed. */
    CLOSED("this Levee is closed"),
    /** The classifier, the retry policy, an adapter's outcome reader or the executor threw. */
    RULE_FAILED("a classifier, policy, outcome reader or executor threw");

    private final @Nullable String text;

    StopReason() {
        this(null);
    }

    StopReason(@Nullable String text) {
        this.text = text;
    }

    /** What a record says where no attempt was judged. */
    String withoutVerdict() {
        return text == null ? name() : text;
    }
}
