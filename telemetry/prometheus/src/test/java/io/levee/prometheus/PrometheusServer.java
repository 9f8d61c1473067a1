package io.levee.prometheus;

import io.levee.servers.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real Prometheus that scrapes one port of this machine, with the shipped rules. */
final class PrometheusServer implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private final Process process;
    private final String uri;
    private final HttpClient http = HttpClient.newHttpClient();

    private PrometheusServer(Path folder, Process process, String uri) {
        this.folder = folder;
        this.process = process;
        this.uri = uri;
    }

    static PrometheusServer scraping(int target, String... features) throws IOException {
        Programs.assumeInstalled();
        Path folder = Files.createTempDirectory("levee-prometheus");
        Path rules = Path.of("dist").toAbsolutePath();
        Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}
                rule_files: ['RULES/levee-rules.yml', 'RULES/levee-alerts.yml']
                scrape_configs:
                  - job_name: shop
                    static_configs: [{targets: ['127.0.0.1:TARGET']}]
                """.replace("RULES", rules.toString())
                .replace("TARGET", Integer.toString(target)));
        int port = Program.freePort();
        List<String> command = new ArrayList<>(List.of(
                Programs.find("prometheus"),
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=data",
                "--web.listen-address=127.0.0.1:" + port));
        if (features.length > 0) {
            command.add("--enable-feature=" + String.join(",", features));
        }
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.log").toFile())
                .start();
        PrometheusServer server = new PrometheusServer(folder, process, "http://127.0.0.1:" + port);
        try {
            Awaitility.await().atMost(PATIENCE).until(() -> {
                if (!process.isAlive()) {
                    throw new IOException(Files.readString(folder.resolve("output.log")));
                }
                return server.isReady();
            });
            return server;
        } catch (RuntimeException failed) {
            server.close();
            throw failed;
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(uri + path)).timeout(PATIENCE).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode api(String path) {
        try {
            HttpResponse<String> answer = get(path);
            JsonNode body = JSON.readTree(answer.body());
            if (answer.statusCode() != 200) {
                throw new AssertionError(path + ": " + answer.body());
            }
            return body.get("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The values of an instant query by their labels, as Prometheus writes them. */
    Map<String, Double> query(String promql) {
        Map<String, Double> values = new TreeMap<>();
        JsonNode data = api("/api/v1/query?query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8));
        if (data.get("resultType").asString().equals("scalar")) {
            values.put("", Double.parseDouble(data.get("result").get(1).asString()));
            return values;
        }
        for (JsonNode one : data.get("result")) {
            Map<String, String> labels = new TreeMap<>();
            one.get("metric")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asString()));
            values.put(
                    labels.toString(),
                    Double.parseDouble(one.get("value").get(1).asString()));
        }
        return values;
    }

    /** The trace ids of the exemplars of a metric. */
    List<String> exemplars(String promql) {
        List<String> ids = new ArrayList<>();
        for (JsonNode series : api("/api/v1/query_exemplars?query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8)
                + "&start=0&end=99999999999")) {
            for (JsonNode exemplar : series.get("exemplars")) {
                ids.add(exemplar.get("labels").get("trace_id").asString());
            }
        }
        return ids;
    }

    /** The scrapes that were stored, and the last error of one. */
    void awaitScrapes(int more) {
        int before = scrapes();
        Awaitility.await("scrapes").atMost(PATIENCE).until(() -> scrapes() >= before + more);
    }

    private int scrapes() {
        return query("count_over_time(up[1h])").values().stream()
                .mapToInt(Double::intValue)
                .sum();
    }

    String targetsLastError() {
        return api("/api/v1/targets")
                .get("activeTargets")
                .get(0)
                .get("lastError")
                .asString();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
