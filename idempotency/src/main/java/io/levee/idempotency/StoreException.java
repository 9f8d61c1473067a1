package io.levee.idempotency;

/** The store of idempotency records cannot be asked, or answered what it must not. The cause is its own exception. */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception.
     *
     * @param message what was tried, and what to do
     * @param cause what the store's client threw
     */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    StoreException(String message) {
        super(message);
    }
}
