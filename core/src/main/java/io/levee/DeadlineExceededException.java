package io.levee;

import org.jspecify.annotations.Nullable;

/** The call's deadline has passed, or the next wait would have ended past it. */
public final class DeadlineExceededException extends LeveeException {
    private static final long serialVersionUID = 1L;

    DeadlineExceededException(
            @Nullable Decision record,
            @Nullable Throwable cause,
            @Nullable Engine engine,
            Call<?> call,
            long now,
            long left) {
        super(record, cause, StopReason.DEADLINE, engine, call, now, left);
    }
}
