package io.levee;

import org.jspecify.annotations.Nullable;

/** The call was cancelled: by its future, its scope, or an interrupt of its thread (whose flag is then set). */
public final class CallCancelledException extends LeveeException {
    private static final long serialVersionUID = 1L;

    CallCancelledException(
            @Nullable Decision record,
            @Nullable Throwable cause,
            @Nullable Engine engine,
            Call<?> call,
            long now,
            long left) {
        super(record, cause, StopReason.CANCELLED, engine, call, now, left);
    }
}
