package io.levee.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The response of one attempt. Where another attempt may follow, its body is still on the connection: {@link #body()} is
 * null then, until it is read for the caller or discarded.
 */
final class LeveeResponse<T extends @Nullable Object> implements HttpResponse<T> {
    private final HttpResponse<Reply<T>> response;
    private final HttpRequest original;
    private final long attemptLeftNanos;
    private @Nullable T body;

    /**
     * A response.
     *
     * @param response the wrapped client's
     * @param original the request as the caller made it
     * @param attemptLeftNanos time left of the attempt when the response came
     */
    LeveeResponse(HttpResponse<Reply<T>> response, HttpRequest original, long attemptLeftNanos) {
        this.response = response;
        this.original = original;
        this.attemptLeftNanos = attemptLeftNanos;
        this.body = response.body() == null ? null : response.body().body();
    }

    /** Whether the body waits to be read. */
    boolean waits() {
        return response.body() != null && response.body().waiting() != null;
    }

    Reply<T> reply() {
        return response.body();
    }

    /** How long the body may take; {@link Long#MAX_VALUE} for no limit. */
    long attemptLeftNanos() {
        return attemptLeftNanos;
    }

    LeveeResponse<T> withBody(@Nullable T read) {
        body = read;
        return this;
    }

    /** Nobody will get this response. Frees its connection. Does not block. */
    void discard() {
        Reply<T> reply = response.body();
        Flow.Publisher<List<ByteBuffer>> waiting = reply == null ? null : reply.waiting();
        Object read = body;
        if (waiting != null) {
            Drain.of(waiting, headers().firstValueAsLong("Content-Length").orElse(-1));
        } else if (read instanceof AutoCloseable open) {
            try {
                open.close();
            } catch (Exception gone) {
                // It was to be thrown away.
            }
        } else if (read instanceof Flow.Publisher<?> publisher) {
            publisher.subscribe(new Refusal());
        }
    }

    @Override
    public int statusCode() {
        return response.statusCode();
    }

    /** The caller's own request, unless the wrapped client was sent on to another. */
    @Override
    public HttpRequest request() {
        HttpRequest sent = response.request();
        return sent.uri().equals(original.uri()) && sent.method().equals(original.method()) ? original : sent;
    }

    @Override
    public Optional<HttpResponse<T>> previousResponse() {
        return response.previousResponse().map(previous -> new LeveeResponse<>(previous, original, 0));
    }

    @Override
    public HttpHeaders headers() {
        return response.headers();
    }

    @Override
    @SuppressWarnings("NullAway") // HttpResponse.body() may be null: T says so
    public T body() {
        return body;
    }

    @Override
    public Optional<SSLSession> sslSession() {
        return response.sslSession();
    }

    @Override
    public URI uri() {
        return response.uri();
    }

    @Override
    public HttpClient.Version version() {
        return response.version();
    }

    /**
     * The connection's label; overrides the method that HttpResponse has from JDK 25 on.
     *
     * @return the label of the wrapped client's response, empty before JDK 25
     */
    @SuppressWarnings({"MissingOverride", "unused"})
    public Optional<String> connectionLabel() {
        return Newer.connectionLabel(response);
    }

    @Override
    public String toString() {
        return "(" + request().method() + " " + uri() + ") " + statusCode();
    }

    /** Takes nothing. */
    private static final class Refusal implements Flow.Subscriber<Object> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(Object item) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }
}
