package io.levee.http;

import io.levee.Levee;
import io.levee.http.shared.HttpOptions;
import io.levee.http.shared.HttpRules;
import io.levee.http.shared.options.HttpAdapterBuilder;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A {@link HttpClient} that sends every request under the protection of a {@link Levee}: drop-in for the one it wraps.
 *
 * <pre>{@code
 * HttpClient client = LeveeHttpClient.wrap(HttpClient.newHttpClient(), Levee.named("inventory").build());
 * HttpResponse<String> stock = client.send(request, BodyHandlers.ofString());
 * }</pre>
 *
 * <p>What it adds: GET, HEAD, OPTIONS, TRACE, PUT and DELETE (RFC 9110, section 9.2.2) and requests with an
 * {@code Idempotency-Key} are tried again as the Levee's policy says, all others only if they were provably not
 * processed. Every attempt's timeout is cut to the time that is left, and that time goes along in a header. The JDK
 * client's own silent second send is refused, so that every send passes breaker, limiter and retry budget.
 *
 * <p>What the caller gets:
 *
 * <ul>
 *   <li>the last response as a response, whatever its status, as the wrapped client would give it. The body handler is
 *       asked for that response only: an answer that may be followed by another attempt waits unread until that is
 *       decided;
 *   <li>the last attempt's exception, unchanged, with the earlier ones and Levee's note as suppressed;
 *   <li>{@link LeveeRefusedException} (an IOException) where Levee refused, {@link java.net.http.HttpTimeoutException}
 *       where the deadline passed, {@link InterruptedException} (flag cleared, as the JDK's client does it) where the
 *       thread was interrupted; each has Levee's own exception as its cause. A future fails with a
 *       {@link java.util.concurrent.CancellationException} where its scope was cancelled.
 * </ul>
 *
 * <p>Not guaranteed: a response that breaks off in the middle of its body is not tried again where the body goes to a
 * file, a consumer, a subscriber, or a subscriber of a class that is not the JDK's (see {@link Builder#freshBodies});
 * a body that is streamed to the caller is the caller's from its head on; WebSockets are the wrapped client's.
 *
 * <p>Thread-safe. Wrap the JDK's client directly and put other wrappers outside: only directly can its own resends be
 * told from others'.
 */
public final class LeveeHttpClient extends HttpClient {
    private final Settings settings;

    private LeveeHttpClient(Settings settings) {
        this.settings = settings;
    }

    /**
     * Wraps a client, with the defaults of {@link Builder}.
     *
     * @param client sends the attempts; remains the caller's
     * @param levee decides; remains the caller's
     * @return a client
     */
    public static LeveeHttpClient wrap(HttpClient client, Levee levee) {
        return builder(client, levee).build();
    }

    /**
     * Begins to set up a client.
     *
     * @param client sends the attempts; remains the caller's
     * @param levee decides; remains the caller's
     * @return a builder with the defaults
     */
    public static Builder builder(HttpClient client, Levee levee) {
        return new Builder(client, levee);
    }

    /**
     * Sends a request and waits.
     *
     * @throws LeveeRefusedException if Levee refused the request
     * @throws java.net.http.HttpTimeoutException if the request's own timeout, the attempt timeout or the deadline passed
     * @throws IOException what the last attempt threw
     * @throws InterruptedException if the thread was interrupted; its interrupt flag is then cleared
     */
    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> responseBodyHandler)
            throws IOException, InterruptedException {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(responseBodyHandler, "responseBodyHandler");
        return new HttpCall<>(settings, request, responseBodyHandler, null).send();
    }

    /**
     * Sends a request without waiting.
     *
     * @return completes on every path; cancelling it, or a future that depends on it, ends the attempt that runs and
     *     sends no other
     */
    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> responseBodyHandler) {
        return sendAsync(request, responseBodyHandler, null);
    }

    /**
     * Sends a request without waiting. Pushes are handed on as they come, those of an attempt that fails later included.
     *
     * @return completes on every path; cancelling it, or a future that depends on it, ends the attempt that runs and
     *     sends no other
     */
    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request,
            BodyHandler<T> responseBodyHandler,
            @Nullable PushPromiseHandler<T> pushPromiseHandler) {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(responseBodyHandler, "responseBodyHandler");
        return new HttpCall<>(settings, request, responseBodyHandler, pushPromiseHandler).sendAsync();
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return settings.client().cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return settings.client().connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return settings.client().followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return settings.client().proxy();
    }

    @Override
    public SSLContext sslContext() {
        return settings.client().sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return settings.client().sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return settings.client().authenticator();
    }

    @Override
    public Version version() {
        return settings.client().version();
    }

    @Override
    public Optional<Executor> executor() {
        return settings.client().executor();
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return settings.client().newWebSocketBuilder();
    }

    // The methods below override those that HttpClient has from JDK 21 on; on 17 they are new and do nothing.

    /** Shuts the wrapped client down in the orderly way; does nothing before JDK 21. The Levee stays open. */
    @SuppressWarnings("MissingOverride")
    public void shutdown() {
        Newer.shutdown(settings.client());
    }

    /**
     * Waits for the wrapped client's end.
     *
     * @param duration the longest wait
     * @return true if it has ended; false at once before JDK 21
     * @throws InterruptedException if the thread is interrupted
     */
    @SuppressWarnings("MissingOverride")
    public boolean awaitTermination(Duration duration) throws InterruptedException {
        return Newer.awaitTermination(settings.client(), Objects.requireNonNull(duration, "duration"));
    }

    /**
     * Tells whether the wrapped client has ended.
     *
     * @return false before JDK 21
     */
    @SuppressWarnings("MissingOverride")
    public boolean isTerminated() {
        return Newer.isTerminated(settings.client());
    }

    /** Ends the wrapped client and what it is doing; does nothing before JDK 21. The Levee stays open. */
    @SuppressWarnings("MissingOverride")
    public void shutdownNow() {
        Newer.shutdownNow(settings.client());
    }

    /** Shuts the wrapped client down and waits for its end; does nothing before JDK 21. The Levee stays open. */
    @SuppressWarnings("MissingOverride")
    public void close() {
        Newer.close(settings.client());
    }

    @Override
    public String toString() {
        return "LeveeHttpClient[" + settings.options().levee().name() + ", " + settings.client() + "]";
    }

    /** For tests: the bytes of bodies that are kept for replay at this moment. */
    long replayBytesInUse() {
        return settings.options().quota().used();
    }

    private static Sending.Witness witnessIn(HttpClient client) {
        if (!JdkClient.isOriginal(client)) {
            return Sending.Witness.NONE;
        }
        return client.followRedirects() == Redirect.NEVER
                        && client.authenticator().isEmpty()
                ? Sending.Witness.EVERY_SEND_ONCE
                : Sending.Witness.EVERY_SEND;
    }

    /** Sets up a {@link LeveeHttpClient}. Bodies of {@code ofString}, {@code ofByteArray} and {@code ofFile} need no copy for another
     * attempt. Not thread-safe. */
    public static final class Builder extends HttpAdapterBuilder<Builder> {
        private final HttpClient client;
        private Function<? super HttpRequest, String> operation = Builder::methodAndHost;
        private boolean guardBodyless = true;
        private boolean freshBodies;

        private Builder(HttpClient client, Levee levee) {
            super(levee);
            this.client = Objects.requireNonNull(client, "client");
        }

        /**
         * Sets how calls are named in metrics, spans and logs. Default: method and host, {@code GET inventory.example},
         * never path or query, whose values have no bound.
         *
         * @param naming given the caller's request; answers a name of low cardinality
         * @return this
         */
        public Builder operation(Function<? super HttpRequest, String> naming) {
            operation = Objects.requireNonNull(naming, "operation");
            return this;
        }

        /**
         * Sets whether the JDK client's own resend of GET, HEAD and other requests without a body is refused, too. It
         * takes an empty body publisher to notice it, and with that HTTP/1.1 requests carry {@code Content-Length: 0}, as
         * they always do up to JDK 18 and not any more from JDK 19 on. Default true, since a resend goes round limiter,
         * breaker and retry budget: a downstream that closes connections unanswered would be sent twice what was
         * decided. Turn it off for a server that refuses a GET with that header. Requests with a body are guarded in any
         * case; clients that follow redirects or authenticate are not, as their second send is in order.
         *
         * @param guard false to leave requests without a body as they are
         * @return this
         */
        public Builder guardBodyless(boolean guard) {
            guardBodyless = guard;
            return this;
        }

        /**
         * Sets whether a response that breaks off in the middle may be followed by another attempt whatever body handler
         * reads it. Default false: only where the JDK's own subscribers for strings, bytes and nothing keep the half to
         * themselves. State true if your body handlers make a new subscriber each time and a half body fed to one does
         * no harm: handlers that parse JSON by {@code BodySubscribers.mapping}, for example. Never true with
         * {@code ofFile}, {@code ofByteArrayConsumer} or {@code fromSubscriber}.
         *
         * @param fresh true if every body subscriber is fresh and without side effects
         * @return this
         */
        public Builder freshBodies(boolean fresh) {
            freshBodies = fresh;
            return this;
        }

        /**
         * Makes the client.
         *
         * @return a client
         */
        public LeveeHttpClient build() {
            HttpOptions options = new HttpOptions(
                    levee(), replayBytesPerCall(), replayBytesPerClient(), keySource(), deadlineHeaderName());
            return new LeveeHttpClient(
                    new Settings(client, options, operation, guardBodyless, freshBodies, witnessIn(client)));
        }

        private static String methodAndHost(HttpRequest request) {
            return HttpRules.operation(request.method(), request.uri().getHost());
        }
    }
}
