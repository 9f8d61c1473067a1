package io.levee.apache;

import io.levee.Levee;
import io.levee.http.contract.ClientSpec;
import io.levee.http.contract.TestClient;
import io.levee.http.contract.TestClients;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.entity.StringAsyncEntityConsumer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http.nio.support.BasicResponseConsumer;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/** The asynchronous HttpClient for the contract. */
final class AsyncClients implements TestClients {
    @Override
    public TestClient alone(ClientSpec spec) {
        return new Client(started(builder(spec)), spec);
    }

    @Override
    public TestClient guarded(ClientSpec spec, Levee levee, Extras extras) {
        return new Client(
                started(LeveeExec.builder(levee)
                        .idempotencyKeys(extras.keys())
                        .maxReplayBytesPerCall(extras.maxReplayBytesPerCall())
                        .install(builder(spec))),
                spec);
    }

    private static CloseableHttpAsyncClient started(HttpAsyncClientBuilder builder) {
        CloseableHttpAsyncClient client = builder.build();
        client.start();
        return client;
    }

    private static HttpAsyncClientBuilder builder(ClientSpec spec) {
        PoolingAsyncClientConnectionManagerBuilder manager = PoolingAsyncClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(1000)
                .setMaxConnTotal(1000)
                .setDefaultTlsConfig(TlsConfig.custom()
                        .setVersionPolicy(spec.http2() ? HttpVersionPolicy.NEGOTIATE : HttpVersionPolicy.FORCE_HTTP_1)
                        .build());
        if (spec.trust() != null) {
            manager.setTlsStrategy(new DefaultClientTlsStrategy(spec.trust()));
        }
        if (spec.connectTimeout() != null) {
            manager.setDefaultConnectionConfig(ConnectionConfig.custom()
                    .setConnectTimeout(Timeout.of(spec.connectTimeout()))
                    .build());
        }
        return HttpAsyncClientBuilder.create().setConnectionManager(manager.build());
    }

    private record Client(CloseableHttpAsyncClient client, ClientSpec spec) implements TestClient {
        @Override
        public Running start(Request given) {
            BasicHttpRequest request = new BasicHttpRequest(given.method(), given.uri());
            given.headers().forEach(request::setHeader);
            RequestConfig.Builder config = RequestConfig.custom().setExpectContinueEnabled(given.expectContinue());
            if (spec.requestTimeout() != null) {
                config.setResponseTimeout(
                        Timeout.ofMilliseconds(spec.requestTimeout().toMillis()));
            }
            HttpClientContext context = HttpClientContext.create();
            context.setRequestConfig(config.build());
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            Future<Message<HttpResponse, String>> future = client.execute(
                    new BasicRequestProducer(request, given.body() == null ? null : new Body(given)),
                    new BasicResponseConsumer<>(new StringAsyncEntityConsumer()),
                    context,
                    new FutureCallback<>() {
                        @Override
                        public void completed(Message<HttpResponse, String> message) {
                            Header wait = message.getHead().getFirstHeader("Retry-After");
                            reply.complete(new Reply(
                                    message.getHead().getCode(),
                                    message.getBody() == null ? "" : message.getBody(),
                                    wait == null ? null : wait.getValue()));
                        }

                        @Override
                        public void failed(Exception e) {
                            reply.completeExceptionally(e);
                        }

                        @Override
                        public void cancelled() {
                            reply.completeExceptionally(new CancellationException());
                        }
                    });
            return new Running() {
                @Override
                public CompletableFuture<Reply> reply() {
                    return reply;
                }

                @Override
                public void cancel() {
                    future.cancel(true);
                }
            };
        }

        @Override
        public void close() {
            client.close(CloseMode.IMMEDIATE);
        }
    }

    /** A body of each kind. One that gives out its bytes once does so even if it is told to release its resources. */
    private static final class Body implements AsyncEntityProducer {
        private final TestClient.Request given;
        private ByteBuffer left;

        Body(TestClient.Request given) {
            this.given = given;
            this.left = ByteBuffer.wrap(given.body());
        }

        @Override
        public boolean isRepeatable() {
            return given.kind() == TestClient.BodyKind.REPEATABLE;
        }

        @Override
        public int available() {
            return left.remaining() + 1;
        }

        @Override
        public void produce(DataStreamChannel channel) throws IOException {
            if (left.hasRemaining()) {
                channel.write(left);
            }
            if (!left.hasRemaining()) {
                channel.endStream();
            }
        }

        @Override
        public void releaseResources() {
            if (isRepeatable()) {
                left = ByteBuffer.wrap(given.body());
            }
        }

        @Override
        public void failed(Exception cause) {}

        @Override
        public long getContentLength() {
            return isChunked() ? -1 : given.body().length;
        }

        @Override
        public boolean isChunked() {
            return given.kind() == TestClient.BodyKind.ONCE_CHUNKED;
        }

        @Override
        public String getContentType() {
            return null;
        }

        @Override
        public String getContentEncoding() {
            return null;
        }

        @Override
        public Set<String> getTrailerNames() {
            return Set.of();
        }
    }
}
