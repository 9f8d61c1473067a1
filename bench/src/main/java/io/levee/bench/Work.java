package io.levee.bench;

import java.io.IOException;
import java.net.ConnectException;

/**
 * The work that every peer guards: fails a fixed number of times, then answers, then starts again. The exception is
 * made once and has no stack trace, so that its making is in nobody's figures. Thread-safe only if it never fails.
 */
final class Work {
    private final int failures;
    private final IOException failure = new Refused();
    private final Object answer = new Object();
    private int left;

    Work(int failures) {
        this.failures = failures;
        this.left = failures;
    }

    Object once() throws IOException {
        if (failures == 0) {
            return answer; // without a write: threads share it
        }
        if (left > 0) {
            left--;
            throw failure;
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
