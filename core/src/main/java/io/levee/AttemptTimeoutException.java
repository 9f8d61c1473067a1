package io.levee;

/**
 * An attempt took longer than the attempt timeout. Retryable like a read timeout: the request was sent, no answer came.
 * The cause is what the attempt threw when it was interrupted, if anything.
 */
public final class AttemptTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AttemptTimeoutException(String downstream, int attempt, long timeoutNanos, @Nullable Throwable cause) {
        super(
                downstream + ": attempt " + attempt + " did not end within its " + Nanos.text(timeoutNanos),
                cause,
                true,
                false);
    }
}
