package io.levee.okhttp;

import io.levee.Levee;
import io.levee.http.contract.ClientSpec;
import io.levee.http.contract.TestClient;
import io.levee.http.contract.TestClients;
import io.levee.http.contract.Threads;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;

/** OkHttp for the contract. */
final class OkHttpClients implements TestClients {
    @Override
    public TestClient alone(ClientSpec spec) {
        return new Client(builder(spec).build(), new Threads());
    }

    @Override
    public TestClient guarded(ClientSpec spec, Levee levee, Extras extras) {
        return new Client(
                LeveeInterceptor.builder(levee)
                        .idempotencyKeys(extras.keys())
                        .maxReplayBytesPerCall(extras.maxReplayBytesPerCall())
                        .install(builder(spec))
                        .build(),
                new Threads());
    }

    static OkHttpClient.Builder builder(ClientSpec spec) {
        // A client of its own pool and threads for each test.
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .connectionPool(new ConnectionPool(1000, 5, TimeUnit.MINUTES))
                .dispatcher(new okhttp3.Dispatcher());
        if (!spec.http2()) {
            builder.protocols(List.of(Protocol.HTTP_1_1));
        }
        if (spec.trust() != null) {
            builder.sslSocketFactory(spec.trust().getSocketFactory(), new ContextsOwn());
        }
        if (spec.connectTimeout() != null) {
            builder.connectTimeout(spec.connectTimeout());
        }
        if (spec.requestTimeout() != null) {
            builder.readTimeout(spec.requestTimeout());
        }
        return builder;
    }

    private record Client(OkHttpClient client, Threads threads) implements TestClient {
        @Override
        public Running start(Request given) {
            okhttp3.Request.Builder request = new okhttp3.Request.Builder()
                    .url(given.uri().toString())
                    .method(given.method(), given.body() == null ? null : body(given));
            given.headers().forEach(request::header);
            if (given.expectContinue()) {
                request.header("Expect", "100-continue");
            }
            Call call = client.newCall(request.build());
            CompletableFuture<Reply> reply = threads.start(() -> {
                try (Response response = call.execute()) {
                    return new Reply(response.code(), response.body().string(), response.header("Retry-After"));
                }
            });
            return new Running() {
                @Override
                public CompletableFuture<Reply> reply() {
                    return reply;
                }

                @Override
                public void cancel() {
                    call.cancel();
                }
            };
        }

        private static RequestBody body(Request given) {
            if (given.kind() == BodyKind.REPEATABLE) {
                return RequestBody.create(given.body());
            }
            return new RequestBody() {
                private boolean written;

                @Override
                public MediaType contentType() {
                    return null;
                }

                @Override
                public long contentLength() {
                    return given.kind() == BodyKind.ONCE ? given.body().length : -1;
                }

                @Override
                public boolean isOneShot() {
                    return true;
                }

                @Override
                public void writeTo(BufferedSink sink) throws IOException {
                    if (written) {
                        throw new IllegalStateException("written twice");
                    }
                    written = true;
                    for (int from = 0; from < given.body().length; from += 1000) {
                        sink.write(given.body(), from, Math.min(1000, given.body().length - from));
                        sink.flush();
                    }
                }
            };
        }

        @Override
        public void close() {
            threads.close();
            client.dispatcher().cancelAll();
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
    }

    /** OkHttp wants a trust manager beside the context, which has made its own check by then. */
    private static final class ContextsOwn extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
