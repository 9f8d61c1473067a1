package io.levee;

import org.jspecify.annotations.Nullable;

/** As many attempts as the bulkhead allows are in flight: nothing was sent. */
public final class BulkheadFullException extends LeveeException {
    private static final long serialVersionUID = 1L;

    BulkheadFullException(
            @Nullable Decision record,
            @Nullable Throwable cause,
            @Nullable Engine engine,
            Call<?> call,
            long now,
            long left) {
        super(record, cause, StopReason.BULKHEAD_FULL, engine, call, now, left);
    }
}
