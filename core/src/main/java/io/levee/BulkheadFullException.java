package io.levee;

import org.jspecify.annotations.Nullable;

/** As many attempts as the bulkhead allows are in flight: nothing was sent. */
public final class BulkheadFullException extends LeveeException {
    private static final long serialVersionUID = 1L;

    BulkheadFullException(Decision decision, @Nullable Throwable cause) {
        super(decision, cause);
    }

    BulkheadFullException(Engine engine, Call<?> call, long nowNanos, long remainingNanos) {
        super(StopReason.BULKHEAD_FULL, engine, call, nowNanos, remainingNanos);
    }
}
