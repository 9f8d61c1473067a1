package io.levee.guard.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.EventMatcher;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.guard.store.Tracked;
import io.levee.guard.web.Role;
import io.levee.guard.web.Tokens;
import io.levee.guard.web.WebServer;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OTLP over HTTP into the store that the guard has. */
class RealStoreTest {
    private static final int SPANS = 500;
    private final InstantSource clock = InstantSource.system();

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    private static byte[] body(int first, int spans) {
        Instant now = InstantSource.system().instant();
        long end = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        Span[] all = new Span[spans];
        for (int i = 0; i < spans; i++) {
            List<KeyValue> attributes = new ArrayList<>(List.of(
                    Spans.text("http.request.method", "POST"),
                    Spans.text("http.route", "/orders"),
                    Spans.text("url.scheme", "https"),
                    Spans.text("url.path", "/orders"),
                    Spans.text("server.address", "orders.example.org"),
                    Spans.number("server.port", 443),
                    Spans.text("client.address", "10.0.0.17"),
                    Spans.text("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
                    Spans.text("network.protocol.version", "1.1"),
                    Spans.number("thread.id", 31),
                    Spans.text("thread.name", "qtp-31"),
                    Spans.number("http.response.status_code", i % 100 == 0 ? 503 : 201)));
            all[i] =
                    Spans.span(first + i, Span.SpanKind.SPAN_KIND_SERVER, attributes.toArray(KeyValue[]::new))
                            .toBuilder()
                            .setStartTimeUnixNano(end - 20_000_000)
                            .setEndTimeUnixNano(end)
                            .build();
        }
        return Spans.request(List.of(Spans.text("service.name", "order"), Spans.text("service.version", "1.4.2")), all)
                .toByteArray();
    }

    private HttpRequest request(WebServer server, byte[] body) {
        return HttpRequest.newBuilder(server.uri().resolve("/v1/traces"))
                .header("Authorization", "Bearer in")
                .header("Content-Type", "application/x-protobuf")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private Counts counted(Store store) {
        Instant now = clock.instant();
        return store.counts("orders").counts(new TimeRange(now.minusSeconds(3_600), now.plusSeconds(60)));
    }

    private WebServer server(Store store) {
        store.track(List.of(new Tracked("orders", new EventMatcher("order", Set.of(), Set.of("POST /orders"), null))));
        WebServer server = WebServer.with(token -> new Tokens.Principal("pods", Role.INGEST))
                .port(0)
                .ingestLimit(1e6, 1e6)
                .build();
        new Ingest(IngestSettings.defaults(), store, clock).addTo(server.routes());
        server.start();
        return server;
    }

    @Test
    void spansAreCountedOnceAndTheirCountsAreThereAfterARestart() throws Exception {
        try (Store store = Stores.open(StoreSettings.folder(folder));
                WebServer server = server(store)) {
            byte[] body = body(1, SPANS);
            for (int i = 0; i < 2; i++) {
                assertThat(http.send(request(server, body), HttpResponse.BodyHandlers.discarding())
                                .statusCode())
                        .isEqualTo(200);
            }
            assertThat(counted(store)).isEqualTo(new Counts(SPANS - 5, 5, 0));
        }
        try (Store store = Stores.open(StoreSettings.folder(folder))) {
            assertThat(counted(store)).isEqualTo(new Counts(SPANS - 5, 5, 0));
        }
    }

    /** Prints figures; docs/ingest.md has them. */
    @Test
    @Tag("full")
    void throughput() throws Exception {
        byte[] sample = body(1, SPANS);
        StringCache strings = new StringCache();
        for (int round = 0; round < 4; round++) {
            long begin = System.nanoTime();
            int spans = 0;
            while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(2)) {
                spans += TraceReader.read(sample, IngestSettings.defaults(), strings)
                        .events
                        .size();
            }
            print("decoded on one thread", spans, begin);
        }
        List<byte[]> bodies = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            bodies.add(body(1 + i * SPANS, SPANS));
        }
        try (Store store = Stores.open(StoreSettings.folder(folder));
                WebServer server = server(store)) {
            long begin = System.nanoTime();
            List<CompletableFuture<Void>> senders = new ArrayList<>();
            for (int sender = 0; sender < 4; sender++) {
                int first = sender;
                senders.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = first; i < bodies.size(); i += 4) {
                                assertThat(http.sendAsync(
                                                        request(server, bodies.get(i)),
                                                        HttpResponse.BodyHandlers.discarding())
                                                .join()
                                                .statusCode())
                                        .isEqualTo(200);
                            }
                        },
                        task -> new Thread(task).start()));
            }
            senders.forEach(CompletableFuture::join);
            print("by OTLP/HTTP into SQLite, senders included", bodies.size() * SPANS, begin);
            assertThat(counted(store).total()).isEqualTo((long) bodies.size() * SPANS);
        }
    }

    private static void print(String what, long events, long begin) {
        System.out.printf("%s: %,d events/s%n", what, events * 1_000_000_000L / (System.nanoTime() - begin));
    }
}
