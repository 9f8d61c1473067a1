package io.levee.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.levee.DeadlineExceededException;
import io.levee.Levee;
import io.levee.LeveeClosedException;
import io.levee.LeveeEvent;
import io.levee.RetryPolicy;
import io.levee.http.contract.FaultServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a caller who only knows HttpClient may rely on: the same results, no leaks, an end to everything. */
class DropInTest {
    private static HttpClient plain() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private static Levee.Builder levee() {
        return Levee.named("server")
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                .noRetryBudget();
    }

    private static HttpClient client() {
        return LeveeHttpClient.wrap(plain(), levee().build());
    }

    private static HttpRequest get(FaultServer server) {
        return HttpRequest.newBuilder(server.uri("/stock?sku=42")).build();
    }

    /** Answers 503 with this body first and then 200. */
    private static FaultServer failingOnce(String body) throws IOException {
        return FaultServer.answering(request -> request.number() == 0
                ? FaultServer.response(503, "", body)
                : FaultServer.response(200, "", "the answer"));
    }

    // ---- the same as without Levee

    private interface Scenario {
        Object run(HttpClient client, FaultServer server, Path folder) throws Exception;
    }

    private static <T> Scenario read(BodyHandler<T> handler) {
        return (client, server, folder) -> {
            HttpResponse<T> response = client.send(get(server), handler);
            return List.of(
                    response.statusCode(),
                    String.valueOf(response.body()),
                    response.request().uri().getPath());
        };
    }

    private static final List<Scenario> SCENARIOS = List.of(
            read(BodyHandlers.ofString()),
            read(BodyHandlers.discarding()),
            read(BodyHandlers.replacing("mine")),
            read(BodyHandlers.buffering(BodyHandlers.ofString(), 3)),
            read(info -> BodySubscribers.mapping(
                    BodySubscribers.ofString(StandardCharsets.UTF_8), text -> text.length() + info.statusCode())),
            (client, server, folder) -> new String(
                    client.send(get(server), BodyHandlers.ofByteArray()).body()),
            (client, server, folder) ->
                    client.send(get(server), BodyHandlers.ofLines()).body().toList(),
            // Blocks in getBody until bytes come: they must not be waited for by the thread that brings them.
            (client, server, folder) -> client.send(
                            get(server),
                            info -> BodySubscribers.mapping(BodySubscribers.ofInputStream(), DropInTest::readAll))
                    .body(),
            (client, server, folder) -> readAll(
                    client.send(get(server), BodyHandlers.ofInputStream()).body()),
            (client, server, folder) -> {
                Path file = Files.createTempFile(folder, "body", "");
                client.send(get(server), BodyHandlers.ofFile(file));
                return Files.readString(file);
            },
            (client, server, folder) -> {
                Collector collector = new Collector();
                client.send(get(server), BodyHandlers.fromSubscriber(collector));
                return collector.signals;
            },
            (client, server, folder) -> {
                Collector collector = new Collector();
                client.send(get(server), BodyHandlers.ofPublisher()).body().subscribe(collector);
                collector.ended.await();
                return collector.signals;
            },
            (client, server, folder) -> {
                StringBuilder consumed = new StringBuilder();
                client.send(
                        get(server),
                        BodyHandlers.ofByteArrayConsumer(
                                part -> consumed.append(part.map(String::new).orElse("|"))));
                return consumed.toString();
            },
            (client, server, folder) ->
                    client.sendAsync(get(server), BodyHandlers.ofString()).get().body(),
            (client, server, folder) -> client.sendAsync(get(server), BodyHandlers.ofString(), (i, p, a) -> {})
                    .get()
                    .headers()
                    .firstValue("X-Is"),
            (client, server, folder) -> catchThrowable(() -> client.send(
                            HttpRequest.newBuilder(server.uri())
                                    .method("CONNECT", BodyPublishers.noBody())
                                    .build(),
                            BodyHandlers.discarding()))
                    .getClass(),
            (client, server, folder) -> catchThrowable(() -> client.sendAsync(
                            HttpRequest.newBuilder(server.uri())
                                    .method("CONNECT", BodyPublishers.noBody())
                                    .build(),
                            BodyHandlers.discarding()))
                    .getClass(),
            (client, server, folder) -> catchThrowable(() ->
                            client.send(HttpRequest.newBuilder(server.uri()).build(), info -> {
                                throw new IllegalStateException("a handler that throws");
                            }))
                    .getClass(),
            (client, server, folder) -> catchThrowable(() -> client.send(null, BodyHandlers.discarding()))
                    .getClass());

