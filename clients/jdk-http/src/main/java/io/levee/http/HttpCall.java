package io.levee.http;

import io.levee.Attempt;
import io.levee.Call;
import io.levee.Outcome;
import io.levee.Verdict;
import io.levee.http.shared.HopHeaders;
import io.levee.http.shared.HttpOptions;
import io.levee.http.shared.HttpRules;
import io.levee.http.shared.HttpTarget;
import io.levee.http.shared.ResponseFuture;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through the engine: makes the attempts, translates what they end with. Belongs to one call; the
 * engine starts an attempt only after it has read the outcome of the one before.
 */
@SuppressWarnings("FutureReturnValueIgnored") // callbacks are registered; their own completion tells nothing more
final class HttpCall<T extends @Nullable Object> {
    private final Settings settings;
    private final HttpRequest request;
    private final BodyHandler<T> handler;
    private final @Nullable PushPromiseHandler<T> pushes;
    private final RequestBody body;
    private final @Nullable String key;
    private final int servedAttempt;
    private final Call<LeveeResponse<T>> call;

    /** The attempt that runs, or the last one. Written when one starts, read by the engine's thread when it has ended. */
    private volatile @Nullable Sending sending;

    /** What the wrapped client said of the request itself instead of sending it. */
    private volatile @Nullable RuntimeException unsendable;

    HttpCall(Settings settings, HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushes) {
        this.settings = settings;
        this.request = request;
        this.handler = handler;
        this.pushes = pushes;
        BodyPublisher publisher = request.bodyPublisher().orElse(null);
        this.body = publisher == null
                ? RequestBody.NONE
                : RequestBody.of(
                        publisher,
                        settings.options().quota(),
                        settings.options().maxReplayBytesPerCall());
        HttpOptions options = settings.options();
        boolean keyed = request.headers().firstValue(HttpRules.IDEMPOTENCY_KEY).isPresent();
        this.key = options.newKey(request.method(), keyed);
        this.servedAttempt = HopHeaders.servedHere(request.headers().allValues(HopHeaders.ATTEMPT));
        this.call = options.call(
                new HttpTarget(
                        settings.operation().apply(request),
                        request.method(),
                        request.uri().getHost(),
                        request.uri().getPort(),
                        request.uri()),
                keyed || key != null,
                this::outcome,
                LeveeResponse::discard);
    }

    HttpResponse<T> send() throws IOException, InterruptedException {
        LeveeResponse<T> response;
        try {
            response = settings.options().levee().<LeveeResponse<T>, Exception>call(call, this::attempt);
        } catch (Exception thrown) {
            throw rethrown(Translation.ofSend(thrown));
        } finally {
            body.end();
        }
        return response.waits() ? read(response) : response;
    }

    private LeveeResponse<T> attempt(Attempt attempt) throws IOException, InterruptedException {
        Sending way = start();
        HttpResponse<Reply<T>> response = settings.client().send(prepared(attempt, way), replies(attempt, way));
        return new LeveeResponse<>(response, request, attempt.remainingNanos());
    }

    CompletableFuture<HttpResponse<T>> sendAsync() {
        Cancellation cancellation = new Cancellation();
        CompletableFuture<LeveeResponse<T>> answer = settings.options().levee().callAsync(call, this::attemptAsync);
        RuntimeException refused = unsendable;
        if (refused != null && answer.isCompletedExceptionally()) {
            // The JDK's client throws this at once instead of failing the future.
            body.end();
            throw refused;
        }
        ResponseFuture<HttpResponse<T>> result = new ResponseFuture<>(cancellation);
        cancellation.ends(() -> answer.cancel(true));
        answer.whenComplete((response, failure) -> {
            body.end();
            if (failure != null) {
                result.completeExceptionally(Translation.ofSendAsync(failure));
            } else if (response.waits()) {
                readAsync(response, result, cancellation);
            } else if (!result.complete(response)) {
                response.discard();
            }
        });
        return result;
    }

    private CompletableFuture<LeveeResponse<T>> attemptAsync(Attempt attempt) {
        Sending way = start();
        HttpRequest prepared = prepared(attempt, way);
        BodyHandler<Reply<T>> replies = replies(attempt, way);
        PushPromiseHandler<T> given = pushes;
        CompletableFuture<HttpResponse<Reply<T>>> exchange;
        try {
            exchange = given == null
                    ? settings.client().sendAsync(prepared, replies)
                    : settings.client().sendAsync(prepared, replies, pushed(given));
        } catch (IllegalArgumentException notSendable) {
            unsendable = notSendable;
            throw notSendable;
        }
        ResponseFuture<LeveeResponse<T>> result = new ResponseFuture<>(() -> exchange.cancel(true));
        // The body is read or waits when the future completes, so what is left for a late one is measured at the start.
        long left = attempt.remainingNanos();
        exchange.whenComplete((response, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else {
                LeveeResponse<T> answer = new LeveeResponse<>(response, request, left);
                if (!result.complete(answer)) {
                    answer.discard();
                }
            }
        });
        return result;
    }

    private PushPromiseHandler<Reply<T>> pushed(PushPromiseHandler<T> given) {
        return (initiating, promised, acceptor) -> given.applyPushPromise(
                request,
                promised,
                pushHandler -> acceptor.apply(Reply.pushed(pushHandler))
                        .thenApply(response -> new LeveeResponse<>(response, promised, 0)));
    }

    private Sending start() {
        Sending way = new Sending(body, request.method(), witness());
        sending = way;
        return way;
    }

    private Sending.Witness witness() {
        return isWatched() ? settings.witness() : Sending.Witness.NONE;
    }

    /** Whether the wrapped client gets a publisher of ours, as it does unless it would get none at all. */
    private boolean isWatched() {
        return request.bodyPublisher().isPresent()
                || (settings.guardBodyless() && settings.witness() == Sending.Witness.EVERY_SEND_ONCE);
    }

