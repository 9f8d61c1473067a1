package io.levee;

import org.jspecify.annotations.Nullable;

/** The downstream's breaker is open: nothing was sent. */
public final class BreakerOpenException extends LeveeException {
    private static final long serialVersionUID = 1L;

    BreakerOpenException(Decision decision, @Nullable Throwable cause) {
        super(decision, cause);
    }

    BreakerOpenException(Engine engine, Call<?> call, long nowNanos, long remainingNanos) {
        super(StopReason.BREAKER_OPEN, engine, call, nowNanos, remainingNanos);
    }
}
