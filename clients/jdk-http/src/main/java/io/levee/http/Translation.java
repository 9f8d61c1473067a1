package io.levee.http;

import io.levee.AttemptTimeoutException;
import io.levee.CallCancelledException;
import io.levee.DeadlineExceededException;
import io.levee.LeveeException;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Levee's own exceptions in the words of java.net.http; an attempt's own exception passes unchanged. */
final class Translation {
    private Translation() {}

    /** What {@link java.net.http.HttpClient#send} throws for it. Clears the interrupt flag where that method does. */
    static Throwable ofSend(Throwable thrown) {
        if (thrown instanceof CallCancelledException cancelled && Thread.interrupted()) {
            InterruptedException interrupted = new InterruptedException(cancelled.getMessage());
            interrupted.initCause(cancelled);
            return interrupted;
        }
        return common(thrown);
    }

    /** What the future of {@link java.net.http.HttpClient#sendAsync} fails with for it. */
    static Throwable ofSendAsync(Throwable thrown) {
        Throwable failure = thrown;
        while ((failure instanceof CompletionException || failure instanceof ExecutionException)
                && failure.getCause() != null) {
            failure = failure.getCause();
        }
        if (failure instanceof CallCancelledException cancelled) {
            CancellationException cancellation = new CancellationException(cancelled.getMessage());
            cancellation.initCause(cancelled);
            return cancellation;
        }
        return common(failure);
    }

    private static Throwable common(Throwable thrown) {
        if (thrown instanceof DeadlineExceededException || thrown instanceof AttemptTimeoutException) {
            HttpTimeoutException timeout = new HttpTimeoutException(thrown.getMessage());
            timeout.initCause(thrown);
            return timeout;
        }
        return thrown instanceof LeveeException refusal ? new LeveeRefusedException(refusal) : thrown;
    }

    /** What the JDK's client throws where a body could not be read. */
    static Throwable ofBody(Throwable thrown) {
        Throwable failure = thrown;
        while ((failure instanceof CompletionException || failure instanceof ExecutionException)
                && failure.getCause() != null) {
            failure = failure.getCause();
        }
        return failure instanceof IOException || failure instanceof Error
                ? failure
                : new IOException(failure.getMessage(), failure);
    }
}