    private HttpRequest prepared(Attempt attempt, Sending way) {
        HttpRequest.Builder copy = HttpRequest.newBuilder(request, (name, value) -> true);
        if (isWatched()) {
            copy.method(request.method(), way);
        }
        if (key != null) {
            copy.setHeader(HttpRules.IDEMPOTENCY_KEY, key);
        }
        String number = HopHeaders.attempt(attempt.number(), servedAttempt);
        if (number != null) {
            copy.setHeader(HopHeaders.ATTEMPT, number);
        }
        Duration left = shorter(request.timeout().orElse(null), attempt.remaining());
        if (left != null) {
            // The client takes no timeout of zero; the engine's own cuts the attempt as short as it must be.
            copy.timeout(left.isZero() ? Duration.ofMillis(1) : left);
            String header = settings.options().deadlineHeader();
            if (header != null) {
                List<String> given = request.headers().allValues(header);
                copy.setHeader(header, HttpOptions.deadlineMillis(attemptNanos(left), given));
            }
        }
        attempt.inject(copy::setHeader);
        return copy.build();
    }

    /** A request's own timeout may be longer than nanoseconds can say. */
    private static long attemptNanos(Duration left) {
        try {
            return left.toNanos();
        } catch (ArithmeticException beyond) {
            return Long.MAX_VALUE;
        }
    }

    private static @Nullable Duration shorter(@Nullable Duration a, @Nullable Duration b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.compareTo(b) <= 0 ? a : b;
    }

    private BodyHandler<Reply<T>> replies(Attempt attempt, Sending way) {
        int number = attempt.number();
        return Reply.handler(handler, way, status -> mayRetry(status, number), settings.freshBodies());
    }

    /** Asks the engine whether an answer with this status could be followed by another attempt. */
    private boolean mayRetry(int status, int attempt) {
        if (!HttpRules.isStatus(status)) {
            return false;
        }
        try {
            return settings.options()
                            .levee()
                            .explain(Outcome.value(null).withStatus(status), true, attempt, Duration.ZERO)
                            .verdict()
                    == Verdict.Kind.RETRYABLE;
        } catch (RuntimeException ruleNeedsTheBody) {
            // A user's rule on results cannot judge the bare status. It gets the response when it has been read.
            return false;
        }
    }

    private Outcome outcome(@Nullable LeveeResponse<T> response, @Nullable Throwable failure) {
        Sending way = sending;
        if (failure != null || response == null) {
            Throwable thrown = failure == null ? new IllegalStateException("the client answered null") : failure;
            return way == null ? Outcome.failure(thrown) : way.outcome(thrown);
        }
        HttpHeaders headers = response.headers();
        Outcome outcome = HttpRules.answered(
                Outcome.value(response),
                response.statusCode(),
                headers.allValues(HttpRules.RETRY_AFTER),
                headers.firstValue(HttpRules.DATE).orElse(null),
                headers.allValues(HopHeaders.SHOULD_RETRY));
        return way == null || way.replayable() ? outcome : outcome.withReplayable(false);
    }

    /** The engine has ended the call with a response whose body still waits: now it is the caller's. */
    private HttpResponse<T> read(LeveeResponse<T> response) throws IOException, InterruptedException {
        LateReader<T> reader = LateReader.start(response.reply(), handler);
        long left = response.attemptLeftNanos();
        try {
            CompletableFuture<T> read = reader.body();
            return response.withBody(left == Long.MAX_VALUE ? read.get() : read.get(left, TimeUnit.NANOSECONDS));
        } catch (InterruptedException interrupted) {
            reader.cancel();
            throw interrupted;
        } catch (TimeoutException late) {
            reader.cancel();
            throw bodyTimeout(response);
        } catch (ExecutionException failed) {
            throw rethrown(Translation.ofBody(failed));
        }
    }

    private void readAsync(
            LeveeResponse<T> response, ResponseFuture<HttpResponse<T>> result, Cancellation cancellation) {
        LateReader<T> reader;
        try {
            reader = LateReader.start(response.reply(), handler);
        } catch (Throwable broken) {
            response.discard();
            result.completeExceptionally(broken);
            return;
        }
        cancellation.ends(reader::cancel);
        CompletableFuture<T> read = new CompletableFuture<>();
        executor().execute(() -> {
            // May block, as a mapped input stream's does.
            try {
                reader.body().whenComplete((value, failure) -> {
                    if (failure != null) {
                        read.completeExceptionally(failure);
                    } else {
                        read.complete(value);
                    }
                });
            } catch (Throwable broken) {
                read.completeExceptionally(broken);
            }
        });
        if (response.attemptLeftNanos() != Long.MAX_VALUE) {
            read.orTimeout(response.attemptLeftNanos(), TimeUnit.NANOSECONDS);
        }
        read.whenComplete((value, failure) -> {
            if (failure instanceof TimeoutException) {
                reader.cancel();
                result.completeExceptionally(bodyTimeout(response));
            } else if (failure != null) {
                result.completeExceptionally(Translation.ofBody(failure));
            } else if (!result.complete(response.withBody(value))) {
                response.withBody(value).discard();
            }
        });
    }

    private Executor executor() {
        return settings.client().executor().orElseGet(() -> new CompletableFuture<Void>().defaultExecutor());
    }

    private static HttpTimeoutException bodyTimeout(LeveeResponse<?> response) {
        return new HttpTimeoutException("the body of the response with status " + response.statusCode()
                + " did not come within the attempt's time");
    }

    private static IOException rethrown(Throwable thrown) throws IOException, InterruptedException {
        if (thrown instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (thrown instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof IOException io ? io : new IOException(thrown);
    }
}
