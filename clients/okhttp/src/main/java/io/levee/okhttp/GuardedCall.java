package io.levee.okhttp;

import io.levee.Attempt;
import io.levee.Call;
import io.levee.CallCancelledException;
import io.levee.LeveeException;
import io.levee.Outcome;
import io.levee.Scope;
import io.levee.http.shared.Cutoff;
import io.levee.http.shared.HopHeaders;
import io.levee.http.shared.HttpOptions;
import io.levee.http.shared.HttpRules;
import io.levee.http.shared.HttpTarget;
import io.levee.http.shared.Refusals;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** One request on its way through the engine. For one thread, which OkHttp makes all of the call's interceptors run on. */
final class GuardedCall {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final HttpOptions options;
    private final Interceptor.Chain chain;
    private final Request request;
    private final ReplayedBody body;
    private final Sending.Current current;
    private final int servedAttempt;
    private final Call<Response> call;
    private Sending sending;

    /** An attempt died on a pooled connection: the others in the pool may be as stale, so later attempts use a fresh one. */
    private boolean poolIsStale;

    GuardedCall(HttpOptions options, Function<? super Request, String> operation, Interceptor.Chain chain) {
        this.options = options;
        this.chain = chain;
        this.current = Sending.current(chain.call());
        Request given = chain.request();
        boolean keyed = given.header(HttpRules.IDEMPOTENCY_KEY) != null;
        String key = options.newKey(given.method(), keyed);
        RequestBody givenBody = given.body();
        this.body = ReplayedBody.of(givenBody, options);
        Request.Builder prepared = given.newBuilder().method(given.method(), body.sent());
        this.request = (key == null ? prepared : prepared.header(HttpRules.IDEMPOTENCY_KEY, key)).build();
        this.servedAttempt = HopHeaders.servedHere(given.headers(HopHeaders.ATTEMPT));
        this.call = options.call(
                new HttpTarget(
                        operation.apply(given),
                        given.method(),
                        given.url().host(),
                        given.url().port(),
                        given.url()),
                keyed || key != null,
                this::outcome,
                Response::close);
        this.sending = newSending();
    }

    private Sending newSending() {
        Sending next = new Sending(!"websocket".equalsIgnoreCase(request.header("Upgrade")), chain.readTimeoutMillis());
        current.set(next);
        return next;
    }

    Response run() throws IOException {
        try (Scope.Attachment startedIn = current.attach();
                Scope scope = Scope.open();
                Scope.Registration ending = scope.onCancel(chain.call()::cancel)) {
            chain.call().addEventListener(new EventListener() {
                @Override
                public void canceled(okhttp3.Call cancelled) {
                    scope.cancel();
                }
            });
            if (chain.call().isCanceled()) {
                scope.cancel();
            }
            return options.levee().<Response, IOException>call(call, this::attempt);
        } catch (IOException | RuntimeException | Error thrown) {
            throw thrown(Refusals.translated(thrown, OkHttpWords.INSTANCE));
        } finally {
            current.close();
            body.end();
        }
    }

    private Response attempt(Attempt attempt) throws IOException {
        Sending attempted = newSending();
        sending = attempted;
        long left = attempt.remainingNanos();
        Interceptor.Chain timed = timed(left).withRetryOnConnectionFailure(false);
        if (poolIsStale) {
            timed = timed.withConnectionPool(new ConnectionPool(0, 1, TimeUnit.NANOSECONDS));
        }
        Response response;
        try (Cutoff cutoff = Cutoff.of(attempt, attempted::cut)) {
            response = timed.proceed(prepared(attempt, left));
        }
        // As in Sending.answered: the client has one timeout in the socket and one round it.
        response.body().source().timeout().timeout(chain.readTimeoutMillis(), TimeUnit.MILLISECONDS);
        Response shown = Wire.shown(response);
        return shown == null ? response : shown;
    }

    private Request prepared(Attempt attempt, long leftNanos) {
        Request.Builder copy = request.newBuilder();
        String number = HopHeaders.attempt(attempt.number(), servedAttempt);
        if (number != null) {
            copy.header(HopHeaders.ATTEMPT, number);
        }
        String header = options.deadlineHeader();
        if (header != null && leftNanos != Long.MAX_VALUE) {
            copy.header(header, HttpOptions.deadlineMillis(leftNanos, request.headers(header)));
        }
        attempt.inject(copy::header);
        return copy.build();
    }

    private Interceptor.Chain timed(long leftNanos) {
        if (leftNanos == Long.MAX_VALUE) {
            return chain;
        }
        // Up to the next millisecond, so that the engine's own timer comes first. 0 would mean no limit.
        int left = (int) Math.min(Integer.MAX_VALUE, leftNanos / NANOS_PER_MILLI + 2);
        return chain.withConnectTimeout(shorter(chain.connectTimeoutMillis(), left), TimeUnit.MILLISECONDS)
                .withReadTimeout(shorter(chain.readTimeoutMillis(), left), TimeUnit.MILLISECONDS)
                .withWriteTimeout(shorter(chain.writeTimeoutMillis(), left), TimeUnit.MILLISECONDS);
    }

    private static int shorter(int ownMillis, int leftMillis) {
        return ownMillis == 0 ? leftMillis : Math.min(ownMillis, leftMillis);
    }

    private Outcome outcome(@Nullable Response response, @Nullable Throwable failure) {
        Outcome outcome;
        if (response == null) {
            outcome = sending.outcome(failure == null ? new IllegalStateException("the chain answered null") : failure);
        } else {
            outcome = HttpRules.answered(
                            Outcome.value(response),
                            response.code(),
                            response.headers(HttpRules.RETRY_AFTER),
                            response.header(HttpRules.DATE),
                            response.headers(HopHeaders.SHOULD_RETRY))
                    .withConnectionReused(sending.connectionReused());
        }
        poolIsStale |= options.isStaleConnection(outcome);
        return outcome.withReplayable(body.replayable());
    }

    private static IOException thrown(Throwable translated) {
        if (translated instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (translated instanceof Error error) {
            throw error;
        }
        return translated instanceof IOException io ? io : new IOException(translated);
    }

    /** OkHttp's own words. */
    private enum OkHttpWords implements Refusals.Words {
        INSTANCE;

        @Override
        public Throwable timeout(Throwable late) {
            return new SocketTimeoutException(late.getMessage()).initCause(late);
        }

        @Override
        public Throwable cancelled(CallCancelledException cancelled) {
            return Thread.currentThread().isInterrupted()
                    ? new InterruptedIOException("interrupted").initCause(cancelled)
                    : new IOException("Canceled", cancelled);
        }

        @Override
        public Throwable refused(LeveeException refusal) {
            return new LeveeRefusedException(refusal);
        }
    }
}
