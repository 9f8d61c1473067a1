package io.levee.guard.ingest;

import org.jspecify.annotations.Nullable;

/** A server that speaks PromQL could not be asked, or what it says cannot be counted. */
public final class PrometheusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what was asked and what is wrong. */
    PrometheusException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
