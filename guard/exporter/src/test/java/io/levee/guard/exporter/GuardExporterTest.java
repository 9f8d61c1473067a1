package io.levee.guard.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.levee.Call;
import io.levee.Levee;
import io.levee.RetryPolicy;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real server that plays the guard, well and badly. */
class GuardExporterTest {
    private static final String RECORD = "{\"decision\":";

    private static final Call<String> STOCK =
            Call.<String>named("GET /stock/{sku}").idempotent();

    private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
    private final List<Batch> batches = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private GuardExporter exporter;

    private record Batch(String id, String token, List<String> lines) {}

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/base/api/v1/events", this::receive);
        server.start();
    }

    @AfterEach
    void stop() {
        if (exporter != null) {
            exporter.close();
        }
        server.stop(0);
        threads.shutdownNow();
    }

    /** Status 0 stands for an answer that is lost. */
    private void receive(HttpExchange exchange) throws IOException {
        String body = new String(new GZIPInputStream(exchange.getRequestBody()).readAllBytes(), StandardCharsets.UTF_8);
        batches.add(new Batch(
                exchange.getRequestHeaders().getFirst("Levee-Batch"),
                exchange.getRequestHeaders().getFirst("Authorization"),
                body.lines().toList()));
        Integer status = answers.poll();
        if (status != null && status == 0) {
            exchange.close();
            return;
        }
        try (exchange) {
            exchange.getResponseHeaders().set("Retry-After", "0");
            exchange.sendResponseHeaders(status == null ? 200 : status, -1);
        }
    }

    private GuardExporter.Builder builder() {
        return GuardExporter.to(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/base"))
                .token("secret")
                .release("2026.11.3 \"x\"")
                .environment("canary")
                .side("canary")
                .waits(Duration.ofMillis(5), Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    private Levee inventory() {
        return Levee.named("inventory")
                .retry(RetryPolicy.fixed(Duration.ZERO).attempts(3))
                .noRetryBudget()
                .telemetry(exporter)
                .build();
    }

    private List<String> lines() {
        return all().filter(line -> !line.startsWith(RECORD)).toList();
    }

    private Stream<String> all() {
        return batches.stream().flatMap(batch -> batch.lines().stream());
    }

    private void awaitSent(long events) {
        await().until(() -> exporter.state().sent() == events);
    }

    @Test
    void eachCallIsOneEventWhateverItsAttempts() {
        exporter = builder().start();
        Levee inventory = inventory();
        inventory.call(STOCK, attempt -> "7");
        AtomicInteger tries = new AtomicInteger();
        inventory.call(STOCK, attempt -> {
            if (tries.incrementAndGet() < 3) {
                throw new java.io.UncheckedIOException(new ConnectException("no route"));
            }
            return "7";
        });
        inventory.call(STOCK.fallback("?"), attempt -> {
            throw new IllegalStateException("broken");
        });
        assertThatThrownBy(() -> inventory.call(attempt -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        inventory
                .callAsync(STOCK, attempt -> new java.util.concurrent.CompletableFuture<>())
                .toCompletableFuture()
                .cancel(true);
        exporter.close();
        assertThat(exporter.state()).isEqualTo(new ExporterState(4, 0, 0, 0));
        assertThat(lines())
                .map(line -> line.replaceAll("\"(time|durationMs)\":[0-9]+", "\"$1\":0"))
                .containsExactly(
                        event("\"route\":\"GET /stock/{sku}\",\"outcome\":\"good\",\"attempts\":1"),
                        event(
                                "\"route\":\"GET /stock/{sku}\",\"outcome\":\"good\",\"attempts\":3,\"savedByRetry\":true"),
                        event("\"route\":\"GET /stock/{sku}\",\"outcome\":\"degraded\",\"attempts\":1"),
                        event("\"outcome\":\"bad\",\"attempts\":1"));
        assertThat(batches).extracting(Batch::token).containsOnly("Bearer secret");
    }

    @Test
    void decisionRecordsOfRetriesGoAlongAndAreBounded() {
        exporter = builder().start();
        Levee inventory = inventory();
        int calls = 50;
        long firstSecond = System.currentTimeMillis() / 1_000;
        for (int i = 0; i < calls; i++) {
            assertThatThrownBy(() -> inventory.call(STOCK, attempt -> {
                        throw new java.io.UncheckedIOException(new ConnectException("no route"));
                    }))
                    .isInstanceOf(java.io.UncheckedIOException.class);
        }
        long seconds = System.currentTimeMillis() / 1_000 - firstSecond + 1;
        exporter.close();
        assertThat(exporter.state()).isEqualTo(new ExporterState(calls, 0, 0, 0));
        assertThat(lines()).hasSize(calls);
        List<String> records = all().filter(line -> line.startsWith(RECORD)).toList();
        List<String> retries = records.stream()
                .filter(line -> line.contains("retry after attempt"))
                .toList();
        List<String> stops = records.stream()
                .filter(line -> line.contains("stopped after attempt 2"))
                .toList();
        assertThat(retries).hasSizeBetween(5, (int) (5 * seconds));
        assertThat(stops).hasSizeBetween(5, (int) (5 * seconds));
        assertThat(records)
                .hasSize(retries.size() + stops.size())
                .allMatch(line -> line.contains("\"rule\":\"connect\",\"time\":")
                        && line.contains(",\"service\":\"inventory\",\"route\":\"GET /stock/{sku}\",")
                        && line.contains("\"environment\":\"canary\""));
    }

    @Test
    void anAllowanceIsOneOfEachSecond() {
        Allowance allowance = new Allowance(2);
        assertThat(Stream.of(999L, 999L, 999L, 1_000L, 1_500L, 1_999L, 500L).map(allowance::take))
                .containsExactly(true, true, false, true, true, false, true);
    }

    private static String event(String fields) {
        return "{\"time\":0,\"service\":\"inventory\"," + fields
                + ",\"durationMs\":0,\"environment\":\"canary\",\"release\":\"2026.11.3 \\\"x\\\"\",\"side\":\"canary\"}";
    }

    @Test
    void aBatchWithoutAnAnswerIsSentAgainUnderItsId() {
        answers.addAll(List.of(0, 503, 429, 401));
        exporter = builder().start();
        inventory().call(STOCK, attempt -> "7");
        awaitSent(1);
        assertThat(batches).hasSizeGreaterThanOrEqualTo(5);
        assertThat(batches.stream().distinct()).hasSize(1);
        inventory().call(STOCK, attempt -> "8");
        awaitSent(2);
        assertThat(batches.stream().map(Batch::id).distinct()).hasSize(2);
    }

    @Test
    void aBatchThatWillNeverBeTakenIsCountedAndGone() {
        answers.add(400);
        exporter = builder().start();
        inventory().call(STOCK, attempt -> "7");
        await().until(() -> exporter.state().refused() == 1);
        inventory().call(STOCK, attempt -> "8");
        awaitSent(1);
        assertThat(exporter.state()).isEqualTo(new ExporterState(1, 0, 1, 0));
    }

    @Test
    void whileTheGuardIsAwayCallsGoOnAndWhatDoesNotFitIsCounted() {
        server.stop(0);
        exporter = builder()
                .queue(60)
                .waits(Duration.ofMillis(5), Duration.ofSeconds(1), Duration.ofMillis(50))
                .start();
        Levee inventory = inventory();
        for (int i = 0; i < 10_000; i++) {
            assertThat(inventory.call(STOCK, attempt -> "7")).isEqualTo("7");
        }
        ExporterState full = exporter.state();
        assertThat(full.waiting()).isLessThanOrEqualTo(64);
        assertThat(full.dropped()).isGreaterThan(5_000);
        exporter.close();
        // What was left is counted, too: nothing is lost in silence.
        assertThat(exporter.state()).isEqualTo(new ExporterState(0, 10_000, 0, 0));
    }

    @Test
    void eventsOfManyThreadsAllArrive() throws Exception {
        exporter = builder().queue(1 << 17).start();
        Levee inventory = inventory();
        List<Thread> callers = java.util.stream.IntStream.range(0, 4)
                .mapToObj(n -> new Thread(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        inventory.call(STOCK, attempt -> "7");
                    }
                }))
                .toList();
        callers.forEach(Thread::start);
        for (Thread caller : callers) {
            caller.join();
        }
        exporter.close();
        assertThat(exporter.state()).isEqualTo(new ExporterState(80_000, 0, 0, 0));
        assertThat(lines()).hasSize(80_000);
    }

    @Test
    void aCallAllocatesNothingForItsEvent() {
        exporter = builder().queue(1 << 17).start();
        Levee inventory = inventory();
        io.levee.AttemptBody<String, RuntimeException> body = attempt -> "7";
        Runnable calls = () -> {
            for (int i = 0; i < 20_000; i++) {
                inventory.call(STOCK, body);
            }
        };
        calls.run();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(self);
        calls.run();
        // Less than a byte a call: what measuring itself takes.
        assertThat(threads.getThreadAllocatedBytes(self) - before).isLessThan(20_000);
        assertThat(exporter.state().dropped()).isZero();
    }

    @Test
    void theEnvironmentNamesTheGuard() {
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/base/";
        EnvironmentExporter found = new EnvironmentExporter(
                Map.of("LEVEE_GUARD_URL", url, "LEVEE_RELEASE", "r1", "LEVEE_ENVIRONMENT", "staging")::get);
        Levee levee = Levee.named("x").telemetry(found).build();
        levee.call(attempt -> "7");
        exporter = found.exporter();
        awaitSent(1);
        assertThat(lines()).singleElement().asString().contains("\"environment\":\"staging\",\"release\":\"r1\"");
        assertThat(new EnvironmentExporter(name -> null).sink(levee)).isNull();
        assertThatThrownBy(
                        () -> new EnvironmentExporter(Map.of("LEVEE_GUARD_URL", url, "LEVEE_ENVIRONMENT", "dev")::get)
                                .sink(levee))
                .hasMessageContaining("LEVEE_ENVIRONMENT")
                .hasMessageContaining("'dev' is no environment");
        assertThatThrownBy(() -> GuardExporter.to(URI.create("guard:8350"))).hasMessageContaining("no URL of a guard");
    }
}
