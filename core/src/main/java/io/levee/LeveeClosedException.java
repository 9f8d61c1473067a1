package io.levee;

/** The Levee was closed before the call ended. */
public final class LeveeClosedException extends LeveeException {
    private static final long serialVersionUID = 1L;

    LeveeClosedException(CallState of, @Nullable Throwable cause) {
        super(of, cause);
    }
}
