package io.levee.apache;

import io.levee.Levee;
import io.levee.http.shared.HttpOptions;
import io.levee.http.shared.HttpRules;
import io.levee.http.shared.options.HttpAdapterBuilder;
import java.util.Objects;
import java.util.function.BiFunction;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.impl.async.H2AsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.HttpRequest;

/**
 * Puts Apache HttpClient 5, classic or asynchronous, under the protection of a {@link Levee}:
 *
 * <pre>{@code
 * Levee levee = Levee.named("inventory").build();
 * CloseableHttpClient client = LeveeExec.install(HttpClientBuilder.create(), levee).build();
 * CloseableHttpAsyncClient async = LeveeExec.install(HttpAsyncClientBuilder.create(), levee).build();
 * }</pre>
 *
 * <p>GET, HEAD, OPTIONS, TRACE, PUT and DELETE (RFC 9110, section 9.2.2) and requests with an {@code Idempotency-Key} are
 * tried again as the Levee's policy says, all others only if they were provably not processed. The client's own retries,
 * which repeat a POST after a 503, are switched off, so that every one passes breaker, limiter and retry budget; redirects
 * and authentication go on within an attempt. The time left goes along in a header.
 *
 * <p>What the caller gets: the last response whatever its status, its body still to be read; the last attempt's exception,
 * unchanged, with the earlier ones and Levee's note as suppressed; {@link LeveeRefusedException} where Levee refused;
 * {@link java.net.SocketTimeoutException} where the deadline passed; {@link java.io.InterruptedIOException} where the request
 * was cancelled or its thread interrupted (flag set). An attempt ends with the response's head: a body that breaks off
 * afterwards is the caller's.
 *
 * <p>Handlers that are put first afterwards run once a call, those behind once an attempt. What is installed is thread-safe.
 */
public final class LeveeExec {
    /** The name of the handler in the client's chain. */
    public static final String NAME = "LEVEE";

    private LeveeExec() {}

    /**
     * Puts a Levee into a classic client, with the defaults of {@link Builder}.
     *
     * @param client gets an exec handler; its own retries are switched off
     * @param levee decides; remains the caller's
     * @return the client's builder
     */
    public static HttpClientBuilder install(HttpClientBuilder client, Levee levee) {
        return builder(levee).install(client);
    }

    /**
     * Puts a Levee into an asynchronous client, with the defaults of {@link Builder}.
     *
     * @param client gets an exec handler; its own retries are switched off
     * @param levee decides; remains the caller's
     * @return the client's builder
     */
    public static HttpAsyncClientBuilder install(HttpAsyncClientBuilder client, Levee levee) {
        return builder(levee).install(client);
    }

    /**
     * Puts a Levee into an asynchronous client that speaks HTTP/2 only, with the defaults of {@link Builder}.
     *
     * @param client gets an exec handler; its own retries are switched off
     * @param levee decides; remains the caller's
     * @return the client's builder
     */
    public static H2AsyncClientBuilder install(H2AsyncClientBuilder client, Levee levee) {
        return builder(levee).install(client);
    }

    /**
     * Begins to set up what is installed.
     *
     * @param levee decides; remains the caller's
     * @return a builder with the defaults
     */
    public static Builder builder(Levee levee) {
        return new Builder(levee);
    }

    /** Sets up what {@link LeveeExec} installs. Not thread-safe. */
    public static final class Builder extends HttpAdapterBuilder<Builder> {
        private BiFunction<? super HttpRequest, ? super HttpRoute, String> operation = Builder::methodAndHost;

        private Builder(Levee levee) {
            super(levee);
        }

        /**
         * Sets how calls are named in metrics, spans and logs. Default: method and host, {@code GET inventory.example},
         * never path or query, whose values have no bound.
         *
         * @param naming given the request and its route; answers a name of low cardinality
         * @return this
         */
        public Builder operation(BiFunction<? super HttpRequest, ? super HttpRoute, String> naming) {
            operation = Objects.requireNonNull(naming, "operation");
            return this;
        }

        /**
         * Puts a Levee into a classic client and switches the client's own retries off.
         *
         * @param client gets an exec handler before all others
         * @return the client's builder
         */
        public HttpClientBuilder install(HttpClientBuilder client) {
            HttpOptions built = options();
            BiFunction<? super HttpRequest, ? super HttpRoute, String> naming = operation;
            return client.disableAutomaticRetries()
                    .addExecInterceptorFirst(
                            NAME,
                            (request, scope, chain) -> new ClassicCall(
                                            built, naming.apply(request, scope.route), request, scope, chain)
                                    .run());
        }

        /**
         * Puts a Levee into an asynchronous client and switches the client's own retries off.
         *
         * @param client gets an exec handler before all others
         * @return the client's builder
         */
        public HttpAsyncClientBuilder install(HttpAsyncClientBuilder client) {
            return client.disableAutomaticRetries().addExecInterceptorFirst(NAME, asyncHandler());
        }

        /**
         * Puts a Levee into an asynchronous client that speaks HTTP/2 only, on one connection for each host, and switches the
         * client's own retries off.
         *
         * @param client gets an exec handler before all others
         * @return the client's builder
         */
        public H2AsyncClientBuilder install(H2AsyncClientBuilder client) {
            return client.disableAutomaticRetries().addExecInterceptorFirst(NAME, asyncHandler());
        }

        private AsyncExecChainHandler asyncHandler() {
            HttpOptions built = options();
            BiFunction<? super HttpRequest, ? super HttpRoute, String> naming = operation;
            return (request, producer, scope, chain, callback) -> new AsyncExchange(
                            built, naming.apply(request, scope.route), request, producer, scope, chain, callback)
                    .start();
        }

        private HttpOptions options() {
            return new HttpOptions(
                    levee(), replayBytesPerCall(), replayBytesPerClient(), keySource(), deadlineHeaderName());
        }

        private static String methodAndHost(HttpRequest request, HttpRoute route) {
            return HttpRules.operation(
                    request.getMethod(), route.getTargetHost().getHostName());
        }
    }
}
