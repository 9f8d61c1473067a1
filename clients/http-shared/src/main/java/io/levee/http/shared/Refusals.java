package io.levee.http.shared;

import io.levee.AttemptTimeoutException;
import io.levee.CallCancelledException;
import io.levee.DeadlineExceededException;
import io.levee.LeveeException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Levee's own exceptions in the words of a client; an attempt's own exception passes unchanged. Stateless. */
public final class Refusals {
    private Refusals() {}

    /** How a client says it. The cause is always Levee's own exception, with the figures. */
    public interface Words {
        /**
         * The time was up.
         *
         * @param late the deadline's or the attempt timeout's
         * @return the client's timeout
         */
        Throwable timeout(Throwable late);

        /**
         * The call was cancelled.
         *
         * @param cancelled by its scope, its future or an interrupt
         * @return the client's own word
         */
        Throwable cancelled(CallCancelledException cancelled);

        /**
         * Levee refused or ended the call for any other reason.
         *
         * @param refusal open breaker, no permit, full bulkhead, empty retry budget, closed Levee
         * @return an exception that the client's users handle
         */
        Throwable refused(LeveeException refusal);
    }

    /**
     * Translates.
     *
     * @param thrown what the engine threw
     * @param words the client's
     * @return what the client's caller gets
     */
    public static Throwable translated(Throwable thrown, Words words) {
        if (thrown instanceof CallCancelledException cancelled) {
            return words.cancelled(cancelled);
        }
        if (thrown instanceof DeadlineExceededException || thrown instanceof AttemptTimeoutException) {
            return words.timeout(thrown);
        }
        return thrown instanceof LeveeException refusal ? words.refused(refusal) : thrown;
    }

    /**
     * What is inside the wrapping that futures put round a failure.
     *
     * @param thrown a future's failure
     * @return the failure itself
     */
    public static Throwable unwrapped(Throwable thrown) {
        Throwable failure = thrown;
        while ((failure instanceof CompletionException || failure instanceof ExecutionException)
                && failure.getCause() != null) {
            failure = failure.getCause();
        }
        return failure;
    }
}
