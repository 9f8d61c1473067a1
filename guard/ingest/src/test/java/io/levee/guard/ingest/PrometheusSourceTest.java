package io.levee.guard.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.TimeRange;
import io.levee.servers.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real Prometheus that scrapes counters which play a known script, and servers that answer wrongly. */
class PrometheusSourceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TimeRange ANY =
            new TimeRange(Instant.parse("2026-11-25T10:00:00Z"), Instant.parse("2026-11-25T11:00:00Z"));

    private final Map<String, Long> counters = new ConcurrentHashMap<>();
    private final AtomicReference<String> answer = new AtomicReference<>("");
    private int status = 200;
    private String asked = "";
    private HttpServer server;
    private Process prometheus;
    private URI uri;

    @TempDir
    Path folder;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", exchange -> {
            String text = counters.entrySet().stream()
                    .map(each -> "calls_total{" + each.getKey() + "} " + each.getValue() + "\n")
                    .collect(Collectors.joining("", "# TYPE calls_total counter\n", ""));
            try (exchange) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(Guard.utf8(text));
            }
        });
        server.createContext("/api/v1/query", exchange -> {
            try (exchange) {
                asked = exchange.getRequestHeaders().getFirst("X-Scope-OrgID") + " "
                        + new String(exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, 0);
                exchange.getResponseBody().write(Guard.utf8(answer.get()));
            }
        });
        server.start();
        uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() throws Exception {
        server.stop(0);
        if (prometheus != null) {
            prometheus.destroy();
            assertThat(prometheus.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static String program() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(each -> Path.of(each, "prometheus"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElse("");
    }

    private URI startPrometheus() throws IOException {
        assumeTrue(!program().isEmpty(), "SKIPPED: prometheus is not installed (Debian package prometheus)");
        Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 200ms, scrape_timeout: 200ms}
                scrape_configs:
                  - job_name: order
                    static_configs: [{targets: ['127.0.0.1:%d']}]
                """.formatted(uri.getPort()));
        int port = Program.freePort();
        prometheus = new ProcessBuilder(
                        program(),
                        "--config.file=prometheus.yml",
                        "--storage.tsdb.path=data",
                        "--web.listen-address=127.0.0.1:" + port)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.log").toFile())
                .start();
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Sets counters at once, and waits until Prometheus has them. */
    private Instant play(PrometheusClient client, Map<String, Long> values) {
        counters.putAll(values);
        values.forEach((labels, value) -> await().atMost(PATIENCE).until(() -> {
            try {
                return client.query("calls_total{" + labels + "}", Instant.now()).stream()
                        .anyMatch(series -> series.values().get(0).value() == value);
            } catch (PrometheusException notYet) {
                return false;
            }
        }));
        return Instant.now();
    }

    @Test
    void countsAreExactWithNewSeriesAndRestarts() throws Exception {
        String aGood = "pod=\"a\",result=\"good\"";
        String aBad = "pod=\"a\",result=\"bad\"";
        String bGood = "pod=\"b\",result=\"good\"";
        String bBad = "pod=\"b\",result=\"bad\"";
        URI at = startPrometheus();
        Instant before = Instant.now().minusSeconds(600);
        PrometheusClient client = new PrometheusClient(at, Map.of(), Map.of(), PATIENCE, 1 << 20);
        Instant from = play(client, Map.of(aGood, 1_000_003L, aBad, 17L));
        play(client, Map.of(aGood, 1_000_050L));
        // A new pod, whose first sample has errors already; increase() would lose them.
        Instant middle = play(client, Map.of(bGood, 5L, bBad, 2L));
        play(client, Map.of(aGood, 1_000_061L, aBad, 18L));
        // It starts again.
        play(client, Map.of(bGood, 4L, bBad, 1L));
        Instant to = play(client, Map.of(bGood, 9L));

        PrometheusSource.Builder settings =
                PrometheusSource.of(at).lookBack(Duration.ofSeconds(40)).stretch(Duration.ofSeconds(7));
        PrometheusSource byBad = settings.bad("calls_total{result=\"bad\"}", "sum(calls_total)");
        PrometheusSource byGood = settings.good(
                "sum(rate(calls_total{result=\"good\"}[{{.window}}]))", "calls_total{result=~\"good|bad\"}");
        Counts whole = new Counts(58 + 5 + 9, 2 + 1 + 1, 0);
        assertThat(byBad.counts(new TimeRange(from, to))).isEqualTo(whole);
        assertThat(byGood.counts(new TimeRange(from, to))).isEqualTo(whole);
        assertThat(byBad.counts(new TimeRange(from, middle))).isEqualTo(new Counts(47 + 5, 2, 0));
        assertThat(byBad.counts(new TimeRange(from, middle)).plus(byBad.counts(new TimeRange(middle, to))))
                .isEqualTo(whole);
        // Before this Prometheus there was nothing to compare with: what it found is no growth.
        assertThat(byBad.counts(new TimeRange(before, to))).isEqualTo(whole);
        assertThat(byBad.counts(new TimeRange(before, before.plusSeconds(60)))).isEqualTo(Counts.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | {\"status\":\"error\",\"error\":\"no token\"} | status 401, no token",
                "502 | <html> | status 502, and no JSON",
                "200 | [] | and no JSON object",
                "200 | {\"status\":\"success\",\"data\":{\"result\":[]},\"warnings\":[\"store x is away\"]} | it may not be all: store x is away",
                "422 | {\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"too many samples\"} | too many samples",
                "200 | {\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{},\"values\":[[1,\"x\"]]}]}} | has the value 'x'",
                "200 | {\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{},\"values\":[[1]]}]}} | not a time and a value",
            })
    void whatIsNoAnswerIsNoCount(int code, String body, String says) {
        status = code;
        answer.set(body);
        PrometheusSource source = PrometheusSource.of(uri)
                .header("X-Scope-OrgID", "shop")
                .parameter("partial_response", "false")
                .bad("bad_total", "all_total");
        assertThatThrownBy(() -> source.counts(ANY))
                .isInstanceOf(PrometheusException.class)
                .hasMessageContaining("did not answer 'all_total[")
                .hasMessageContaining(says);
        assertThat(asked).startsWith("shop ").contains("partial_response=false");
    }

    @Test
    void anAnswerIsBoundedAndAServerThatIsAwayIsNamed() {
        answer.set("{\"status\":\"success\",\"data\":{\"result\":[" + " ".repeat(2_000) + "]}}");
        assertThatThrownBy(() -> PrometheusSource.of(uri)
                        .responseLimit(1_000)
                        .bad("bad_total", "all_total")
                        .counts(ANY))
                .hasMessageContaining("larger than 1000 bytes");
        server.stop(0);
        assertThatThrownBy(() ->
                        PrometheusSource.of(uri).bad("bad_total", "all_total").counts(ANY))
                .hasMessageContaining(uri + " did not answer");
    }

    @Test
    void aTotalThatIsTooSmallIsAnError() {
        answer.set(
                "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"pod\":\"a\"},\"values\":[["
                        + (ANY.from().getEpochSecond() - 10) + ",\"1\"],["
                        + (ANY.from().getEpochSecond() + 10) + ".5,\"4\"]]}]}}");
        PrometheusSource source =
                PrometheusSource.of(uri).stretch(Duration.ofHours(2)).bad("bad_total", "all_total");
        assertThat(source.counts(ANY)).isEqualTo(new Counts(0, 3, 0));
        assertThatThrownBy(() -> PrometheusSource.of(uri).bad("histogram_quantile(0.9, x)", "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'histogram_quantile(0.9, x)' is no counter");
    }
}
