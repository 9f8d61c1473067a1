package io.levee;

/** The downstream's retry budget cannot pay for another retry. */
public final class RetryBudgetEmptyException extends LeveeException {
    private static final long serialVersionUID = 1L;

    RetryBudgetEmptyException(CallState of, @Nullable Throwable cause) {
        super(of, cause);
    }
}
