package io.levee;

/** The downstream's limiter has no permit before the deadline, or too many wait already: nothing was sent. */
public final class NoPermitException extends LeveeException {
    private static final long serialVersionUID = 1L;

    NoPermitException(CallState of, @Nullable Throwable cause) {
        super(of, cause);
    }
}
