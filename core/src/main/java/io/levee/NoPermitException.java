package io.levee;

import org.jspecify.annotations.Nullable;

/** The downstream's limiter has no permit before the deadline, or too many wait already: nothing was sent. */
public final class NoPermitException extends LeveeException {
    private static final long serialVersionUID = 1L;

    NoPermitException(Decision decision, @Nullable Throwable cause) {
        super(decision, cause);
    }

    NoPermitException(Engine engine, Call<?> call, long nowNanos, long remainingNanos) {
        super(StopReason.NO_PERMIT, engine, call, nowNanos, remainingNanos);
    }
}
