package io.levee;

import org.jspecify.annotations.Nullable;

/** As many attempts as the concurrency limit allows at present are in flight: nothing was sent. */
public final class LimitFullException extends LeveeException {
    private static final long serialVersionUID = 1L;

    LimitFullException(
            @Nullable Decision record,
            @Nullable Throwable cause,
            @Nullable Engine engine,
            Call<?> call,
            long now,
            long left) {
        super(record, cause, StopReason.LIMIT_FULL, engine, call, now, left);
    }
}
