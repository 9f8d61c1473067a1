package io.levee.guard.ingest;

/** What was sent is not what it should be. */
final class BadPayload extends Exception {
    private static final long serialVersionUID = 1L;

    /** With what is wrong and where. */
    BadPayload(String message) {
        super(message, null, false, false);
    }
}
