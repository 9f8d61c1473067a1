package io.levee;

/** The downstream's breaker is open: nothing was sent. */
public final class BreakerOpenException extends LeveeException {
    private static final long serialVersionUID = 1L;

    BreakerOpenException(CallState of, @Nullable Throwable cause) {
        super(of, cause);
    }
}
