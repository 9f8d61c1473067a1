package io.levee;

import org.jspecify.annotations.Nullable;

/** The downstream's retry budget cannot pay for another retry. */
public final class RetryBudgetEmptyException extends LeveeException {
    private static final long serialVersionUID = 1L;

    RetryBudgetEmptyException(Decision decision, @Nullable Throwable cause) {
        super(decision, cause);
    }
}
