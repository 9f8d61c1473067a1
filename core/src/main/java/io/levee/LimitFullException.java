package io.levee;

/** As many attempts as the concurrency limit allows at present are in flight: nothing was sent. */
public final class LimitFullException extends LeveeException {
    private static final long serialVersionUID = 1L;

    LimitFullException(@Nullable Decision record, @Nullable Throwable cause, @Nullable CallState of) {
        super(record, cause, of);
    }
}
