package io.levee.apache;

import io.levee.LeveeException;
import java.io.IOException;

/**
 * Levee refused the request or ended the call: open breaker, no permit in time, bulkhead full, retry budget empty, Levee
 * closed. An IOException, so that code written for HttpClient handles it as it handles any request that could not be made.
 * {@link #getCause()} is Levee's own exception with the figures. (A deadline that has passed is a
 * {@link java.net.SocketTimeoutException} instead, a cancelled call an {@link java.io.InterruptedIOException}.)
 */
public final class LeveeRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final LeveeException refusal;

    LeveeRefusedException(LeveeException cause) {
        super(cause.getMessage(), cause);
        refusal = cause;
    }

    /**
     * What Levee said.
     *
     * @return the refusal, with its {@linkplain LeveeException#decision() decision record}
     */
    @Override
    public LeveeException getCause() {
        return refusal;
    }
}
