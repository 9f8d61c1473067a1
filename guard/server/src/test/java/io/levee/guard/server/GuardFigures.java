package io.levee.guard.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures of docs/benchmarks.md, section The guard: prints them, and asserts only that all was counted. */
@Tag("full")
class GuardFigures {
    private static final int SPANS = 500;
    private static final int OBJECTIVES = 1_000;
    private static final int WEEKS = 4;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    private static void print(String format, Object... values) {
        System.out.printf(
                format + " (load %.1f)%n",
                java.util.stream.Stream.concat(
                                java.util.Arrays.stream(values),
                                java.util.stream.Stream.of(ManagementFactory.getOperatingSystemMXBean()
                                        .getSystemLoadAverage()))
                        .toArray());
    }

    private HttpRequest.Builder request(URI guard, String path, String token) {
        return HttpRequest.newBuilder(guard.resolve(path)).header("Authorization", "Bearer " + token);
    }

    /** The guard has a JVM of its own, so that its processor time is its own, too. */
    @Test
    void spansByHttpIntoSqlite() throws Exception {
        Path slos = Files.createDirectory(folder.resolve("slo"));
        Files.writeString(slos.resolve("order-submit.yaml"), TestGuard.slo("order-submit"));
        OtlpBytes batch = new OtlpBytes("shop", SPANS);
        AtomicLong number = new AtomicLong();
        try (GuardProgram guard =
                GuardProgram.start(slos, folder.resolve("data").toString())) {
            String ingest = guard.issue("ingest");
            send(guard, ingest, batch, number, Duration.ofSeconds(20));
            for (int round = 0; round < 3; round++) {
                long before = number.get();
                Duration cpu = guard.processorTime();
                long begin = System.nanoTime();
                send(guard, ingest, batch, number, Duration.ofSeconds(10));
                double seconds = (System.nanoTime() - begin) / 1e9;
                double cpuSeconds = guard.processorTime().minus(cpu).toNanos() / 1e9;
                long spans = (number.get() - before) * SPANS;
                print(
                        "OTLP/HTTP: %,.0f spans/s; %,.0f spans for a second of processor time of the guard",
                        spans / seconds, spans / cpuSeconds);
            }
            String viewer = guard.issue("viewer");
            org.awaitility.Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(guard.total(viewer)).isEqualTo(number.get() * SPANS));
        }
    }

    private void send(GuardProgram guard, String token, OtlpBytes batch, AtomicLong number, Duration time)
            throws Exception {
        long until = System.nanoTime() + time.toNanos();
        List<Thread> pods = new ArrayList<>();
        Set<String> failed = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 4; i++) {
            Thread pod = new Thread(() -> {
                while (System.nanoTime() < until) {
                    HttpRequest request = request(guard.uri, "/v1/traces", token)
                            .header("Content-Type", "application/x-protobuf")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(
                                    batch.request(number.getAndIncrement(), Instant.now())))
                            .build();
                    try {
                        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                        if (answer.statusCode() != 200) {
                            failed.add(answer.statusCode() + " " + answer.body());
                        }
                    } catch (Exception e) {
                        failed.add(e.toString());
                    }
                }
            });
            pods.add(pod);
            pod.start();
        }
        for (Thread pod : pods) {
            pod.join();
        }
        assertThat(failed).isEmpty();
    }

    @Test
    void theListOfAThousandObjectives() throws Exception {
        Path slos = Files.createDirectory(folder.resolve("slo"));
        StringBuilder documents = new StringBuilder();
        for (int i = 0; i < OBJECTIVES; i++) {
            documents
                    .append(TestGuard.slo("slo-" + i).replace("service: shop", "service: shop-" + i))
                    .append("---\n");
        }
        Files.writeString(slos.resolve("all.yaml"), documents.substring(0, documents.length() - 4));
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-25T10:30:30Z"));
        StoreSettings place = StoreSettings.folder(folder.resolve("data")).clock(now::get);
        GuardSettings settings = new GuardSettings(slos, place).port(0).clock(now::get);
        Store store = Stores.open(place);
        String token;
        try (Guard guard = Guard.start(settings, store)) {
            token = guard.firstToken();
            for (int hour = WEEKS * 7 * 24; hour >= 0; hour--) {
                store.appendBulk(hour(now.get().minus(Duration.ofHours(hour))));
            }
            for (int minute = 90; minute > 0; minute--) {
                store.appendBulk(hour(now.get().minus(Duration.ofMinutes(minute))));
            }
            for (int i = 0; i < 6; i++) {
                ask("before the guard's tick, as a minute begins", guard, token, now, Duration.ofMinutes(1));
            }
            asTimePasses(guard, store, token, now);
            for (int i = 0; i < 4; i++) {
                ask("as a second begins", guard, token, now, Duration.ofSeconds(1));
            }
            store.appendBulk(hour(now.get()).subList(0, 100));
            ask("after events of 100 objectives", guard, token, now, Duration.ofSeconds(1));
            ask("again", guard, token, now, Duration.ZERO);
        }
        long begin = System.nanoTime();
        try (Guard guard = Guard.start(settings)) {
            print("restart: %d ms until it listens", (System.nanoTime() - begin) / 1_000_000);
            ask("first", guard, token, now, Duration.ZERO);
            print("restart and first answer: %d ms", (System.nanoTime() - begin) / 1_000_000);
        }
    }

    /** Every 20 ms, with events of all objectives each second, while the minute turns twelve times. */
    private void asTimePasses(Guard guard, Store store, String token, AtomicReference<Instant> now) throws Exception {
        List<Long> tookMs = new ArrayList<>();
        List<Long> turnMs = new ArrayList<>();
        for (int turn = 0; turn < 12; turn++) {
            Instant begin =
                    now.get().truncatedTo(java.time.temporal.ChronoUnit.MINUTES).plusSeconds(57);
            long beganNanos = System.nanoTime();
            for (Instant told = begin; now.get().isBefore(begin.plusSeconds(6)); ) {
                now.set(begin.plusNanos(System.nanoTime() - beganNanos));
                if (!now.get().isBefore(told)) {
                    store.appendBulk(hour(now.get()));
                    told = told.plusSeconds(1);
                }
                long asked = System.nanoTime();
                HttpResponse<byte[]> answer = client.send(
                        request(guard.uri(), "/api/v1/slos", token).GET().build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                long took = (System.nanoTime() - asked) / 1_000_000;
                assertThat(answer.statusCode()).isEqualTo(200);
                tookMs.add(took);
                if (Math.abs(Duration.between(begin.plusSeconds(3), now.get()).toMillis()) < 1_500) {
                    turnMs.add(took);
                }
                org.awaitility.Awaitility.await()
                        .pollDelay(Duration.ofMillis(20))
                        .until(() -> true); // some 50 a second
            }
        }
        for (var each :
                List.of(java.util.Map.entry("all", tookMs), java.util.Map.entry("as a minute begins", turnMs))) {
            List<Long> sorted = each.getValue().stream().sorted().toList();
            print(
                    "GET /api/v1/slos as time passes, %s: %d answers, median %d ms, 99 %% %d ms, worst %d ms",
                    each.getKey(),
                    sorted.size(),
                    sorted.get(sorted.size() / 2),
                    sorted.get(sorted.size() * 99 / 100),
                    sorted.get(sorted.size() - 1));
        }
    }

    private static List<Store.Bulk> hour(Instant end) {
        List<Store.Bulk> bulks = new ArrayList<>();
        for (int i = 0; i < OBJECTIVES; i++) {
            for (Event.Outcome outcome : List.of(Event.Outcome.GOOD, Event.Outcome.BAD)) {
                Event event = new Event(
                        null,
                        end,
                        "shop-" + i,
                        null,
                        null,
                        outcome,
                        "r1",
                        Environment.PRODUCTION,
                        null,
                        null,
                        null,
                        1,
                        false,
                        null);
                bulks.add(new Store.Bulk(event, outcome == Event.Outcome.GOOD ? 60_000 : 10));
            }
        }
        return bulks;
    }

    private void ask(String when, Guard guard, String token, AtomicReference<Instant> now, Duration later)
            throws Exception {
        now.set(now.get().plus(later));
        long begin = System.nanoTime();
        HttpResponse<String> answer = client.send(
                request(guard.uri(), "/api/v1/slos", token).GET().build(), HttpResponse.BodyHandlers.ofString());
        long took = System.nanoTime() - begin;
        assertThat(TestGuard.json(answer).path("slos").size()).isEqualTo(OBJECTIVES);
        print(
                "GET /api/v1/slos %s: %d ms, %d KB",
                when, took / 1_000_000, answer.body().length() >> 10);
    }
}
