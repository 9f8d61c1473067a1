package io.levee.apache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.levee.Decision;
import io.levee.Fate;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.Scope;
import io.levee.StopReason;
import io.levee.http.contract.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.H2AsyncClientBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.Test;

/** The client that speaks HTTP/2 only and keeps one connection for each host. */
class H2ClientTest {
    private static final Stage.Http2Script ANSWERING = (peer, stream) -> peer.answer200(stream);

    /** Refuses so many streams, then answers. */
    private static Stage.Http2Script refusing(int first) {
        AtomicInteger left = new AtomicInteger(first);
        return (peer, stream) -> {
            if (left.getAndDecrement() > 0) {
                peer.refuse(stream);
            } else {
                peer.answer200(stream);
            }
        };
    }

    private record Rig(Stage stage, Levee levee, CloseableHttpAsyncClient client) implements AutoCloseable {
        static Rig of(Stage.Http2Script script) throws Exception {
            Stage stage = Stage.http2(script);
            Levee levee = Levee.named("h2")
                    .retry(RetryPolicy.fixed(Duration.ofMillis(5)).attempts(3))
                    .attemptTimeout(Duration.ofSeconds(20))
                    .noRetryBudget()
                    .build();
            CloseableHttpAsyncClient client = LeveeExec.install(
                            H2AsyncClientBuilder.create()
                                    .setTlsStrategy(new DefaultClientTlsStrategy(
                                            stage.client().trust())),
                            levee)
                    .build();
            client.start();
            return new Rig(stage, levee, client);
        }

        Future<SimpleHttpResponse> send(String method) {
            SimpleRequestBuilder request =
                    SimpleRequestBuilder.create(method).setUri(stage.uri().toString());
            if (method.equals("POST")) {
                request.setBody("an order", ContentType.TEXT_PLAIN);
            }
            SimpleHttpRequest built = request.build();
            return client.execute(built, null);
        }

        @Override
        public void close() throws Exception {
            client.close(CloseMode.IMMEDIATE);
            levee.close();
            stage.close();
        }
    }

    @Test
    void whatTheServerRefusedIsSentAgainEvenAPost() throws Exception {
        for (String method : List.of("GET", "POST")) {
            try (Rig rig = Rig.of(refusing(2))) {
                assertThat(rig.send(method).get(30, TimeUnit.SECONDS).getCode()).isEqualTo(200);
                assertThat(rig.stage().requestsSeen()).isEqualTo(3);
            }
        }
    }

    @Test
    void whatIsRefusedEachTimeEndsWithTheClientsOwnException() throws Exception {
        try (Rig rig = Rig.of(refusing(100))) {
            Throwable thrown = catchThrowable(() -> rig.send("POST").get(30, TimeUnit.SECONDS));
            Decision decision = Decision.of(thrown.getCause());
            assertThat(decision.stop()).isEqualTo(StopReason.ATTEMPTS);
            assertThat(decision.fate()).isEqualTo(Fate.REFUSED_UNPROCESSED);
            assertThat(rig.stage().requestsSeen()).isEqualTo(3);
        }
    }

    @Test
    void manyCallsShareTheConnection() throws Exception {
        try (Rig rig = Rig.of(ANSWERING)) {
            assertThat(rig.send("GET").get(30, TimeUnit.SECONDS).getCode()).isEqualTo(200);
            List<Future<SimpleHttpResponse>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(rig.send(i % 2 == 0 ? "GET" : "POST"));
            }
            for (Future<SimpleHttpResponse> call : calls) {
                assertThat(call.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(200);
            }
            assertThat(rig.stage().requestsSeen()).isEqualTo(51);
        }
    }

    @Test
    void aPostWhoseConnectionBreaksIsNotRepeated() throws Exception {
        try (Rig rig = Rig.of((peer, stream) -> {
            throw new java.io.IOException("the end of this connection");
        })) {
            Throwable thrown = catchThrowable(() -> rig.send("POST").get(30, TimeUnit.SECONDS));
            assertThat(Decision.of(thrown.getCause()).stop()).isEqualTo(StopReason.NOT_IDEMPOTENT);
            assertThat(rig.stage().requestsSeen()).isEqualTo(1);
        }
    }

    @Test
    void cancellingTheFutureOrTheScopeEndsTheCall() throws Exception {
        try (Rig rig = Rig.of((peer, stream) -> {})) {
            Future<SimpleHttpResponse> call = rig.send("GET");
            await().until(() -> rig.stage().requestsSeen() == 1);
            assertThat(call.cancel(true)).isTrue();
            await().until(() -> rig.levee().state().pending() == 0);
        }
        try (Rig rig = Rig.of((peer, stream) -> {});
                Scope scope = Scope.open()) {
            Future<SimpleHttpResponse> call = rig.send("GET");
            await().until(() -> rig.stage().requestsSeen() == 1);
            scope.cancel();
            assertThat(catchThrowable(() -> call.get(30, TimeUnit.SECONDS))).isNotNull();
            assertThat(rig.stage().requestsSeen()).isEqualTo(1);
        }
    }
}
