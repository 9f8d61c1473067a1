package io.levee;

import org.jspecify.annotations.Nullable;

/** The Levee was closed before the call ended. */
public final class LeveeClosedException extends LeveeException {
    private static final long serialVersionUID = 1L;

    LeveeClosedException(Decision decision, @Nullable Throwable cause) {
        super(decision, cause);
    }
}
