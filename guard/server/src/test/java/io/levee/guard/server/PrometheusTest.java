package io.levee.guard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levee.guard.ingest.PrometheusSource;
import io.levee.guard.store.StoreSettings;
import io.levee.servers.Program;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A guard whose objective counts what a real Prometheus has. */
class PrometheusTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String SLO = """
            apiVersion: openslo/v1
            kind: SLO
            metadata: {name: orders}
            spec:
              service: shop
              indicator:
                metadata: {name: orders-ok}
                spec:
                  ratioMetric:
                    counter: true
                    bad:
                      metricSource: {metricSourceRef: metrics, spec: {query: 'calls_total{result="bad"}'}}
                    total:
                      metricSource: {metricSourceRef: metrics, spec: {query: 'sum(calls_total)'}}
              timeWindow: [{duration: 28d, isRolling: true}]
              budgetingMethod: Occurrences
              objectives: [{target: 0.99}]
            ---
            apiVersion: openslo/v1
            kind: DataSource
            metadata: {name: metrics}
            spec: {type: Prometheus, connectionDetails: {}}
            """;

    private final HttpClient client = HttpClient.newHttpClient();
    private Guard guard;

    @TempDir
    private Path folder;

    @Test
    void itsCountsAreTheObjectives() throws Exception {
        String program = program("prometheus");
        String tool = program("promtool");
        assumeTrue(
                !program.isEmpty() && !tool.isEmpty(),
                "SKIPPED: prometheus is not installed (Debian package prometheus)");
        samples(tool, Instant.now().truncatedTo(ChronoUnit.MINUTES));
        Process prometheus = start(program);
        Path slos = Files.createDirectory(folder.resolve("slo"));
        Files.writeString(slos.resolve("orders.yaml"), SLO);
        StoreSettings place = StoreSettings.folder(folder.resolve("store"));
        GuardSettings settings =
                new GuardSettings(slos, place).port(0).prometheus(PrometheusSource.of(server(prometheus)));
        try (Guard running = Guard.start(settings)) {
            guard = running;
            String token = running.firstToken();
            // Three hours of a sample a minute: 179 times 100 more, of which 2 bad, after the first one.
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonNode slo = slo(token);
                assertThat(slo.path("total").asLong()).as(slo.toString()).isEqualTo(17_900);
                assertThat(slo.path("bad").asLong()).isEqualTo(358);
            });
            // 358 of the 179 that are allowed
            assertThat(slo(token).path("usedPercent").asDouble()).isEqualTo(200);
        } finally {
            prometheus.destroy();
            assertThat(prometheus.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private JsonNode slo(String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(guard.uri().resolve("/api/v1/slos/orders"))
                .header("Authorization", "Bearer " + token)
                .build();
        return TestGuard.json(client.send(request, HttpResponse.BodyHandlers.ofString()));
    }

    @Test
    void aServerThatIsAwayIsAProblemThatIsShown() throws Exception {
        Path slos = Files.createDirectory(folder.resolve("slo"));
        Files.writeString(slos.resolve("orders.yaml"), SLO);
        GuardSettings settings = new GuardSettings(slos, StoreSettings.folder(folder.resolve("store")))
                .port(0)
                .prometheus(PrometheusSource.of(URI.create("http://127.0.0.1:1")));
        try (Guard running = Guard.start(settings)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(running.problems())
                            .singleElement()
                            .asString()
                            .contains("orders", "http://127.0.0.1:1 did not answer"));
        }
    }

    /** Stored for the three hours before an instant, a minute each. */
    private void samples(String tool, Instant end) throws Exception {
        StringBuilder text = new StringBuilder("# TYPE calls counter\n");
        for (String result : new String[] {"good", "bad"}) {
            for (int minute = 0; minute < 180; minute++) {
                text.append("calls_total{result=\"")
                        .append(result)
                        .append("\"} ")
                        .append((result.equals("good") ? 98L : 2L) * minute)
                        .append(' ')
                        .append(end.minus(Duration.ofMinutes(181 - minute)).getEpochSecond())
                        .append('\n');
            }
        }
        Files.writeString(folder.resolve("samples.txt"), text.append("# EOF\n"));
        Process made = new ProcessBuilder(tool, "tsdb", "create-blocks-from", "openmetrics", "samples.txt", "data")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("promtool.log").toFile())
                .start();
        assertThat(made.waitFor()).as(() -> read("promtool.log")).isZero();
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    private int port;

    private Process start(String program) throws Exception {
        port = Program.freePort();
        Files.writeString(folder.resolve("prometheus.yml"), "global: {}\n");
        return new ProcessBuilder(
                        program,
                        "--config.file=prometheus.yml",
                        "--storage.tsdb.path=data",
                        "--web.listen-address=127.0.0.1:" + port)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.log").toFile())
                .start();
    }

    private URI server(Process prometheus) {
        URI uri = URI.create("http://127.0.0.1:" + port);
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            assertThat(prometheus.isAlive()).as(() -> read("output.log")).isTrue();
            HttpRequest request =
                    HttpRequest.newBuilder(uri.resolve("/-/ready")).build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        });
        return uri;
    }

    private static String program(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(each -> Path.of(each, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElse("");
    }
}
