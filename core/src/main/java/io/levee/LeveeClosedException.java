package io.levee;

/** The Levee was closed before the call ended. */
public final class LeveeClosedException extends LeveeException {
    private static final long serialVersionUID = 1L;

    LeveeClosedException(@Nullable Decision record, @Nullable Throwable cause, @Nullable CallState of) {
        super(record, cause, of);
    }
}
