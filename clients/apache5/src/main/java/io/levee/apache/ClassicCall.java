package io.levee.apache;

import io.levee.Attempt;
import io.levee.Call;
import io.levee.Outcome;
import io.levee.Scope;
import io.levee.http.shared.BodyRecord;
import io.levee.http.shared.Cutoff;
import io.levee.http.shared.HttpOptions;
import io.levee.http.shared.HttpRules;
import io.levee.http.shared.Refusals;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.jspecify.annotations.Nullable;

/** One request of a classic client on its way through the engine. For one thread. */
final class ClassicCall {
    private final HttpOptions options;
    private final ClassicHttpRequest request;
    private final ExecChain.Scope scope;
    private final ExecChain chain;
    private final ExecRuntime runtime;
    private final HttpClientContext context;
    private final Headers headers;
    private final @Nullable HttpEntity entity;
    private final @Nullable BodyRecord record;
    private final Call<ClassicHttpResponse> call;

    /** What cancels the caller's request object; null if that is of a kind that cannot be cancelled. */
    private final @Nullable CancellableDependency cancellable;

    /** An attempt died on a pooled connection: the others in the pool may be as stale, so later attempts use a fresh one. */
    private boolean poolIsStale;

    ClassicCall(
            HttpOptions options, String operation, ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) {
        this.options = options;
        this.request = request;
        this.scope = scope;
        this.chain = chain;
        this.runtime = scope.execRuntime;
        this.context = scope.clientContext;
        this.headers = new Headers(options, request);
        HttpEntity given = request.getEntity();
        boolean once = given != null && !given.isRepeatable();
        this.record = once ? new BodyRecord(options) : null;
        this.entity = given != null && record != null ? new RecordedEntity(given, record) : given;
        this.call = options.call(
                Headers.target(operation, request, scope.route), headers.keyed(), this::outcome, this::discard);
        this.cancellable = scope.originalRequest instanceof CancellableDependency known ? known : null;
    }

    ClassicHttpResponse run() throws IOException, HttpException {
        try (Scope own = Scope.open();
                Scope.Registration ending = own.onCancel(runtime::discardEndpoint)) {
            Cancellable canceller = () -> {
                own.cancel();
                return true;
            };
            cancelledBy(canceller);
            ClassicHttpResponse response =
                    options.levee().<ClassicHttpResponse, Exception>call(call, attempt -> attempt(attempt, canceller));
            if (runtime instanceof Cancellable connection) {
                // As without Levee: cancelling the request now ends the reading of the body.
                cancelledBy(connection);
            }
            return response;
        } catch (Exception | Error thrown) {
            throw thrown(Refusals.translated(thrown, ApacheWords.INSTANCE));
        } finally {
            if (record != null) {
                record.end();
            }
        }
    }

    /** Runs it at once if the request was cancelled before. While an attempt runs, the client has its own here. */
    private void cancelledBy(Cancellable canceller) {
        if (cancellable != null) {
            cancellable.setDependency(canceller);
        }
    }

    private ClassicHttpResponse attempt(Attempt attempt, Cancellable canceller) throws IOException, HttpException {
        Witness.begin(context);
        try (Cutoff cutoff = Cutoff.of(attempt, runtime::discardEndpoint)) {
            if (poolIsStale) {
                acquireFresh();
            }
            return chain.proceed(prepared(attempt), scope);
        } catch (IOException | HttpException | RuntimeException failed) {
            // The client does so as well where it has the connection in hand; a failure before that leaves it leased.
            runtime.discardEndpoint();
            throw failed;
        } finally {
            cancelledBy(canceller);
        }
    }

    private ClassicHttpRequest prepared(Attempt attempt) {
        ClassicHttpRequest copy = ClassicRequestBuilder.copy(request).build();
        copy.setEntity(entity);
        headers.into(copy, attempt);
        return copy;
    }

    /** Leases a connection and, if it is one from the pool, closes it: the client then connects it anew. */
    private void acquireFresh() throws IOException {
        if (!runtime.isEndpointAcquired()) {
            runtime.acquireEndpoint(scope.exchangeId, scope.route, context.getUserToken(), context);
        }
        if (runtime.isEndpointConnected()) {
            runtime.disconnectEndpoint();
        }
    }

    private Outcome outcome(@Nullable ClassicHttpResponse response, @Nullable Throwable failure) {
        Outcome outcome = response == null
                ? Witness.failed(
                        context.getEndpointDetails(),
                        failure == null ? new IllegalStateException("the chain answered null") : failure,
                        !poolIsStale)
                : Witness.answered(context.getEndpointDetails(), response, response);
        poolIsStale |= options.isStaleConnection(outcome);
        return outcome.withReplayable(record == null || record.replayable());
    }

    /** Reads what is short and comes soon, so that the connection can be used again; else closes it. */
    private void discard(ClassicHttpResponse response) {
        boolean drained = false;
        try {
            drained = drain(response.getEntity());
        } catch (IOException | RuntimeException broken) {
            // Nothing to use again.
        }
        if (!drained) {
            // Before the response is closed: its stream would be read to its end, however far that is.
            runtime.discardEndpoint();
        }
        try {
            response.close();
        } catch (IOException | RuntimeException gone) {
            // It was to be thrown away.
        }
    }

    private boolean drain(@Nullable HttpEntity unwanted) throws IOException {
        if (unwanted == null) {
            return true;
        }
        if (unwanted.getContentLength() > HttpRules.MAX_DRAIN_BYTES) {
            return false;
        }
        long limit = TimeUnit.MILLISECONDS.toNanos(HttpRules.MAX_DRAIN_MILLIS);
        try (Cutoff cutoff = Cutoff.after(limit, runtime::discardEndpoint)) {
            InputStream in = unwanted.getContent();
            boolean whole = in.readNBytes((int) HttpRules.MAX_DRAIN_BYTES + 1).length <= HttpRules.MAX_DRAIN_BYTES;
            if (whole) {
                in.close();
            }
            return whole;
        }
    }

    private static IOException thrown(Throwable translated) throws HttpException {
        if (translated instanceof HttpException protocol) {
            throw protocol;
        }
        if (translated instanceof RuntimeException runtimeException) {
            throw runtimeException;
        }
        if (translated instanceof Error error) {
            throw error;
        }
        return translated instanceof IOException io ? io : new IOException(translated);
    }
}
