package io.levee;

import org.jspecify.annotations.Nullable;

/** The downstream's limiter has no permit before the deadline, or too many wait already: nothing was sent. */
public final class NoPermitException extends LeveeException {
    private static final long serialVersionUID = 1L;

    NoPermitException(
            @Nullable Decision record,
            @Nullable Throwable cause,
            @Nullable Engine engine,
            Call<?> call,
            long now,
            long left) {
        super(record, cause, StopReason.NO_PERMIT, engine, call, now, left);
    }
}
