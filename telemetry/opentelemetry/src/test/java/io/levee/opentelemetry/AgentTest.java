package io.levee.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.opentelemetry.OtlpReceiver.Received;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM under the real OpenTelemetry Java agent, a real server, and a real receiver that counts the spans. */
class AgentTest {
    @TempDir
    Path scratch;

    @Test
    void underTheJavaAgentEachSendIsOneClientSpanBelowItsAttempt() throws Exception {
        Map<Boolean, List<String>> path = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .collect(Collectors.partitioningBy(jar -> jar.contains("opentelemetry-javaagent")));
        assertThat(path.get(true)).as("the agent's jar").hasSize(1);
        try (OtlpReceiver receiver = new OtlpReceiver();
                FlakyServer server = new FlakyServer()) {
            Path output = scratch.resolve("output");
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-javaagent:" + path.get(true).get(0),
                            "-cp",
                            String.join(File.pathSeparator, path.get(false)),
                            AgentProgram.class.getName(),
                            server.failing(2, "agent").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment()
                    .putAll(Map.of(
                            "OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint(),
                            "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                            "OTEL_METRICS_EXPORTER", "none",
                            "OTEL_LOGS_EXPORTER", "none",
                            "OTEL_SERVICE_NAME", "order"));
            Process process = builder.start();
            try {
                assertThat(process.waitFor(4, TimeUnit.MINUTES)).as("ended").isTrue();
            } finally {
                process.destroyForcibly();
            }
            String text = Files.readString(output);
            assertThat(process.exitValue()).as(text).isZero();
            assertThat(text).contains("status 200");
            Awaitility.await()
                    .atMost(1, TimeUnit.MINUTES)
                    .until(() -> receiver.spans().size() >= 7);

            List<Received> spans = receiver.spans();
            List<Received> sends = spans.stream()
                    .filter(span -> span.is(SpanKind.SPAN_KIND_CLIENT))
                    .toList();
            List<Received> attempts = spans.stream()
                    .filter(span -> span.number("retry.attempt") != null)
                    .toList();
            assertThat(spans).as(text).hasSize(7);
            assertThat(spans.stream().map(Received::trace).distinct()).hasSize(1);
            assertThat(attempts).hasSize(3).allMatch(span -> span.is(SpanKind.SPAN_KIND_INTERNAL));
            assertThat(sends).hasSize(3).noneMatch(span -> span.scope().equals(LeveeOpenTelemetry.SCOPE));
            assertThat(sends)
                    .extracting(Received::parent)
                    .containsExactlyInAnyOrderElementsOf(
                            attempts.stream().map(Received::id).toList());
            // The header is the send's own, as without Levee.
            assertThat(server.traceparents().stream().map(header -> header.substring(36, 52)))
                    .containsExactlyInAnyOrderElementsOf(
                            sends.stream().map(Received::id).toList());
        }
    }
}
