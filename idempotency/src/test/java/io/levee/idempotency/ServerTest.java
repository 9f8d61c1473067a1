package io.levee.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The draft's rules, seen from outside, on every kind of server. */
class ServerTest {
    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicInteger runs = new AtomicInteger();
    private URI uri;

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private void start(TestServer server, App app) throws Exception {
        start(server, app, builder -> {});
    }

    private void start(TestServer server, App app, Consumer<IdempotencyBuilder> settings) throws Exception {
        start(server, app, JdbcStore.sqlite(directory.resolve("records.db")), settings);
    }

    private void start(TestServer server, App app, IdempotencyStore store, Consumer<IdempotencyBuilder> settings)
            throws Exception {
        IdempotencyBuilder builder = Idempotency.on(store);
        settings.accept(builder);
        Idempotency idempotency = builder.build();
        open.add(idempotency);
        TestServer.Running running = server.start(idempotency, app);
        open.add(running);
        uri = running.uri();
    }

    private App counting(int status, String text) {
        return request -> {
            int run = runs.incrementAndGet();
            String body = new String(request.body(), UTF_8);
            return StoredResponse.of(status, "text/plain", text + " " + run + " " + body)
                    .withHeader("Location", "/payments/" + run)
                    .withHeader("Set-Cookie", "session=" + run);
        };
    }

    private HttpResponse<String> post(String path, String key, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri.resolve(path)).POST(BodyPublishers.ofString(body));
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String newKey() {
        return '"' + UUID.randomUUID().toString() + '"';
    }

