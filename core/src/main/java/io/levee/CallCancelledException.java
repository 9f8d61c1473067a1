package io.levee;

/** The call was cancelled: by its future, its scope, or an interrupt of its thread (whose flag is then set). */
public final class CallCancelledException extends LeveeException {
    private static final long serialVersionUID = 1L;

    CallCancelledException(@Nullable Decision record, @Nullable Throwable cause, @Nullable CallState of) {
        super(record, cause, of);
    }
}
