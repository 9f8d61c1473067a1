package io.levee;

import org.jspecify.annotations.Nullable;

/** The Levee was closed before the call ended. */
public final class LeveeClosedException extends LeveeException {
    private static final long serialVersionUID = 1L;

    LeveeClosedException(
            @Nullable Decision record,
            @Nullable Throwable cause,
            @Nullable Engine engine,
            Call<?> call,
            long now,
            long left) {
        super(record, cause, StopReason.CLOSED, engine, call, now, left);
    }
}
