package io.levee.apache;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.http.contract.FaultServer;
import io.levee.http.contract.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.pool.ConnPoolControl;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** However a call ends, the connections that its attempts had leased go back to the pool or are closed. */
class LeasesTest {
    private static final int CALLS = 20;

    /** Good, unavailable (briefly, at length, without end), dropped, reset and silent in turn. */
    private static FaultServer moody() throws IOException {
        return new FaultServer(connection -> {
            for (FaultServer.Request request = connection.read(); request != null; request = connection.read()) {
                switch (request.number() % 7) {
                    case 0, 1 -> connection.write(FaultServer.response(200, "", "ok"));
                    case 2 -> connection.write(FaultServer.response(503, "", "no"));
                    case 3 -> connection.write(FaultServer.response(503, "", "no".repeat(5000)));
                    case 4 -> {
                        return;
                    }
                    case 5 -> {
                        connection.reset();
                        return;
                    }
                    default -> connection.hang();
                }
            }
        });
    }

    private static Levee levee() {
        return levee(Duration.ofMillis(150));
    }

    private static Levee levee(Duration attemptTimeout) {
        return Levee.named("moody")
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                .attemptTimeout(attemptTimeout)
                .noRetryBudget()
                .build();
    }

    private static void assertNothingIsLeased(ConnPoolControl<?> pool) {
        Awaitility.await().untilAsserted(() -> {
            assertThat(pool.getTotalStats().getLeased()).isZero();
            assertThat(pool.getTotalStats().getPending()).isZero();
        });
    }

    @Test
    void theClassicClientKeepsNoLease() throws Exception {
        PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
        try (FaultServer server = moody();
                Levee levee = levee();
                CloseableHttpClient client = LeveeExec.install(
                                HttpClientBuilder.create().setConnectionManager(pool), levee)
                        .build()) {
            for (int i = 0; i < CALLS; i++) {
                HttpGet get = new HttpGet(server.uri("/"));
                try {
                    client.execute(get, response -> EntityUtils.toString(response.getEntity()));
                } catch (IOException moody) {
                    // How it ends is not the question.
                }
            }
            assertThat(server.requests()).hasSizeGreaterThan(CALLS);
            assertNothingIsLeased(pool);
        }
    }

    @Test
    void theAsynchronousClientKeepsNoLease() throws Exception {
        PoolingAsyncClientConnectionManager pool = new PoolingAsyncClientConnectionManager();
        try (FaultServer server = moody();
                Levee levee = levee();
                CloseableHttpAsyncClient client = LeveeExec.install(
                                HttpAsyncClientBuilder.create().setConnectionManager(pool), levee)
                        .build()) {
            client.start();
            for (int i = 0; i < CALLS; i++) {
                SimpleHttpRequest get =
                        SimpleRequestBuilder.get(server.uri("/")).build();
                Future<SimpleHttpResponse> sent = client.execute(get, null);
                if (i % 5 == 4) {
                    sent.cancel(true);
                } else {
                    try {
                        sent.get(20, TimeUnit.SECONDS);
                    } catch (ExecutionException moody) {
                        // How it ends is not the question.
                    }
                }
            }
            assertThat(server.requests()).hasSizeGreaterThan(CALLS);
            assertNothingIsLeased(pool);
            assertThat(levee.state().pending()).isZero();
        }
    }

    @Test
    void http2IsGuardedToo() throws Exception {
        int[] streams = {0};
        try (Stage stage = Stage.http2((peer, stream) -> {
                    if (streams[0]++ < 2) {
                        peer.refuse(stream);
                    } else {
                        peer.answer200(stream);
                    }
                });
                Levee levee = levee(Duration.ofSeconds(9));
                CloseableHttpAsyncClient client = LeveeExec.install(
                                HttpAsyncClientBuilder.create()
                                        .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                                                .setTlsStrategy(new DefaultClientTlsStrategy(
                                                        stage.client().trust()))
                                                .setDefaultTlsConfig(TlsConfig.custom()
                                                        .setVersionPolicy(HttpVersionPolicy.NEGOTIATE)
                                                        .build())
                                                .build()),
                                levee)
                        .build()) {
            client.start();
            SimpleHttpResponse response = client.execute(
                            SimpleRequestBuilder.post(stage.uri())
                                    .setBody("an order", org.apache.hc.core5.http.ContentType.TEXT_PLAIN)
                                    .build(),
                            null)
                    .get(20, TimeUnit.SECONDS);
            assertThat(response.getCode()).isEqualTo(200);
            assertThat(stage.requestsSeen()).isEqualTo(3);
        }
    }
}
