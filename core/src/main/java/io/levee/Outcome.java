package io.levee;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt produced: a value or a throwable, plus what the transport knows of it. Adapters translate their
 * client's result into this, the {@link Classifier} judges it. Immutable.
 */
public final class Outcome {
    /** {@link #status()} where there is none. */
    public static final int NO_STATUS = -1;

    private final @Nullable Object value;
    private final @Nullable Throwable failure;
    private final int status;
    private final long minDelayNanos;
    private final @Nullable Fate fate;
    private final boolean connectionReused;
    private final boolean replayable;
    private final @Nullable ErrorKind errorKind;
    private final @Nullable String errorDetail;

    private Outcome(
            @Nullable Object value,
            @Nullable Throwable failure,
            int status,
            long minDelayNanos,
            @Nullable Fate fate,
            boolean connectionReused,
            boolean replayable,
            @Nullable ErrorKind errorKind,
            @Nullable String errorDetail) {
        this.value = value;
        this.failure = failure;
        this.status = status;
        this.minDelayNanos = minDelayNanos;
        this.fate = fate;
        this.connectionReused = connectionReused;
        this.replayable = replayable;
        this.errorKind = errorKind;
        this.errorDetail = errorDetail;
    }

    /**
     * An attempt that returned.
     *
     * @param value what it returned, null included
     * @return an outcome with fate {@link Fate#ANSWERED} unless another is set
     */
    public static Outcome value(@Nullable Object value) {
        return new Outcome(value, null, NO_STATUS, 0, null, false, true, null, null);
    }

    /**
     * An attempt that threw.
     *
     * @param failure what it threw
     * @return an outcome whose fate the classifier deduces from the throwable unless one is set
     */
    public static Outcome failure(Throwable failure) {
        return new Outcome(
                null, Objects.requireNonNull(failure, "failure"), NO_STATUS, 0, null, false, true, null, null);
    }

    /**
     * This outcome with the answer's status code.
     *
     * @param httpStatus 100 to 999
     * @return an outcome
     * @throws IllegalArgumentException if the status is out of range
     */
    public Outcome withStatus(int httpStatus) {
        if (httpStatus < 100 || httpStatus > 999) {
            throw new IllegalArgumentException("status must be from 100 to 999, is " + httpStatus);
        }
        return new Outcome(
                value, failure, httpStatus, minDelayNanos, fate, connectionReused, replayable, errorKind, errorDetail);
    }

    /**
     * This outcome with the wait that the downstream asked for, as {@link RetryAfter} reads it.
     *
     * @param wait the shortest wait before another attempt; zero or more
     * @return an outcome
     * @throws IllegalArgumentException if the wait is negative
     */
    public Outcome withMinDelay(Duration wait) {
        return new Outcome(
                value,
                failure,
                status,
                Nanos.of(wait, "wait"),
                fate,
                connectionReused,
                replayable,
                errorKind,
                errorDetail);
    }

    /**
     * This outcome with the fate that the transport knows; it then wins over what the classifier would deduce.
     *
     * @param known the fate
     * @return an outcome
     */
    public Outcome withFate(Fate known) {
        return new Outcome(
                value,
                failure,
                status,
                minDelayNanos,
                Objects.requireNonNull(known),
                connectionReused,
                replayable,
                errorKind,
                errorDetail);
    }

    /**
     * This outcome with the note whether the attempt went out on a pooled connection that had been used before.
     *
     * @param reused true if the connection was not fresh
     * @return an outcome
     */
    public Outcome withConnectionReused(boolean reused) {
        return new Outcome(value, failure, status, minDelayNanos, fate, reused, replayable, errorKind, errorDetail);
    }

    /**
     * This outcome with the note whether the request's body can be sent again from its first byte.
     *
     * @param canReplay false ends the call: half a body is never sent
     * @return an outcome
     */
    public Outcome withReplayable(boolean canReplay) {
        return new Outcome(
                value, failure, status, minDelayNanos, fate, connectionReused, canReplay, errorKind, errorDetail);
    }

    /**
     * This outcome with the kind of error that the adapter knows the failure to be, for errors whose class does not tell.
     * An {@code Error}, an interruption, a certificate and whatever else the failure's classes say more exactly still
     * counts before it.
     *
     * @param kind the kind
     * @param detail why, for a person: what the downstream's own code says
     * @return an outcome
     */
    public Outcome withErrorKind(ErrorKind kind, String detail) {
        return new Outcome(
                value,
                failure,
                status,
                minDelayNanos,
                fate,
                connectionReused,
                replayable,
                Objects.requireNonNull(kind, "kind"),
                Objects.requireNonNull(detail, "detail"));
    }

    /**
     * What the attempt returned.
     *
     * @return the value; null also where the attempt threw
     */
    public @Nullable Object value() {
        return value;
    }

    /**
     * What the attempt threw.
     *
     * @return the throwable as it was thrown, or null if the attempt returned
     */
    public @Nullable Throwable failure() {
        return failure;
    }

    /**
     * The status code of the answer.
     *
     * @return 100 to 999, or {@link #NO_STATUS}
     */
    public int status() {
        return status;
    }

    /**
     * The wait that the downstream asked for.
     *
     * @return nanoseconds, 0 for none
     */
    public long minDelayNanos() {
        return minDelayNanos;
    }

    /**
     * The fate that the transport knows.
     *
     * @return the fate, or null if the transport does not know
     */
    public @Nullable Fate fate() {
        return fate;
    }

    /**
     * Whether the attempt went out on a connection that had been used before.
     *
     * @return false also where the transport does not know
     */
    public boolean connectionReused() {
        return connectionReused;
    }

    /**
     * Whether the request's body can be sent again.
     *
     * @return true unless the transport said otherwise
     */
    public boolean replayable() {
        return replayable;
    }

    /**
     * The kind of error that the adapter stated.
     *
     * @return the kind, or null if it stated none
     */
    public @Nullable ErrorKind errorKind() {
        return errorKind;
    }

    /**
     * Why it is of that kind.
     *
     * @return the text, or null if no kind is stated
     */
    public @Nullable String errorDetail() {
        return errorDetail;
    }

    /**
     * The first throwable of a type in the failure's cause chain, the failure itself included.
     *
     * @param type the type looked for
     * @param <X> the type looked for
     * @return the throwable, or null
     */
    public <X extends Throwable> @Nullable X find(Class<X> type) {
        Throwable t = failure;
        // A cause chain can be a cycle; no honest one is longer than this.
        for (int depth = 0; t != null && depth < CauseChain.MAX_DEPTH; depth++) {
            if (type.isInstance(t)) {
                return type.cast(t);
            }
            t = t.getCause();
        }
        return null;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("outcome");
        if (failure != null) {
            text.append(' ').append(failure.getClass().getName());
        } else {
            text.append(" value");
        }
        if (errorKind != null) {
            text.append(", ").append(errorKind).append(" (").append(errorDetail).append(')');
        }
        if (status != NO_STATUS) {
            text.append(", status ").append(status);
        }
        if (fate != null) {
            text.append(", ").append(fate);
        }
        if (minDelayNanos > 0) {
            text.append(", asked to wait ").append(Nanos.text(minDelayNanos));
        }
        return text.toString();
    }
}