    @Test
    void aHealthyServersAnswersAreTheSame(@TempDir Path folder) throws Exception {
        for (int status : new int[] {200, 404, 503}) {
            try (FaultServer server =
                    FaultServer.answering(request -> FaultServer.response(status, "X-Is: here\r\n", "a\nb\nc"))) {
                HttpClient raw = plain();
                HttpClient guarded = client();
                for (int i = 0; i < SCENARIOS.size(); i++) {
                    Scenario scenario = SCENARIOS.get(i);
                    assertThat(scenario.run(guarded, server, folder))
                            .as("scenario %d, status %d", i, status)
                            .isEqualTo(scenario.run(raw, server, folder));
                }
            }
        }
    }

    private static String readAll(InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Collector implements Flow.Subscriber<List<ByteBuffer>> {
        private final List<String> signals = new ArrayList<>();
        private final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            signals.add("subscribed");
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> item) {
            item.forEach(part ->
                    signals.add(StandardCharsets.UTF_8.decode(part.duplicate()).toString()));
        }

        @Override
        public void onError(Throwable failure) {
            signals.add("failed");
            ended.countDown();
        }

        @Override
        public void onComplete() {
            signals.add("complete");
            ended.countDown();
        }
    }

    // ---- responses that nobody gets

    @Test
    void theConnectionOfARetriedAnswerIsUsedAgain() throws Exception {
        try (FaultServer server = failingOnce("x".repeat(1000))) {
            // The drain runs beside the backoff: long enough for it, whatever the machine does meanwhile.
            HttpClient client = LeveeHttpClient.wrap(
                    plain(),
                    Levee.named("server")
                            .retry(RetryPolicy.fixed(Duration.ofMillis(300)).attempts(3))
                            .build());
            assertThat(client.send(get(server), BodyHandlers.ofString()).body()).isEqualTo("the answer");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void anAnswerThatIsTooLongToDrainIsGivenUpAndItsConnectionClosed() throws Exception {
        try (FaultServer server = failingOnce("x".repeat(10_000_000))) {
            assertThat(client().send(get(server), BodyHandlers.ofString()).body())
                    .isEqualTo("the answer");
            Awaitility.await().until(() -> server.openConnections() == 1);
        }
    }

    @Test
    void anAnswerWhoseBodyDoesNotComeDoesNotHoldItsConnection() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (FaultServer server = new FaultServer(connection -> {
            connection.read();
            if (requests.getAndIncrement() == 0) {
                connection.write("HTTP/1.1 503 X\r\nContent-Length: 100\r\n\r\nhalf");
                connection.hang();
            } else {
                connection.write(FaultServer.response(200, "Connection: close\r\n", "the answer"));
            }
        })) {
            assertThat(client().send(get(server), BodyHandlers.ofString()).body())
                    .isEqualTo("the answer");
            Awaitility.await().until(() -> server.openConnections() == 0);
        }
    }

    @Test
    void aSubscriberOfTheCallersSeesOneResponseOnly() throws Exception {
        try (FaultServer server = failingOnce("not this")) {
            Collector collector = new Collector();
            client().send(get(server), BodyHandlers.fromSubscriber(collector));
            assertThat(collector.signals).containsExactly("subscribed", "the answer", "complete");
        }
    }

    // ---- responses that break off

    private static FaultServer breakingOffOnce() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        return new FaultServer(connection -> {
            connection.read();
            connection.write(
                    requests.getAndIncrement() == 0
                            ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
                            : FaultServer.response(200, "Connection: close\r\n", "whole"));
        });
    }

