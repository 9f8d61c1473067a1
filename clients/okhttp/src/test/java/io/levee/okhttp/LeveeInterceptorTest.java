package io.levee.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.levee.Decision;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.Scope;
import io.levee.StopReason;
import io.levee.http.contract.FaultServer;
import io.levee.http.contract.Stage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.BufferedSink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only OkHttp has. */
class LeveeInterceptorTest {
    private FaultServer server;
    private OkHttpClient client;
    private Levee levee;

    private OkHttpClient client(RetryPolicy policy) {
        levee = Levee.named("server").retry(policy).build();
        client = LeveeInterceptor.install(new OkHttpClient.Builder(), levee).build();
        return client;
    }

    private OkHttpClient client() {
        return client(RetryPolicy.fixed(Duration.ofMillis(5)).attempts(3));
    }

    private Request.Builder request() {
        return new Request.Builder().url(server.uri("/").toString());
    }

    @AfterEach
    void stop() throws IOException {
        client.dispatcher().cancelAll();
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
        server.close();
        levee.close();
    }

    private static CompletableFuture<String> enqueued(Call call) {
        CompletableFuture<String> result = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                result.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call answered, Response response) throws IOException {
                try (response) {
                    result.complete(response.code() + " " + response.body().string());
                }
            }
        });
        return result;
    }

    @Test
    void anEnqueuedCallIsRetriedAndCanBeCancelledInMidBackoff() throws Exception {
        server = FaultServer.answering(
                request -> FaultServer.response(request.number() < 2 ? 503 : 200, "", "" + request.number()));
        assertThat(enqueued(client().newCall(request().build())).get()).isEqualTo("200 2");
        stop();
        server = FaultServer.answering(request -> FaultServer.response(503, "", "no"));
        Call call = client(RetryPolicy.fixed(Duration.ofSeconds(20)).attempts(3))
                .newCall(request().build());
        CompletableFuture<String> result = enqueued(call);
        Awaitility.await().until(() -> levee.state().pending() == 1);
        call.cancel();
        assertThat(catchThrowable(result::get))
                .hasRootCauseInstanceOf(Exception.class)
                .hasMessageContaining("Canceled");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void anEnqueuedCallInheritsTheScopeOfTheThreadThatEnqueuedIt() throws Exception {
        server = FaultServer.answering(request -> FaultServer.response(200, "", request.header("Levee-Timeout-Ms")));
        OkHttpClient client = client();
        try (Scope scope = Scope.open(Duration.ofSeconds(5))) {
            assertThat(enqueued(client.newCall(request().build())).get()).matches("200 [0-4]\\d{3}");
        }
        assertThat(enqueued(client.newCall(request().build())).get()).matches("200 \\d{5}|200 [5-9]\\d{3}");
        stop();
        server = FaultServer.answering(request -> FaultServer.response(503, "", "no"));
        try (Scope scope = Scope.open()) {
            CompletableFuture<String> result =
                    enqueued(client(RetryPolicy.fixed(Duration.ofSeconds(20)).attempts(3))
                            .newCall(request().build()));
            Awaitility.await().until(() -> levee.state().pending() == 1);
            scope.cancel();
            assertThat(catchThrowable(result::get)).hasMessageContaining("Canceled");
            // What was handed over has left the scope: it is over with the call.
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void eventListenersThatWereThereBeforeAreKept() throws Exception {
        server = FaultServer.answering(request -> FaultServer.response(200, "", "ok"));
        List<String> heard = new CopyOnWriteArrayList<>();
        levee = Levee.named("downstream").build();
        client = LeveeInterceptor.install(
                        new OkHttpClient.Builder().eventListener(new EventListener() {
                            @Override
                            public void callStart(Call call) {
                                heard.add("start");
                            }
                        }),
                        levee)
                .build();
        client.newCall(request().build()).execute().close();
        assertThat(heard).containsExactly("start");
    }

    @Test
    void anInterruptIsOkHttpsInterruptWithTheFlagUp() throws Exception {
        server = FaultServer.answering(request -> FaultServer.response(503, "", "no"));
        Call call = client(RetryPolicy.fixed(Duration.ofSeconds(20)).attempts(3))
                .newCall(request().build());
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            thrown.complete(catchThrowable(call::execute));
            flag.complete(Thread.currentThread().isInterrupted());
        });
        caller.start();
        Awaitility.await().until(() -> levee.state().pending() == 1);
        caller.interrupt();
        assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
        assertThat(flag.get()).isTrue();
    }

    @Test
    void aDuplexBodyIsSentOnce() throws Exception {
        server = FaultServer.answering(request -> FaultServer.response(503, "", "no"));
        RequestBody duplex = new RequestBody() {
            @Override
            public MediaType contentType() {
                return null;
            }

            @Override
            public boolean isDuplex() {
                return true;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                sink.writeUtf8("whole").close();
            }
        };
        Throwable thrown = catchThrowable(
                () -> client().newCall(request().put(duplex).build()).execute());
        // OkHttp has no duplex calls over HTTP/1.1. It says so after it has begun to send.
        assertThat(thrown).isNotNull();
        assertThat(server.requests()).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void aRedirectedPostThatDiesOnTheSecondHopIsNotRepeated() throws Exception {
        server = new FaultServer(connection -> {
            FaultServer.Request request = connection.read();
            connection.write(FaultServer.response(
                    303, "Location: /next\r\nConnection: close\r\n", request.number() == 0 ? "go" : ""));
            if (request.number() > 0) {
                connection.reset();
            }
        });
        Throwable thrown = catchThrowable(() -> client().newCall(request()
                        .post(RequestBody.create("order".getBytes(StandardCharsets.UTF_8)))
                        .build())
                .execute());
        assertThat(thrown).isNotNull();
        assertThat(server.requests().stream()
                        .filter(one -> one.head().startsWith("POST"))
                        .count())
                .isEqualTo(1);
    }

    /** OkHttp keeps network interceptors away from web sockets, so nothing witnesses their sends. */
    @Test
    void aWebSocketIsOpenedUnderTheLevee() throws Exception {
        server = new FaultServer(connection -> {
            FaultServer.Request request = connection.read();
            if (request.number() == 0) {
                connection.write(FaultServer.response(503, "", "not yet"));
                return;
            }
            String accept = request.header("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(accept.getBytes(StandardCharsets.US_ASCII));
            connection.write("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n");
            connection.hang();
        });
        CompletableFuture<Integer> opened = new CompletableFuture<>();
        WebSocket socket = client().newWebSocket(request().build(), new WebSocketListener() {
            @Override
            public void onOpen(WebSocket open, Response response) {
                opened.complete(response.code());
            }

            @Override
            public void onFailure(WebSocket failed, Throwable t, Response response) {
                opened.completeExceptionally(t);
            }
        });
        assertThat(opened.get()).isEqualTo(101);
        assertThat(server.requests()).hasSize(2);
        socket.cancel();
    }

    @Test
    void anAttemptTimeoutEndsAStreamOfHttp2ThatStaysSilent() throws Exception {
        try (Stage stage = Stage.http2((peer, stream) -> {})) {
            server = FaultServer.answering(request -> "");
            levee = Levee.named("server")
                    .retry(RetryPolicy.never())
                    .attemptTimeout(Duration.ofSeconds(2))
                    .build();
            client = LeveeInterceptor.install(OkHttpClients.builder(stage.client()), levee)
                    .build();
            long start = System.nanoTime();
            Throwable thrown = catchThrowable(() -> client.newCall(
                            new Request.Builder().url(stage.uri().toString()).build())
                    .execute());
            assertThat(System.nanoTime() - start).isLessThan(9_000_000_000L);
            assertThat(thrown).isInstanceOf(SocketTimeoutException.class);
            assertThat(Decision.of(thrown.getCause()).stop()).isEqualTo(StopReason.ATTEMPTS);
            assertThat(stage.requestsSeen()).isEqualTo(1);
        }
    }
}
