package io.levee;

/** As many attempts as the concurrency limit allows at present are in flight: nothing was sent. */
public final class LimitFullException extends LeveeException {
    private static final long serialVersionUID = 1L;

    LimitFullException(CallState of, @Nullable Throwable cause) {
        super(of, cause);
    }
}