    @Test
    void aStringThatBrokeOffIsFetchedAgain() throws Exception {
        try (FaultServer server = breakingOffOnce()) {
            assertThat(client().send(get(server), BodyHandlers.ofString()).body())
                    .isEqualTo("whole");
        }
    }

    @Test
    void aSubscriberThatHasSeenHalfABodyGetsNoOther() throws Exception {
        try (FaultServer server = breakingOffOnce()) {
            Collector collector = new Collector();
            assertThatThrownBy(() -> client().send(get(server), BodyHandlers.fromSubscriber(collector)))
                    .isInstanceOf(IOException.class);
            assertThat(collector.signals).containsExactly("subscribed", "half", "failed");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aMappedBodyIsFetchedAgainIfTheCallerSaysThatItMayBe() throws Exception {
        BodyHandler<Integer> lengths =
                info -> BodySubscribers.mapping(BodySubscribers.ofString(StandardCharsets.UTF_8), String::length);
        try (FaultServer server = breakingOffOnce()) {
            assertThatThrownBy(() -> client().send(get(server), lengths)).isInstanceOf(IOException.class);
        }
        try (FaultServer server = breakingOffOnce()) {
            HttpClient fresh = LeveeHttpClient.builder(plain(), levee().build())
                    .freshBodies(true)
                    .build();
            assertThat(fresh.send(get(server), lengths).body()).isEqualTo(5);
        }
    }

    // ---- the end of a call

    private static Levee.Builder waiting(CountDownLatch inBackoff) {
        return Levee.named("server")
                .retry(RetryPolicy.fixed(Duration.ofSeconds(20)).attempts(3))
                .listener(event -> {
                    if (event instanceof LeveeEvent.RetryScheduled) {
                        inBackoff.countDown();
                    }
                });
    }

    @Test
    void cancellingADependentFutureInMidBackoffEndsTheCall() throws Exception {
        CountDownLatch inBackoff = new CountDownLatch(1);
        try (FaultServer server = failingOnce("no");
                Levee levee = waiting(inBackoff).build()) {
            CompletableFuture<String> dependent = LeveeHttpClient.wrap(plain(), levee)
                    .sendAsync(get(server), BodyHandlers.ofString())
                    .thenApply(HttpResponse::body);
            inBackoff.await();
            dependent.cancel(true);
            Awaitility.await().until(() -> levee.state().pending() == 0);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void cancellingInMidAttemptClosesTheConnection() throws Exception {
        try (FaultServer server = new FaultServer(connection -> {
                    connection.read();
                    connection.hang();
                });
                Levee levee = levee().build()) {
            CompletableFuture<?> future =
                    LeveeHttpClient.wrap(plain(), levee).sendAsync(get(server), BodyHandlers.ofString());
            Awaitility.await().until(() -> server.requests().size() == 1);
            future.cancel(true);
            Awaitility.await().until(() -> server.openConnections() == 0);
            assertThat(levee.state().pending()).isZero();
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void anInterruptInMidBackoffIsAnInterruptedExceptionWithTheFlagCleared() throws Exception {
        CountDownLatch inBackoff = new CountDownLatch(1);
        try (FaultServer server = failingOnce("no");
                Levee levee = waiting(inBackoff).build()) {
            HttpClient client = LeveeHttpClient.wrap(plain(), levee);
            CompletableFuture<String> ended = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                Throwable thrown = catchThrowable(() -> client.send(get(server), BodyHandlers.ofString()));
                ended.complete(thrown.getClass().getSimpleName() + " "
                        + Thread.currentThread().isInterrupted());
            });
            caller.start();
            inBackoff.await();
            caller.interrupt();
            assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo("InterruptedException false");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aDeadlineIsAnHttpTimeout() throws Exception {
        try (FaultServer server = new FaultServer(connection -> {
            connection.read();
            connection.hang();
        })) {
            HttpClient client = LeveeHttpClient.wrap(
                    plain(), levee().deadline(Duration.ofMillis(200)).build());
            Throwable sync = catchThrowable(() -> client.send(get(server), BodyHandlers.ofString()));
            assertThat(sync).isInstanceOf(HttpTimeoutException.class);
            Throwable async = catchThrowable(
                    () -> client.sendAsync(get(server), BodyHandlers.ofString()).get(10, TimeUnit.SECONDS));
            assertThat(async).hasCauseInstanceOf(HttpTimeoutException.class);
            // Ours, or the client's own, which is quicker at times and has what it then found of the exchange as its
            // cause.
            assertThat(Stream.of(sync, async.getCause()))
                    .allMatch(thrown -> thrown.getCause() == null
                            || thrown.getCause() instanceof DeadlineExceededException
                            || thrown.getCause() instanceof IOException);
        }
    }

    @Test
    void aClosedLeveeRefusesWithAnIOException() {
        Levee levee = levee().build();
        levee.close();
        HttpClient client = LeveeHttpClient.wrap(plain(), levee);
        HttpRequest request = HttpRequest.newBuilder(java.net.URI.create("http://127.0.0.1:1/"))
                .build();
        assertThatThrownBy(() -> client.send(request, BodyHandlers.discarding()))
                .isInstanceOf(LeveeRefusedException.class)
                .hasCauseInstanceOf(LeveeClosedException.class);
        assertThat(client.sendAsync(request, BodyHandlers.discarding()))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(LeveeRefusedException.class);
    }

    // ---- together with others

    @Test
    void aRedirectIsFollowedWithTheBodyOfAStream() throws Exception {
        try (FaultServer server = FaultServer.answering(request -> request.number() == 0
                ? FaultServer.response(307, "Location: /there\r\n", "")
                : FaultServer.response(200, "", request.text()))) {
            HttpClient following = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.ALWAYS)
                    .build();
            InputStream once = new ByteArrayInputStream("order".getBytes(StandardCharsets.UTF_8));
            HttpResponse<String> response = LeveeHttpClient.wrap(following, levee().build())
                    .send(
                            HttpRequest.newBuilder(server.uri("/here"))
                                    .POST(BodyPublishers.ofInputStream(() -> once))
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(response.body()).isEqualTo("order");
            assertThat(response.uri().getPath()).isEqualTo("/there");
            assertThat(response.previousResponse().orElseThrow().statusCode()).isEqualTo(307);
        }
    }

    @Test
    void ofTwoWrappersOneRetries() throws Exception {
        try (FaultServer server = new FaultServer(FaultServer.Connection::read)) {
            HttpClient inner = LeveeHttpClient.wrap(
                    plain(),
                    Levee.named("inner")
                            .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(2))
                            .noRetryBudget()
                            .build());
            HttpClient outer = LeveeHttpClient.wrap(inner, levee().build());
            assertThatThrownBy(() -> outer.send(get(server), BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void theTimeLeftIsNeverMoreThanARequestThatIsPassedOnHas() throws Exception {
        try (FaultServer server = FaultServer.answering(request -> FaultServer.response(200, "", ""))) {
            HttpRequest passedOn = HttpRequest.newBuilder(server.uri())
                    .header("Levee-Timeout-Ms", "17")
                    .build();
            client().send(passedOn, BodyHandlers.discarding());
            assertThat(server.requests().get(0).header("Levee-Timeout-Ms")).isEqualTo("17");
        }
    }

    @Test
    void theMethodsOfNewerJdksReachTheWrappedClient() throws Exception {
        LeveeHttpClient client = (LeveeHttpClient) client();
        client.shutdown();
        boolean hasThem = Runtime.version().feature() >= 21;
        client.shutdownNow();
        assertThat(client.awaitTermination(Duration.ofSeconds(10))).isEqualTo(hasThem);
        assertThat(client.isTerminated()).isEqualTo(hasThem);
        client.close();
    }
}
