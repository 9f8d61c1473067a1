package io.levee.bench;

import java.io.IOException;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * The work that every peer guards: fails a fixed number of times, then answers, then starts again. The exception is
 * made once and has no stack trace, so that its making is in nobody's figures. Thread-safe only if it never fails.
 *
 * <p>{@link #afresh} makes it anew for each failure: for calls that end with it. An exception that many calls end with
 * gathers what the peers hang on it, which is no figure of one call (the AWS SDK's is without bound).
 */
final class Work {
    private final int failures;
    private final @Nullable IOException failure;
    private final Object answer = new Object();
    private int left;

    Work(int failures) {
        this(failures, new Refused());
    }

    private Work(int failures, @Nullable IOException failure) {
        this.failures = failures;
        this.failure = failure;
        this.left = failures;
    }

    /** Work that always fails, each time with an exception of its own. */
    static Work afresh() {
        return new Work(Integer.MAX_VALUE, null);
    }

    Object once() throws IOException {
        if (failures == 0) {
            return answer; // without a write: threads share it
        }
        if (left > 0) {
            left--;
            throw failure == null ? new Refused() : failure;
        }
        left = failures;
        return answer;
    }

    /** What every peer retries by its own rules: nothing was sent, so a repetition is safe. */
    private static final class Refused extends ConnectException {
        private static final long serialVersionUID = 1L;

        Refused() {
            super("refused");
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
