package io.levee;

/** The note on an attempt's own exception that tells why it was not retried (again). */
public final class RetriesEndedException extends LeveeException {
    private static final long serialVersionUID = 1L;

    RetriesEndedException(CallState of, @Nullable Throwable cause) {
        super(of, cause);
    }
}
