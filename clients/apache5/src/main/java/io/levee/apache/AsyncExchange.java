package io.levee.apache;

import io.levee.Attempt;
import io.levee.Call;
import io.levee.Outcome;
import io.levee.http.shared.HttpOptions;
import io.levee.http.shared.Refusals;
import io.levee.http.shared.ResponseFuture;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

/**
 * One request of an asynchronous client on its way through the engine. The engine starts an attempt only after it has read
 * the outcome of the one before, each on a lease of its own, so that an answer that is thrown away can go on draining.
 */
@SuppressWarnings("FutureReturnValueIgnored") // callbacks are registered; their own completion tells nothing more
final class AsyncExchange {
    private final HttpOptions options;
    private final HttpRequest request;
    private final AsyncExecChain.Scope scope;
    private final AsyncExecChain chain;
    private final AsyncExecCallback callback;
    private final Headers headers;
    private final ReplayedProducer body;
    private final Call<AsyncAnswer> call;

    /** The attempt that runs, or the last one. Written when one starts, read by the engine and by whoever cancels. */
    private volatile @Nullable AsyncAttempt current;

    private volatile boolean poolIsStale;

    AsyncExchange(
            HttpOptions options,
            String operation,
            HttpRequest request,
            @Nullable AsyncEntityProducer producer,
            AsyncExecChain.Scope scope,
            AsyncExecChain chain,
            AsyncExecCallback callback) {
        this.options = options;
        this.request = request;
        this.scope = scope;
        this.chain = chain;
        this.callback = callback;
        this.headers = new Headers(options, request);
        this.body = new ReplayedProducer(producer, options);
        this.call = options.call(
                Headers.target(operation, request, scope.route), headers.keyed(), this::outcome, AsyncAnswer::discard);
    }

    void start() {
        CompletableFuture<AsyncAnswer> answer = options.levee().callAsync(call, this::attempt);
        scope.cancellableDependency.setDependency(() -> {
            boolean cancelled = answer.cancel(true);
            AsyncAttempt running = current;
            if (running != null) {
                running.abort();
            }
            return cancelled;
        });
        answer.whenComplete((response, failure) -> {
            body.end();
            if (failure == null) {
                response.deliver(callback);
            } else {
                callback.failed(failed(failure));
            }
        });
    }

    private CompletableFuture<AsyncAnswer> attempt(Attempt attempt) throws HttpException, IOException {
        AsyncAttempt next = new AsyncAttempt(scope, callback);
        current = next;
        next.start(chain, request, headers, attempt, body.next(), poolIsStale);
        return next.answer();
    }

    private Outcome outcome(@Nullable AsyncAnswer answer, @Nullable Throwable failure) {
        AsyncAttempt made = current;
        EndpointDetails connection = made == null ? null : made.connection();
        Outcome outcome = answer == null
                ? Witness.failed(
                        connection,
                        failure == null ? new IllegalStateException("the chain answered nothing") : failure,
                        !poolIsStale)
                : Witness.answered(connection, answer, answer.response());
        if (options.isStaleConnection(outcome)) {
            poolIsStale = true;
        }
        return outcome.withReplayable(body.replayable());
    }

    private static Exception failed(Throwable thrown) {
        Throwable failure = Refusals.translated(Refusals.unwrapped(thrown), ApacheWords.INSTANCE);
        if (failure instanceof CancellationException) {
            return (Exception) new InterruptedIOException("Request aborted").initCause(failure);
        }
        return failure instanceof Exception known ? known : new IOException(failure);
    }

    /** What completes when an attempt's head has come; the engine cancels it when the attempt is to end. */
    static ResponseFuture<AsyncAnswer> answerOf(AsyncAttempt attempt) {
        return new ResponseFuture<>(attempt::abort);
    }
}
