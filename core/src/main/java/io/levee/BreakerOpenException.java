package io.levee;

/** The downstream's breaker is open: nothing was sent. */
public final class BreakerOpenException extends LeveeException {
    private static final long serialVersionUID = 1L;

    BreakerOpenException(@Nullable Decision record, @Nullable Throwable cause, @Nullable CallState of) {
        super(record, cause, of);
    }
}
