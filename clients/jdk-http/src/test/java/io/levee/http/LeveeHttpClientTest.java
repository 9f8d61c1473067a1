package io.levee.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.levee.Breaker;
import io.levee.Decision;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.StopReason;
import io.levee.servers.Program;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against real servers: what the server saw is what counts. */
class LeveeHttpClientTest {
    /** What the server saw of one request. */
    private record Seen(String method, String key, String timeLeft, String body) {}

    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private volatile Answer answer = (exchange, number) -> reply(exchange, 200, "ok");

    private interface Answer {
        void to(HttpExchange exchange, int number) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        AtomicInteger numbers = new AtomicInteger();
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var headers = exchange.getRequestHeaders();
            seen.add(new Seen(
                    exchange.getRequestMethod(),
                    headers.getFirst("Idempotency-Key"),
                    headers.getFirst("Levee-Timeout-Ms"),
                    body));
            answer.to(exchange, numbers.getAndIncrement());
        });
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static Levee.Builder levee() {
        return Levee.named("server")
                .retry(RetryPolicy.fixed(Duration.ofMillis(5)).attempts(3));
    }

    private static HttpClient client() {
        return LeveeHttpClient.wrap(HttpClient.newHttpClient(), levee().build());
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/stock"));
    }

    private void failTwice(int status) {
        answer = (exchange, number) -> reply(exchange, number < 2 ? status : 200, number < 2 ? "not now" : "ok");
    }

    @Test
    void aGetIsRetriedOn503() throws Exception {
        failTwice(503);
        HttpResponse<String> response = client().send(request().build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ok");
        assertThat(seen).hasSize(3);
    }

    @Test
    void theLastResponseIsAResponseAndNotAnException() throws Exception {
        answer = (exchange, number) -> reply(exchange, 503, "still down " + number);
        HttpResponse<String> response = client().send(request().build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("still down 2");
        assertThat(seen).hasSize(3);
    }

    @Test
    void aPostWithoutAKeyIsSentOnceOn503AndAgainOn429() throws Exception {
        failTwice(503);
        HttpRequest post = request().POST(BodyPublishers.ofString("order")).build();
        assertThat(client().send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(503);
        assertThat(seen).hasSize(1);
        answer = (exchange, number) -> reply(exchange, number < 3 ? 429 : 200, "");
        assertThat(client().send(post, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        assertThat(seen).hasSize(4).allMatch(one -> one.body().equals("order"));
    }

    @Test
    void theSameKeyOnEveryAttemptOfACallAndAnotherForTheNext() throws Exception {
        HttpClient keyed = LeveeHttpClient.builder(HttpClient.newHttpClient(), levee().build())
                .idempotencyKeys(true)
                .build();
        HttpRequest post = request().POST(BodyPublishers.ofString("order")).build();
        failTwice(503);
        assertThat(keyed.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(keyed.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        List<String> keys = seen.stream().map(Seen::key).collect(Collectors.toList());
        assertThat(keys).hasSize(4).allMatch(key -> key.matches("\"[^\"]+\""));
        assertThat(keys.get(0)).isEqualTo(keys.get(1)).isEqualTo(keys.get(2)).isNotEqualTo(keys.get(3));
    }

    @Test
    void aKeyOfTheCallersMakesItsRequestRepeatable() throws Exception {
        failTwice(503);
        HttpRequest post = request()
                .header("Idempotency-Key", "\"mine\"")
                .POST(BodyPublishers.ofString("order"))
                .build();
        assertThat(client().send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(seen).hasSize(3).allMatch(one -> one.key().equals("\"mine\""));
    }

    @Test
    void aBodyThatCannotBeReplayedIsNeverSentHalf() throws Exception {
        failTwice(503);
        byte[] large = new byte[64 * 1024];
        AtomicInteger opened = new AtomicInteger();
        HttpClient small = LeveeHttpClient.builder(HttpClient.newHttpClient(), levee().build())
                .maxReplayBytesPerCall(1024)
                .build();
        InputStream once = new ByteArrayInputStream(large);
        HttpRequest put = request()
                .PUT(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> {
                    opened.incrementAndGet();
                    return once;
                })))
                .build();
        assertThat(small.send(put, BodyHandlers.ofString()).statusCode()).isEqualTo(503);
        assertThat(seen).hasSize(1).allMatch(one -> one.body().length() == large.length);
    }

    @Test
    void aStreamedBodyWithinTheBoundIsReplayedWhole() throws Exception {
        failTwice(503);
        InputStream once = new ByteArrayInputStream("the whole order".getBytes(StandardCharsets.UTF_8));
        HttpRequest put = request()
                .PUT(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> once)))
                .build();
        assertThat(client().send(put, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(seen).hasSize(3).allMatch(one -> one.body().equals("the whole order"));
    }

    @Test
    void theTimeThatIsLeftGoesAlongAndShrinks() throws Exception {
        failTwice(503);
        HttpClient hurried = LeveeHttpClient.wrap(
                HttpClient.newHttpClient(),
                levee().deadline(Duration.ofSeconds(20)).build());
        assertThat(hurried.send(request().build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
        List<Long> left =
                seen.stream().map(one -> Long.parseLong(one.timeLeft())).collect(Collectors.toList());
        assertThat(left).hasSize(3).allMatch(ms -> ms > 0 && ms <= 20_000);
    }

    @Test
    void aRetryAfterIsWaitedFor() throws Exception {
        answer = (exchange, number) -> {
            if (number == 0) {
                exchange.getResponseHeaders().add("Retry-After", "1");
            }
            reply(exchange, number == 0 ? 503 : 200, "x");
        };
        long start = System.nanoTime();
        assertThat(client().send(request().build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000L);
    }

    @Test
    void aRetryAfterBeyondTheDeadlineEndsTheCallAtOnce() throws Exception {
        answer = (exchange, number) -> {
            exchange.getResponseHeaders().add("Retry-After", "3600");
            reply(exchange, 503, "x");
        };
        assertThat(client().send(request().build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(503);
        assertThat(seen).hasSize(1);
    }

    @Test
    void aRefusedConnectionIsRetriedEvenForAPost() throws Exception {
        int port = Program.freePort();
        HttpRequest post = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .POST(BodyPublishers.ofString("order"))
                .build();
        Throwable thrown = catchThrowable(() -> client().send(post, BodyHandlers.ofString()));
        assertThat(thrown).isInstanceOf(ConnectException.class);
        Decision decision = Decision.of(thrown);
        assertThat(decision.stop()).isEqualTo(StopReason.ATTEMPTS);
        assertThat(decision.attempt()).isEqualTo(2);
    }

    @Test
    void aPostThatDiesWithoutAnAnswerReachesTheServerOnce() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ServerSocket dropping = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            threads.execute(() -> dropAfterTheFirst(dropping, requests));
            URI uri = URI.create("http://127.0.0.1:" + dropping.getLocalPort() + "/");
            HttpClient client = client();
            assertThat(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            Throwable thrown = catchThrowable(() -> client.send(
                    HttpRequest.newBuilder(uri)
                            .POST(BodyPublishers.ofString("order"))
                            .build(),
                    BodyHandlers.ofString()));
            assertThat(thrown).isInstanceOf(IOException.class);
            assertThat(requests).hasValue(2);
        }
    }

    /** Answers the first request and keeps the connection; reads each further one and closes without an answer. */
    private static void dropAfterTheFirst(ServerSocket listening, AtomicInteger requests) {
        try {
            while (true) {
                try (Socket socket = listening.accept()) {
                    InputStream in = socket.getInputStream();
                    while (readHead(in)) {
                        if (requests.getAndIncrement() > 0) {
                            break;
                        }
                        socket.getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                                        .getBytes(StandardCharsets.US_ASCII));
                    }
                }
            }
        } catch (IOException closed) {
            // the test has ended
        }
    }

    private static boolean readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            head.append((char) next);
        }
        return true;
    }

    @Test
    void anOpenBreakerIsAnIOExceptionForADropIn() throws Exception {
        HttpClient client = LeveeHttpClient.wrap(
                HttpClient.newHttpClient(),
                levee().breaker(Breaker.consecutiveFailures(1)).build());
        answer = (exchange, number) -> reply(exchange, 503, "x");
        assertThat(client.send(request().build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(503);
        Throwable thrown = catchThrowable(() -> client.send(request().build(), BodyHandlers.ofString()));
        assertThat(thrown).isInstanceOf(LeveeRefusedException.class).isInstanceOf(IOException.class);
        assertThat(seen).hasSize(1);
    }

    @Test
    void cancellingTheFutureSendsNothingMore() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        answer = (exchange, number) -> {
            arrived.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            reply(exchange, 503, "");
        };
        Levee levee = levee().build();
        CompletableFuture<HttpResponse<String>> future = LeveeHttpClient.wrap(HttpClient.newHttpClient(), levee)
                .sendAsync(request().build(), BodyHandlers.ofString());
        arrived.await();
        assertThat(future.cancel(true)).isTrue();
        go.countDown();
        Awaitility.await().until(() -> levee.state().pending() == 0);
        assertThat(seen).hasSize(1);
    }

    @Test
    void anInterruptEndsSendAndSendsNothingMore() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        answer = (exchange, number) -> {
            arrived.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            reply(exchange, 503, "");
        };
        HttpClient client = client();
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread caller = new Thread(
                () -> ended.complete(catchThrowable(() -> client.send(request().build(), BodyHandlers.ofString()))));
        caller.start();
        arrived.await();
        caller.interrupt();
        assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        go.countDown();
        assertThat(seen).hasSize(1);
    }

    @Test
    void sendAsyncRetriesAndAnswers() throws Exception {
        failTwice(503);
        assertThat(client().sendAsync(request().build(), BodyHandlers.ofString())
                        .get()
                        .body())
                .isEqualTo("ok");
        assertThat(seen).hasSize(3);
    }

    @Test
    void everyKindOfBodyHandlerGetsTheLastResponseOnly(@TempDir Path folder) throws Exception {
        HttpClient client = client();
        answer = (exchange, number) -> reply(exchange, number % 2 == 0 ? 503 : 200, number % 2 == 0 ? "no" : "a\nb");
        assertThat(client.send(request().build(), BodyHandlers.ofByteArray()).body())
                .isEqualTo("a\nb".getBytes(StandardCharsets.UTF_8));
        assertThat(client.send(request().build(), BodyHandlers.ofLines()).body().collect(Collectors.toList()))
                .containsExactly("a", "b");
        try (InputStream in =
                client.send(request().build(), BodyHandlers.ofInputStream()).body()) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("a\nb");
        }
        assertThat(client.send(request().build(), BodyHandlers.ofFile(folder.resolve("body")))
                        .body())
                .hasContent("a\nb");
        assertThat(client.send(request().build(), BodyHandlers.replacing("mine"))
                        .body())
                .isEqualTo("mine");
        assertThat(seen).hasSize(10);
    }

    @Test
    void theSettingsAreThoseOfTheWrappedClient() {
        HttpClient plain = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(7))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        HttpClient wrapped = LeveeHttpClient.wrap(plain, levee().build());
        assertThat(wrapped.connectTimeout()).isEqualTo(plain.connectTimeout());
        assertThat(wrapped.version()).isEqualTo(plain.version());
        assertThat(wrapped.followRedirects()).isEqualTo(plain.followRedirects());
        assertThat(wrapped.sslContext()).isSameAs(plain.sslContext());
    }
}
