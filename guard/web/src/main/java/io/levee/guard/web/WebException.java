package io.levee.guard.web;

/** An answer that is an error; the server writes it as {@code {"error": message}}. */
public final class WebException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String text;

    /**
     * With the way out.
     *
     * @param status such as 400
     * @param message what is wrong, where, and what to do about it
     */
    public WebException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
        text = message;
    }

    /**
     * The status.
     *
     * @return such as 400
     */
    public int status() {
        return status;
    }

    String text() {
        return text;
    }
}
