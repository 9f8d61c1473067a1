package io.levee.apache;

import io.levee.Levee;
import io.levee.http.contract.ClientSpec;
import io.levee.http.contract.TestClient;
import io.levee.http.contract.TestClients;
import io.levee.http.contract.Threads;
import java.io.ByteArrayInputStream;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.util.Timeout;

/** The classic HttpClient for the contract. */
final class ClassicClients implements TestClients {
    @Override
    public TestClient alone(ClientSpec spec) {
        return new Client(builder(spec).build(), new Threads());
    }

    @Override
    public TestClient guarded(ClientSpec spec, Levee levee, Extras extras) {
        return new Client(
                LeveeExec.builder(levee)
                        .idempotencyKeys(extras.keys())
                        .maxReplayBytesPerCall(extras.maxReplayBytesPerCall())
                        .install(builder(spec))
                        .build(),
                new Threads());
    }

    @Override
    public boolean speaksHttp2() {
        return false;
    }

    private static HttpClientBuilder builder(ClientSpec spec) {
        PoolingHttpClientConnectionManagerBuilder manager = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(1000)
                .setMaxConnTotal(1000);
        if (spec.trust() != null) {
            manager.setTlsSocketStrategy(new DefaultClientTlsStrategy(spec.trust()));
        }
        if (spec.connectTimeout() != null) {
            manager.setDefaultConnectionConfig(ConnectionConfig.custom()
                    .setConnectTimeout(Timeout.of(spec.connectTimeout()))
                    .build());
        }
        RequestConfig.Builder config = RequestConfig.custom();
        if (spec.requestTimeout() != null) {
            config.setResponseTimeout(
                    Timeout.ofMilliseconds(spec.requestTimeout().toMillis()));
        }
        return HttpClientBuilder.create().setConnectionManager(manager.build()).setDefaultRequestConfig(config.build());
    }

    private record Client(CloseableHttpClient client, Threads threads) implements TestClient {
        @Override
        public Running start(Request given) {
            HttpUriRequestBase request = new HttpUriRequestBase(given.method(), given.uri());
            given.headers().forEach(request::setHeader);
            if (given.body() != null) {
                request.setEntity(entity(given));
            }
            if (given.expectContinue()) {
                request.setConfig(
                        RequestConfig.custom().setExpectContinueEnabled(true).build());
            }
            CompletableFuture<Reply> reply = threads.start(() -> client.execute(request, response -> {
                Header wait = response.getFirstHeader("Retry-After");
                HttpEntity body = response.getEntity();
                return new Reply(
                        response.getCode(),
                        body == null ? "" : EntityUtils.toString(body),
                        wait == null ? null : wait.getValue());
            }));
            return new Running() {
                @Override
                public CompletableFuture<Reply> reply() {
                    return reply;
                }

                @Override
                public void cancel() {
                    request.cancel();
                }
            };
        }

        private static HttpEntity entity(Request given) {
            return switch (given.kind()) {
                case REPEATABLE -> new ByteArrayEntity(given.body(), null);
                case ONCE -> new InputStreamEntity(new ByteArrayInputStream(given.body()), given.body().length, null);
                case ONCE_CHUNKED -> new InputStreamEntity(new ByteArrayInputStream(given.body()), -1, null);
            };
        }

        @Override
        public void close() throws Exception {
            threads.close();
            client.close();
        }
    }
}
