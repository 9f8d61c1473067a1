package io.levee;

import org.jspecify.annotations.Nullable;

/** The downstream's breaker is open: nothing was sent. */
public final class BreakerOpenException extends LeveeException {
    private static final long serialVersionUID = 1L;

    BreakerOpenException(
            @Nullable Decision record,
            @Nullable Throwable cause,
            @Nullable Engine engine,
            Call<?> call,
            long now,
            long left) {
        super(record, cause, StopReason.BREAKER_OPEN, engine, call, now, left);
    }
}
