package io.levee.apache;

import io.levee.CallCancelledException;
import io.levee.LeveeException;
import io.levee.http.shared.Refusals;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;

/** HttpClient's own words for Levee's exceptions. */
enum ApacheWords implements Refusals.Words {
    INSTANCE;

    @Override
    public Throwable timeout(Throwable late) {
        return new SocketTimeoutException(late.getMessage()).initCause(late);
    }

    @Override
    public Throwable cancelled(CallCancelledException cancelled) {
        return new InterruptedIOException("Request aborted").initCause(cancelled);
    }

    @Override
    public Throwable refused(LeveeException refusal) {
        return new LeveeRefusedException(refusal);
    }
}
