package io.levee.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.opentelemetry.OtlpReceiver.Received;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two services in JVMs of their own, a fault script, and a look from outside at what they export: spans at an OTLP receiver,
 * metrics by a scrape, logs in a file. The same retry is the same in all three. docs/observability.md has the figures.
 */
class TogetherTest {
    /** How many attempts on each order fail before one succeeds; an order has three. Fewer retries than the limit of logs. */
    private static final List<Integer> SCRIPT = List.of(0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 3);

    private static final String LOGBACK = """
            <configuration>
              <appender name="json" class="ch.qos.logback.core.FileAppender">
                <file>%s</file>
                <encoder class="net.logstash.logback.encoder.LogstashEncoder"/>
              </appender>
              <logger name="io.levee" level="INFO"/>
              <root level="WARN"><appender-ref ref="json"/></root>
            </configuration>
            """;

    @TempDir
    Path scratch;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void traceMetricAndLogOfTheSameRetryAgree() throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver();
                Jvm inventory = new Jvm("inventory", receiver.endpoint());
                Jvm order = new Jvm("order", receiver.endpoint(), "http://127.0.0.1:" + inventory.port)) {
            for (int i = 0; i < SCRIPT.size(); i++) {
                int failures = SCRIPT.get(i);
                int status = get("http://127.0.0.1:" + order.port + "/order/" + failures + "-" + i, "")
                        .statusCode();
                assertThat(status).as("order %s", i).isEqualTo(failures < 3 ? 200 : 503);
            }
            int retries =
                    SCRIPT.stream().mapToInt(failures -> Math.min(2, failures)).sum();
            int attempts = SCRIPT.size() + retries;
            int givenUp = (int) SCRIPT.stream().filter(failures -> failures > 2).count();
            String scrape = get(
                            "http://127.0.0.1:" + order.metricsPort + "/metrics",
                            "application/openmetrics-text; version=1.0.0")
                    .body();
            Awaitility.await().until(() -> order.logged().size() == retries + givenUp);
            List<JsonNode> logged = order.logged();
            inventory.end();
            order.end();
            // Each order: order's SERVER span and its call; each attempt: its span and inventory's SERVER span.
            Awaitility.await()
                    .atMost(1, TimeUnit.MINUTES)
                    .until(() -> receiver.spans().size() >= 2 * SCRIPT.size() + 2 * attempts);
            List<Received> spans = receiver.spans();
            assertThat(spans).hasSize(2 * SCRIPT.size() + 2 * attempts);

            List<Received> attemptSpans = spans.stream()
                    .filter(span -> span.number("retry.attempt") != null)
                    .toList();
            assertThat(attemptSpans).hasSize(attempts);
            List<JsonNode> retried = ofEvent(logged, "task_retry");
            assertThat(retried).hasSize(retries);
            for (JsonNode log : retried) {
                long attempt = log.get("retry_count").asLong();
                String trace = log.get("trace_id").asString();
                Received failed = attempt(attemptSpans, trace, attempt);
                Received retry = attempt(attemptSpans, trace, attempt + 1);
                assertThat(failed.id()).isEqualTo(log.get("span_id").asString());
                assertThat(failed.text("error.type")).isEqualTo("503");
                assertThat(retry.number("http.retry_count")).isEqualTo(attempt + 1);
                assertThat(retry.number("http.retry_delay_ms"))
                        .isEqualTo(log.get("backoff_ms").asLong());
                assertThat(retry.text("http.retry_reason"))
                        .isEqualTo(log.get("reason").asString());
            }
            assertThat(ofEvent(logged, "final_error_log"))
                    .hasSize(givenUp)
                    .allMatch(log -> attempt(attemptSpans, log.get("trace_id").asString(), 2)
                            .id()
                            .equals(log.get("span_id").asString()));
            // Whatever inventory was sent is the child of an attempt of its own.
            assertThat(spans.stream()
                            .filter(span -> span.is(SpanKind.SPAN_KIND_SERVER)
                                    && !span.parent().isEmpty())
                            .map(Received::parent))
                    .containsExactlyInAnyOrderElementsOf(
                            attemptSpans.stream().map(Received::id).toList());

            assertThat(sum(scrape, "retry_count_total")).isEqualTo(retries);
            assertThat(exemplars(scrape))
                    .isNotEmpty()
                    .isSubsetOf(retried.stream()
                            .map(log -> log.get("trace_id").asString())
                            .collect(Collectors.toSet()));
            System.out.println(SCRIPT.size() + " orders, " + attempts + " attempts, " + retries + " retries, " + givenUp
                    + " given up: " + spans.size() + " spans in "
                    + spans.stream().map(Received::trace).distinct().count() + " traces, " + retried.size()
                    + " task_retry, " + ofEvent(logged, "final_error_log").size()
                    + " final_error_log, retry_count_total "
                    + sum(scrape, "retry_count_total"));
        }
    }

    private static List<JsonNode> ofEvent(List<JsonNode> logged, String event) {
        return logged.stream()
                .filter(line -> line.get("event").asString().equals(event))
                .toList();
    }

    private static Received attempt(List<Received> attempts, String trace, long number) {
        return attempts.stream()
                .filter(span -> span.trace().equals(trace) && span.number("retry.attempt") == number)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no attempt " + number + " in trace " + trace));
    }

    private static long sum(String scrape, String metric) {
        return Math.round(scrape.lines()
                .filter(line -> line.startsWith(metric + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(
                                line.lastIndexOf('}', line.contains(" # ") ? line.indexOf(" # ") : line.length()) + 1)
                        .trim()
                        .split(" ")[0]))
                .sum());
    }

    private static List<String> exemplars(String scrape) {
        List<String> found = new ArrayList<>();
        Matcher matcher =
                Pattern.compile(" # \\{[^}]*trace_id=\"([0-9a-f]{32})\"").matcher(scrape);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private HttpResponse<String> get(String uri, String accept) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri));
        if (!accept.isEmpty()) {
            request.header("Accept", accept);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A service, and what it logs. */
    private final class Jvm implements AutoCloseable {
        private final Process process;
        private final Path log;
        final String port;
        final String metricsPort;

        Jvm(String name, String... arguments) throws IOException {
            log = scratch.resolve(name + ".json");
            Path logback = Files.writeString(scratch.resolve(name + ".xml"), LOGBACK.formatted(log));
            String path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(jar -> !jar.contains("opentelemetry-javaagent"))
                    .collect(Collectors.joining(File.pathSeparator));
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Dlogback.configurationFile=" + logback,
                    "-cp",
                    path,
                    Service.class.getName(),
                    name));
            command.addAll(List.of(arguments));
            Path errors = scratch.resolve(name + ".err");
            process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
            BufferedReader output = process.inputReader();
            String line = output.readLine();
            while (line != null && !line.startsWith("ports ")) {
                line = output.readLine();
            }
            assertThat(line).as(() -> read(errors)).isNotNull();
            port = line.split(" ")[1];
            metricsPort = line.split(" ")[2];
        }

        private static String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                return e.toString();
            }
        }

        List<JsonNode> logged() {
            return read(log)
                    .lines()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .toList();
        }

        void end() throws Exception {
            process.getOutputStream().close();
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
