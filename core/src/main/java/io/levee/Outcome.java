package io.levee;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt produced: a value or a throwable, plus what the transport knows of it. Adapters translate their
 * client's result into this, the {@link Classifier} judges it. Immutable.
 */
public final class Outcome implements Cloneable {
    /** {@link #status()} where there is none. */
    public static final int NO_STATUS = -1;

    /** {@link #minDelayNanos()} where the downstream wants the next attempt at once, whatever the policy's wait. */
    public static final long AT_ONCE = -1;

    // Written by who makes it, and by nobody after others may have seen it.
    private @Nullable Object value;
    private @Nullable Throwable failure;
    private int status = NO_STATUS;
    private long minDelayNanos;
    private @Nullable Fate fate;
    private boolean connectionReused;
    private boolean replayable = true;
    private @Nullable ErrorKind errorKind;
    private @Nullable String errorDetail;
    private @Nullable GrpcStatus grpcStatus;
    /** What a gRPC server's pushback says: to come again after the wait, which is {@link #minDelayNanos()} */
    private boolean pushedBack;
    /** ... or not to come again. */
    private boolean barred;

    private boolean committed;
    /** True if the failure is known to have neither cause nor suppressed: to look costs two locks. */
    boolean bare;

    private Outcome(@Nullable Object value, @Nullable Throwable failure) {
        this.value = value;
        this.failure = failure;
    }

    /** Makes the plain outcome that a call keeps for its own judging, and shows nobody, that of its present attempt. */
    Outcome reused(@Nullable Object newValue, @Nullable Throwable newFailure, boolean isBare) {
        value = newValue;
        failure = newFailure;
        bare = isBare;
        return this;
    }