    private static void isProblem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.body()).contains("\"title\":\"", "\"status\":" + status, "\"detail\":\"");
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aFinishedRequestIsReplayedAndNotDoneAgain(TestServer server) throws Exception {
        start(server, counting(201, "made"));
        String key = newKey();

        HttpResponse<String> first = post("/a", key, "10 EUR");
        HttpResponse<String> second = post("/a", key, "10 EUR");

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.body()).isEqualTo("made 1 10 EUR");
        assertThat(first.headers().firstValue("Set-Cookie")).hasValue("session=1");
        assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Location")).hasValue("/payments/1");
        assertThat(second.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
        assertThat(second.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(second.headers().firstValue("Idempotent-Replayed")).hasValue("true");
        assertThat(runs).hasValue(1);
        assertThat(post("/a", newKey(), "10 EUR").body()).isEqualTo("made 2 10 EUR");
        assertThat(post("/b", key, "10 EUR").body()).as("a key is a path's own").isEqualTo("made 3 10 EUR");
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void anAnswerWithoutABodyIsReplayed(TestServer server) throws Exception {
        start(server, request -> {
            runs.incrementAndGet();
            return StoredResponse.of(204, List.of(), new byte[0]);
        });
        String key = newKey();
        assertThat(post("/a", key, "x").statusCode()).isEqualTo(204);
        assertThat(post("/a", key, "x").statusCode()).isEqualTo(204);
        assertThat(runs).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aKeyIsAskedForWhereItIsRequired(TestServer server) throws Exception {
        start(
                server,
                counting(200, "ok"),
                builder -> builder.required(head -> head.path().startsWith("/pay"))
                        .help(URI.create("https://example.com/keys")));

        HttpResponse<String> without = post("/pay", null, "x");
        isProblem(without, 400);
        assertThat(without.body()).contains("\"type\":\"https://example.com/keys\"");
        assertThat(without.headers().firstValue("Link"))
                .hasValueSatisfying(l -> assertThat(l).contains("describedby"));
        isProblem(post("/pay", "no-quotes", "x"), 400);
        isProblem(post("/other", "no-quotes", "x"), 400);
        assertThat(runs).hasValue(0);
        assertThat(post("/other", null, "x").body()).isEqualTo("ok 1 x");
        HttpRequest get = HttpRequest.newBuilder(uri.resolve("/pay"))
                .header("Idempotency-Key", "x")
                .build();
        assertThat(client.send(get, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aKeyOfAnotherRequestIsRefused(TestServer server) throws Exception {
        start(server, counting(200, "ok"));
        String key = newKey();
        post("/a?x=1", key, "10 EUR");
        isProblem(post("/a?x=1", key, "11 EUR"), 422);
        isProblem(post("/a?x=2", key, "10 EUR"), 422);
        assertThat(runs).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aKeyIsWhoseScopeSaysSo(TestServer server) throws Exception {
        start(server, counting(200, "ok"), builder -> builder.scope(head -> head.header("Tenant") + head.path()));
        for (String tenant : List.of("one", "two", "one")) {
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .header("Tenant", tenant)
                    .header("Idempotency-Key", "\"k\"")
                    .POST(BodyPublishers.ofString("x"))
                    .build();
            assertThat(client.send(request, BodyHandlers.ofString()).body())
                    .isEqualTo(tenant.equals("one") ? "ok 1 x" : "ok 2 x");
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aRequestThatStillRunsIsAConflict(TestServer server) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        start(server, request -> {
            running.countDown();
            await(goOn);
            return StoredResponse.of(200, "text/plain", "done");
        });
        String key = newKey();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<HttpResponse<String>> first = thread.submit(() -> post("/a", key, "x"));
            await(running);

            HttpResponse<String> second = post("/a", key, "x");
            isProblem(second, 409);
            assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
            isProblem(post("/a", key, "y"), 422);

            goOn.countDown();
            assertThat(first.get(PATIENCE_SECONDS, TimeUnit.SECONDS).body()).isEqualTo("done");
            assertThat(post("/a", key, "x").body()).isEqualTo("done");
        } finally {
            goOn.countDown();
            thread.shutdownNow();
        }
    }

    /** 100 at once with one key: one execution, and everybody who comes again as told gets its answer. */
    @ParameterizedTest
    @EnumSource(TestServer.class)
    void ofAHundredAtOnceOneIsDone(TestServer server) throws Exception {
        start(server, counting(201, "made"));
        String key = newKey();
        ExecutorService threads = Executors.newFixedThreadPool(100);
        try {
            List<Callable<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(() -> {
                    while (true) {
                        HttpResponse<String> response = post("/a", key, "10 EUR");
                        if (response.statusCode() != 409) {
                            return response;
                        }
                        Thread.onSpinWait();
                    }
                });
            }
            int replayed = 0;
            for (Future<HttpResponse<String>> one : threads.invokeAll(all, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                assertThat(one.get().statusCode()).isEqualTo(201);
                assertThat(one.get().body()).isEqualTo("made 1 10 EUR");
                replayed +=
                        one.get().headers().firstValue("Idempotent-Replayed").isPresent() ? 1 : 0;
            }
            assertThat(replayed).isEqualTo(99);
            assertThat(runs).hasValue(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void whatWasNotDoneIsDoneTheNextTimeAndAFailureIsKept(TestServer server) throws Exception {
        AtomicInteger status = new AtomicInteger(503);
        start(server, request -> {
            runs.incrementAndGet();
            return StoredResponse.of(status.get(), "text/plain", "run " + runs);
        });
        String key = newKey();
        assertThat(post("/a", key, "x").statusCode()).isEqualTo(503);
        status.set(429);
        assertThat(post("/a", key, "x").statusCode()).isEqualTo(429);
        status.set(500);
        assertThat(post("/a", key, "x").body()).isEqualTo("run 3");
        status.set(200);
        HttpResponse<String> kept = post("/a", key, "x");
        assertThat(kept.statusCode()).isEqualTo(500);
        assertThat(kept.body()).isEqualTo("run 3");
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aHandlerCanSayThatNothingWasDone(TestServer server) throws Exception {
        start(server, request -> {
            request.work().nothingDone();
            return StoredResponse.of(500, "text/plain", "run " + runs.incrementAndGet());
        });
        String key = newKey();
        assertThat(post("/a", key, "x").body()).isEqualTo("run 1");
        assertThat(post("/a", key, "x").body()).isEqualTo("run 2");
    }

    @ParameterizedTest
    @EnumSource(
            value = TestServer.class,
            names = {"JDK", "JETTY"})
    void aHandlerThatThrowsIsNotRunAgainUnlessItIsSaidToHaveDoneNothing(TestServer server) throws Exception {
        App throwing = request -> {
            runs.incrementAndGet();
            throw new IOException("disk full");
        };
        start(server, throwing);
        String key = newKey();
        failsSomehow(key);
        isProblem(post("/a", key, "x"), 500);
        assertThat(runs).hasValue(1);

        start(
                server,
                throwing,
                JdbcStore.sqlite(directory.resolve("other.db")),
                IdempotencyBuilder::releaseOnException);
        failsSomehow(key);
        failsSomehow(key);
        assertThat(runs).hasValue(3);
    }

    /** Jetty answers 500, the JDK's server closes the connection. */
    private void failsSomehow(String key) throws Exception {
        try {
            assertThat(post("/a", key, "x").statusCode()).isEqualTo(500);
        } catch (IOException closed) {
            assertThat(closed).isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aBodyThatIsTooLongIsRefusedOrPassed(TestServer server) throws Exception {
        start(server, counting(200, "ok"), builder -> builder.maxRequestBytes(10));
        String key = newKey();
        isProblem(post("/a", key, "x".repeat(11)), 413);
        assertThat(post("/a", key, "x".repeat(10)).statusCode()).isEqualTo(200);

        start(
                server,
                counting(200, "ok"),
                JdbcStore.sqlite(directory.resolve("other.db")),
                builder -> builder.maxRequestBytes(10).passLongBodies());
        for (int i = 2; i < 4; i++) {
            HttpRequest chunked = HttpRequest.newBuilder(uri)
                    .header("Idempotency-Key", key)
                    .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString("0123456789abcdef")))
                    .build();
            assertThat(client.send(chunked, BodyHandlers.ofString()).body()).isEqualTo("ok " + i + " 0123456789abcdef");
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void anAnswerThatIsTooLongIsSentOnce(TestServer server) throws Exception {
        start(
                server,
                request -> {
                    runs.incrementAndGet();
                    return StoredResponse.of(200, "text/plain", "y".repeat(100_000));
                },
                builder -> builder.maxResponseBytes(1000));
        String key = newKey();
        assertThat(post("/a", key, "x").body()).hasSize(100_000);
        isProblem(post("/a", key, "x"), 410);
        assertThat(runs).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aStoreThatIsAwayMeansClosedOrOpen(TestServer server) throws Exception {
        IdempotencyStore away = new RedisStore((script, keys, arguments) -> {
            throw new IllegalStateException("no connection");
        });
        start(server, counting(200, "ok"), away, builder -> {});
        HttpResponse<String> refused = post("/a", newKey(), "x");
        isProblem(refused, 503);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(runs).hasValue(0);

        start(server, counting(200, "ok"), away, IdempotencyBuilder::failOpen);
        assertThat(post("/a", newKey(), "x").body()).isEqualTo("ok 1 x");
    }

    /** A handler that runs for longer than its lease keeps its record. */
    @ParameterizedTest
    @EnumSource(
            value = TestServer.class,
            names = {"JDK", "JETTY_ASYNC"})
    void aSlowHandlerKeepsItsLease(TestServer server) throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        start(
                server,
                request -> {
                    runs.incrementAndGet();
                    running.countDown();
                    await(goOn);
                    return StoredResponse.of(200, "text/plain", "done");
                },
                builder -> builder.lease(Duration.ofSeconds(1)));
        String key = newKey();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<HttpResponse<String>> first = thread.submit(() -> post("/a", key, "x"));
            await(running);
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1500);
            do {
                assertThat(post("/a", key, "x").statusCode()).isEqualTo(409);
            } while (System.nanoTime() < until);
            goOn.countDown();
            assertThat(first.get(PATIENCE_SECONDS, TimeUnit.SECONDS).body()).isEqualTo("done");
            assertThat(runs).hasValue(1);
        } finally {
            goOn.countDown();
            thread.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody came");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
