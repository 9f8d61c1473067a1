package io.levee;

/** The call was cancelled: by its future, its scope, or an interrupt of its thread (whose flag is then set). */
public final class CallCancelledException extends LeveeException {
    private static final long serialVersionUID = 1L;

    CallCancelledException(CallState of, @Nullable Throwable cause) {
        super(of, cause);
    }
}
