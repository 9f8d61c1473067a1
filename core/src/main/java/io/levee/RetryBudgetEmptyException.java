package io.levee;

import org.jspecify.annotations.Nullable;

/** The downstream's retry budget cannot pay for another retry. */
public final class RetryBudgetEmptyException extends LeveeException {
    private static final long serialVersionUID = 1L;

    RetryBudgetEmptyException(
            @Nullable Decision record,
            @Nullable Throwable cause,
            @Nullable Engine engine,
            Call<?> call,
            long now,
            long left) {
        super(record, cause, StopReason.RETRY_BUDGET, engine, call, now, left);
    }
}
