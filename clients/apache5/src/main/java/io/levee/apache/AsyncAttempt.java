package io.levee.apache;

import io.levee.Attempt;
import io.levee.http.shared.ResponseFuture;
import java.io.IOException;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.concurrent.ComplexCancellable;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.support.BasicRequestBuilder;
import org.jspecify.annotations.Nullable;

/** One attempt of an asynchronous client: its lease, its cancellation, and what the client reports. Thread-safe. */
final class AsyncAttempt implements AsyncExecCallback {
    /** How many pooled connections are closed in search of a fresh one; beyond, the pool is taken as it is. */
    private static final int MOST_CLOSED = 64;

    private final AsyncExecChain.Scope call;
    private final AsyncExecCallback callersOwn;
    private final AsyncExecRuntime runtime;
    private final CancellableDependency cancellation = new ComplexCancellable();
    private final ResponseFuture<AsyncAnswer> answer = AsyncExchange.answerOf(this);
    private volatile @Nullable AsyncAnswer answered;

    AsyncAttempt(AsyncExecChain.Scope call, AsyncExecCallback callersOwn) {
        this.call = call;
        this.callersOwn = callersOwn;
        this.runtime = call.execRuntime.fork();
    }

    ResponseFuture<AsyncAnswer> answer() {
        return answer;
    }

    void start(
            AsyncExecChain chain,
            HttpRequest request,
            Headers headers,
            Attempt engines,
            @Nullable AsyncEntityProducer body,
            boolean onFreshConnection)
            throws HttpException, IOException {
        Witness.begin(call.clientContext);
        HttpRequest copy = BasicRequestBuilder.copy(request).build();
        headers.into(copy, engines);
        AsyncExecChain.Scope own = new AsyncExecChain.Scope(
                call.exchangeId,
                call.route,
                call.originalRequest,
                cancellation,
                call.clientContext,
                runtime,
                call.scheduler,
                call.execCount);
        if (onFreshConnection) {
            acquireFresh(MOST_CLOSED, () -> chain.proceed(copy, body, own, this));
        } else {
            chain.proceed(copy, body, own, this);
        }
    }

    /** What may fail as the client's chain does. */
    private interface Step {
        void run() throws HttpException, IOException;
    }

    /** Leases connections and closes those from the pool until one is yet to be connected. */
    private void acquireFresh(int closable, Step next) {
        FutureCallback<AsyncExecRuntime> leased = new FutureCallback<>() {
            @Override
            public void completed(AsyncExecRuntime lease) {
                if (runtime.isEndpointConnected() && closable > 0) {
                    runtime.discardEndpoint();
                    acquireFresh(closable - 1, next);
                    return;
                }
                try {
                    next.run();
                } catch (HttpException | IOException | RuntimeException e) {
                    AsyncAttempt.this.failed(e);
                }
            }

            @Override
            public void failed(Exception e) {
                AsyncAttempt.this.failed(e);
            }

            @Override
            public void cancelled() {
                AsyncAttempt.this.failed(new java.io.InterruptedIOException("cancelled"));
            }
        };
        cancellation.setDependency(runtime.acquireEndpoint(
                call.exchangeId, call.route, call.clientContext.getUserToken(), call.clientContext, leased));
    }

    @Nullable
    EndpointDetails connection() {
        return call.clientContext.getEndpointDetails();
    }

    /** Any thread: nobody wants this attempt any more. */
    void abort() {
        cancellation.cancel();
        runtime.discardEndpoint();
    }

    @Override
    public @Nullable AsyncDataConsumer handleResponse(HttpResponse response, @Nullable EntityDetails entity)
            throws HttpException, IOException {
        AsyncAnswer head = new AsyncAnswer(response, entity, runtime);
        answered = head;
        if (!answer.complete(head)) {
            head.discard();
        }
        return entity == null ? null : head;
    }

    @Override
    public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
        callersOwn.handleInformationResponse(response);
    }

    @Override
    public void completed() {
        AsyncAnswer head = answered;
        if (head == null) {
            failed(new IOException("the exchange ended without an answer"));
        } else {
            head.completed();
        }
    }

    @Override
    public void failed(Exception cause) {
        runtime.discardEndpoint();
        AsyncAnswer head = answered;
        if (head == null) {
            answer.completeExceptionally(cause);
        } else {
            head.failed(cause);
        }
    }
}