    /** One to be changed before anybody else sees it. */
    private Outcome copy() {
        try {
            return (Outcome) clone();
        } catch (CloneNotSupportedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /**
     * An attempt that returned.
     *
     * @param value what it returned, null included
     * @return an outcome with fate {@link Fate#ANSWERED} unless another is set
     */
    public static Outcome value(@Nullable Object value) {
        return new Outcome(value, null);
    }

    /**
     * An attempt that threw.
     *
     * @param failure what it threw
     * @return an outcome whose fate the classifier deduces from the throwable unless one is set
     */
    public static Outcome failure(Throwable failure) {
        return new Outcome(null, Objects.requireNonNull(failure, "failure"));
    }

    /**
     * This outcome with the answer's status code.
     *
     * @param httpStatus 100 to 999
     * @return an outcome
     * @throws IllegalArgumentException if the status is out of range
     */
    public Outcome withStatus(int httpStatus) {
        Range.within(100, 999, httpStatus, "status");
        Outcome changed = copy();
        changed.status = httpStatus;
        return changed;
    }

    /**
     * This outcome with the wait that the downstream asked for, such as HTTP's Retry-After header.
     *
     * @param wait the shortest wait before another attempt; zero or more
     * @return an outcome
     * @throws IllegalArgumentException if the wait is negative
     */
    public Outcome withMinDelay(Duration wait) {
        Outcome changed = copy();
        changed.minDelayNanos = Nanos.of(wait, "wait");
        return changed;
    }

    /**
     * This outcome with the fate that the transport knows; it then wins over what the classifier would deduce.
     *
     * @param known the fate
     * @return an outcome
     */
    public Outcome withFate(Fate known) {
        Outcome changed = copy();
        changed.fate = Objects.requireNonNull(known);
        return changed;
    }

    /**
     * This outcome with the note whether the attempt went out on a pooled connection that had been used before.
     *
     * @param reused true if the connection was not fresh
     * @return an outcome
     */
    public Outcome withConnectionReused(boolean reused) {
        Outcome changed = copy();
        changed.connectionReused = reused;
        return changed;
    }

    /**
     * This outcome with the note whether the request's body can be sent again from its first byte.
     *
     * @param canReplay false ends the call: half a body is never sent
     * @return an outcome
     */
    public Outcome withReplayable(boolean canReplay) {
        Outcome changed = copy();
        changed.replayable = canReplay;
        return changed;
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
        Outcome changed = copy();
        changed.errorKind = Objects.requireNonNull(kind, "kind");
        changed.errorDetail = Objects.requireNonNull(detail, "detail");
        return changed;
    }

    /**
     * This outcome with the call's gRPC status.
     *
     * @param code the status
     * @return an outcome
     */
    public Outcome withGrpcStatus(GrpcStatus code) {
        Outcome changed = copy();
        changed.grpcStatus = Objects.requireNonNull(code, "code");
        return changed;
    }

    /**
     * This outcome with the downstream's word that it shall not be asked again.
     *
     * @return an outcome that no rule makes retryable
     */
    public Outcome withoutRetry() {
        Outcome changed = copy();
        changed.barred = true;
        return changed;
    }

    /**
     * This outcome with what a gRPC server asked for in its trailers, as gRFC A6 reads it: a number of milliseconds is
     * the shortest wait before another attempt, 0 takes the place of the policy's wait ({@link #AT_ONCE}), and a negative
     * number or anything that is no number means that no other attempt shall be made.
     *
     * @param text the value of {@code grpc-retry-pushback-ms}
     * @return an outcome
     */
    public Outcome withGrpcPushback(String text) {
        Outcome changed = copy();
        changed.pushedBack = isNumber(text);
        changed.barred = !changed.pushedBack;
        if (changed.pushedBack) {
            // More digits than a long holds are a wait that nobody grants.
            long millis = text.length() > 18 ? Long.MAX_VALUE : Long.parseLong(text);
            changed.minDelayNanos = millis == 0 ? AT_ONCE : Nanos.fromMillis(millis);
        }
        return changed;
    }

    /** ASCII only: Character.isDigit also takes the digits of other scripts. */
    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /**
     * This outcome with the note whether a part of the answer has gone on to the caller.
     *
     * @param delivered true ends the call: another attempt would give the caller that part twice
     * @return an outcome
     */
    public Outcome withCommitted(boolean delivered) {
        Outcome changed = copy();
        changed.committed = delivered;
        return changed;
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
     * @return nanoseconds, 0 for none, {@link #AT_ONCE} for an attempt without any wait
     */
    public long minDelayNanos() {
        return minDelayNanos;
    }

    /**
     * The call's gRPC status.
     *
     * @return the status, or null if this is no gRPC call or it has none
     */
    public @Nullable GrpcStatus grpcStatus() {
        return grpcStatus;
    }

    /** Whether a gRPC server asked to come again after {@link #minDelayNanos()}. */
    boolean isPushedBack() {
        return pushedBack;
    }

    /** As {@link Verdict#askedNanos()}: a gRPC server's wait is exact (gRFC A6), an HTTP server's a floor. */
    long askedNanos() {
        return pushedBack && minDelayNanos > 0 ? ~minDelayNanos : minDelayNanos;
    }

    /** Whether a gRPC server asked not to come again. */
    boolean isBarred() {
        return barred;
    }

    /**
     * Whether a part of the answer has gone on to the caller.
     *
     * @return false unless the transport said otherwise
     */
    public boolean committed() {
        return committed;
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
        return CauseChain.find(failure, type);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("outcome");
        if (failure != null) {
            text.append(' ').append(failure.getClass().getName());
        } else {
            text.append(" value");
        }
        if (status != NO_STATUS) {
            text.append(", status ").append(status);
        }
        if (grpcStatus != null) {
            text.append(", code ").append(grpcStatus);
        }
        if (fate != null) {
            text.append(", ").append(fate);
        }
        if (errorKind != null) {
            text.append(", ").append(errorKind).append(" (").append(errorDetail).append(')');
        }
        if (minDelayNanos > 0) {
            text.append(", asked to wait ").append(Nanos.text(minDelayNanos));
        }
        if (committed) {
            text.append(", committed");
        }
        return text.toString();
    }
}
