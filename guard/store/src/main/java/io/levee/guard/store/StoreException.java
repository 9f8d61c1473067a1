package io.levee.guard.store;

/** What the guard keeps cannot be read or written. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * With the way out.
     *
     * @param message what cannot be done, and what to do about it
     * @param cause the database's
     */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Without a database's word on it.
     *
     * @param message what cannot be done, and what to do about it
     */
    StoreException(String message) {
        super(message);
    }
}
