package io.levee.okhttp;

import io.levee.Levee;
import io.levee.http.shared.HttpOptions;
import io.levee.http.shared.HttpRules;
import io.levee.http.shared.options.HttpAdapterBuilder;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Function;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Sends every request of an {@link OkHttpClient} under the protection of a {@link Levee}:
 *
 * <pre>{@code
 * OkHttpClient client = LeveeInterceptor.install(new OkHttpClient.Builder(), Levee.named("inventory").build()).build();
 * }</pre>
 *
 * <p>GET, HEAD, OPTIONS, TRACE, PUT and DELETE (RFC 9110, section 9.2.2) and requests with an {@code Idempotency-Key} are
 * tried again as the Levee's policy says, all others only if they were provably not processed. OkHttp's own resends
 * (after a lost connection, a 408, a 503 with {@code Retry-After: 0}) are switched off, so that every one passes breaker,
 * limiter and retry budget; redirects and authentication go on within an attempt. The time left goes along in a header.
 *
 * <p>What the caller gets: the last response whatever its status, its body still to be read; the last attempt's exception,
 * unchanged, with the earlier ones and Levee's note as suppressed; {@link LeveeRefusedException} where Levee refused;
 * {@link java.net.SocketTimeoutException} where the deadline passed; {@code IOException("Canceled")} where the call was
 * cancelled, {@link java.io.InterruptedIOException} (flag set) where its thread was interrupted. An attempt ends with the
 * response's head: a body that breaks off while the caller reads it is the caller's.
 *
 * <p>Order: interceptors added before run once a call and those added after once an attempt, so install it last unless
 * others are meant for attempts. The same goes for event listeners: one that is set on the client afterwards takes the place of
 * that by which a call that is enqueued inherits the {@link io.levee.Scope}, and the attempt, of the thread that enqueues it.
 * Calls that were enqueued wait between attempts on their dispatcher thread, as OkHttp's
 * interceptors must. Web sockets are guarded up to the answer to their handshake. Thread-safe.
 */
public final class LeveeInterceptor implements Interceptor {
    private final HttpOptions options;
    private final Function<? super Request, String> operation;

    private LeveeInterceptor(HttpOptions options, Function<? super Request, String> operation) {
        this.options = options;
        this.operation = operation;
    }

    /**
     * Puts a Levee into a client, with the defaults of {@link Builder}.
     *
     * @param client gets an application interceptor and a network interceptor
     * @param levee decides; remains the caller's
     * @return the client's builder
     */
    public static OkHttpClient.Builder install(OkHttpClient.Builder client, Levee levee) {
        return builder(levee).install(client);
    }

    /**
     * Begins to set up an interceptor.
     *
     * @param levee decides; remains the caller's
     * @return a builder with the defaults
     */
    public static Builder builder(Levee levee) {
        return new Builder(levee);
    }

    /**
     * Sends the chain's request as one call of the Levee.
     *
     * @throws LeveeRefusedException if Levee refused the request
     * @throws java.net.SocketTimeoutException if the deadline or the last attempt's timeout passed
     * @throws IOException what the last attempt threw
     */
    @Override
    public Response intercept(Chain chain) throws IOException {
        return new GuardedCall(options, operation, chain).run();
    }

    @Override
    public String toString() {
        return "LeveeInterceptor[" + options.levee().name() + "]";
    }

    /** For tests: the bytes of bodies that are kept for replay at this moment. */
    long replayBytesInUse() {
        return options.quota().used();
    }

    /** Sets up a {@link LeveeInterceptor}. Only bodies that are {@code isOneShot()} are copied for another attempt. Not thread-safe. */
    public static final class Builder extends HttpAdapterBuilder<Builder> {
        private Function<? super Request, String> operation = Builder::methodAndHost;

        private Builder(Levee levee) {
            super(levee);
        }

        /**
         * Sets how calls are named in metrics, spans and logs. Default: method and host, {@code GET inventory.example},
         * never path or query, whose values have no bound.
         *
         * @param naming given the request; answers a name of low cardinality
         * @return this
         */
        public Builder operation(Function<? super Request, String> naming) {
            operation = Objects.requireNonNull(naming, "operation");
            return this;
        }

        /**
         * Puts the interceptor into a client.
         *
         * @param client gets an application interceptor, a network interceptor and an event listener beside its own
         * @return the client's builder
         */
        public OkHttpClient.Builder install(OkHttpClient.Builder client) {
            HttpOptions options = new HttpOptions(
                    levee(), replayBytesPerCall(), replayBytesPerClient(), keySource(), deadlineHeaderName());
            return client.addInterceptor(new LeveeInterceptor(options, operation))
                    .addNetworkInterceptor(new Wire())
                    .eventListenerFactory(HandedOver.besides(client.build().eventListenerFactory()));
        }

        private static String methodAndHost(Request request) {
            return HttpRules.operation(request.method(), request.url().host());
        }
    }
}
