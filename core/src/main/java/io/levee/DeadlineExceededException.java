package io.levee;

/** The call's deadline has passed, or the next wait would have ended past it. */
public final class DeadlineExceededException extends LeveeException {
    private static final long serialVersionUID = 1L;

    DeadlineExceededException(CallState of, @Nullable Throwable cause) {
        super(of, cause);
    }
}
