package io.levee.http;

import io.levee.CallCancelledException;
import io.levee.LeveeException;
import io.levee.http.shared.Refusals;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CancellationException;

/** Levee's own exceptions in the words of java.net.http; an attempt's own exception passes unchanged. */
final class Translation {
    private Translation() {}

    /** What {@link java.net.http.HttpClient#send} throws for it. Clears the interrupt flag where that method does. */
    static Throwable ofSend(Throwable thrown) {
        return Refusals.translated(thrown, new JdkWords() {
            @Override
            public Throwable cancelled(CallCancelledException cancelled) {
                return Thread.interrupted()
                        ? caused(new InterruptedException(cancelled.getMessage()), cancelled)
                        : refused(cancelled);
            }
        });
    }

    /** What the future of {@link java.net.http.HttpClient#sendAsync} fails with for it. */
    static Throwable ofSendAsync(Throwable thrown) {
        return Refusals.translated(Refusals.unwrapped(thrown), new JdkWords() {
            @Override
            public Throwable cancelled(CallCancelledException cancelled) {
                return caused(new CancellationException(cancelled.getMessage()), cancelled);
            }
        });
    }

    private abstract static class JdkWords implements Refusals.Words {
        @Override
        public Throwable timeout(Throwable late) {
            return caused(new HttpTimeoutException(late.getMessage()), late);
        }

        @Override
        public Throwable refused(LeveeException refusal) {
            return new LeveeRefusedException(refusal);
        }

        static Throwable caused(Throwable said, Throwable cause) {
            return said.initCause(cause);
        }
    }

    /** What the JDK's client throws where a body could not be read. */
    static Throwable ofBody(Throwable thrown) {
        Throwable failure = Refusals.unwrapped(thrown);
        return failure instanceof IOException || failure instanceof Error
                ? failure
                : new IOException(failure.getMessage(), failure);
    }
}
