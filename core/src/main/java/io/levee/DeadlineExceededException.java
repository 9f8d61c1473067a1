package io.levee;

/** The call's deadline has passed, or the next wait would have ended past it. */
public final class DeadlineExceededException extends LeveeException {
    private static final long serialVersionUID = 1L;

    DeadlineExceededException(@Nullable Decision record, @Nullable Throwable cause, @Nullable CallState of) {
        super(record, cause, of);
    }
}
