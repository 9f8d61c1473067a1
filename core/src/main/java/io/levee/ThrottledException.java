package io.levee;

/** The throttle rejected the attempt, because the downstream refuses many of those that it is sent: nothing was sent. */
public final class ThrottledException extends LeveeException {
    private static final long serialVersionUID = 1L;

    ThrottledException(CallState of, @Nullable Throwable cause) {
        super(of, cause);
    }
}
