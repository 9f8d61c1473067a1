package io.levee;

/** As many attempts as the bulkhead allows are in flight: nothing was sent. */
public final class BulkheadFullException extends LeveeException {
    private static final long serialVersionUID = 1L;

    BulkheadFullException(@Nullable Decision record, @Nullable Throwable cause, @Nullable CallState of) {
        super(record, cause, of);
    }
}
