package io.levee;

/** As many attempts as the bulkhead allows are in flight: nothing was sent. */
public final class BulkheadFullException extends LeveeException {
    private static final long serialVersionUID = 1L;

    BulkheadFullException(CallState of, @Nullable Throwable cause) {
        super(of, cause);
    }
}
