package io.levee.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.opentelemetry.OtlpReceiver.Received;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM under the real OpenTelemetry Java agent, a real server, and a real receiver that counts the spans. */
class AgentTest {
    @TempDir
    Path scratch;

    @Test
    void underTheJavaAgentEachSendIsOneClientSpanBelowItsAttempt() throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver();
                FlakyServer server = new FlakyServer()) {
            Path output = scratch.resolve("output");
            ProcessBuilder builder =
                    underAgent(receiver).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.command().add(server.failing(2, "agent").toString());
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

    /** The program under the agent, which exports to a receiver. */
    private static ProcessBuilder underAgent(OtlpReceiver receiver, String... options) {
        Map<Boolean, List<String>> path = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .collect(Collectors.partitioningBy(jar -> jar.contains("opentelemetry-javaagent")));
        assertThat(path.get(true)).as("the agent's jar").hasSize(1);
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.add("-javaagent:" + path.get(true).get(0));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", String.join(File.pathSeparator, path.get(false)), AgentProgram.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .putAll(Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint(),
                        "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                        "OTEL_METRICS_EXPORTER", "none",
                        "OTEL_LOGS_EXPORTER", "none",
                        "OTEL_SERVICE_NAME", "order"));
        return builder;
    }

    @Test
    void asAnExtensionOfTheAgentRetriedTracesAreKeptFromWhenAFileSaysSo() throws Exception {
        Path classes = Path.of(LeveeSampler.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path extension = Files.isDirectory(classes) ? packed(classes) : classes;
        Path file = scratch.resolve("diagnosis.yaml");
        try (OtlpReceiver receiver = new OtlpReceiver();
                FlakyServer server = new FlakyServer()) {
            Path errors = scratch.resolve("errors");
            ProcessBuilder builder = underAgent(receiver, "-Dotel.javaagent.extensions=" + extension)
                    .redirectError(errors.toFile());
            builder.environment()
                    .putAll(Map.of(
                            "OTEL_TRACES_SAMPLER", "levee",
                            "OTEL_TRACES_SAMPLER_ARG", "0",
                            "OTEL_BSP_SCHEDULE_DELAY", "50",
                            "LEVEE_DIAGNOSIS_FILE", file.toString()));
            Process process = builder.start();
            try (BufferedReader output = process.inputReader();
                    Writer input = process.outputWriter()) {
                ask(input, output, server.failing(1, "before"));
                Files.writeString(file, "diagnosis: true\n");
                // The file is read every 2 s; each question until then goes the way of the first.
                AtomicInteger asked = new AtomicInteger();
                Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> {
                    ask(input, output, server.failing(1, "during-" + asked.getAndIncrement()));
                    return receiver.spans().stream()
                            .anyMatch(span -> span.scope().equals(LeveeOpenTelemetry.SCOPE));
                });
                ask(input, output, server.failing(0, "unretried"));
                ask(input, output, server.failing(1, "last"));
            } finally {
                // Its input has ended, so it does.
                boolean ended = process.waitFor(1, TimeUnit.MINUTES);
                process.destroyForcibly();
                assertThat(ended).isTrue();
            }
            Map<String, List<Received>> traces =
                    receiver.spans().stream().collect(Collectors.groupingBy(Received::trace));
            // Each whole: a call, two attempts, two sends; and all of them marked as sampled.
            assertThat(traces.values())
                    .isNotEmpty()
                    .allSatisfy(trace -> assertThat(trace)
                            .hasSize(5)
                            .allMatch(span -> (span.span().getFlags() & 1) == 1)
                            .anyMatch(span -> Long.valueOf(1).equals(span.number("http.retry_count")))
                            .anyMatch(span -> "retry".equals(span.text("sampling.reason"))));
            List<String> urls = receiver.spans().stream()
                    .map(span -> span.text("url.full"))
                    .filter(url -> url != null)
                    .toList();
            assertThat(urls).noneMatch(url -> url.contains("before") || url.contains("unretried"));
            assertThat(urls).anyMatch(url -> url.contains("last"));
        }
    }

    private static void ask(Writer input, BufferedReader output, URI url) throws IOException {
        input.write(url + "\n");
        input.flush();
        String line = output.readLine();
        // Between the answers stands what the program logs.
        while (line != null && !line.startsWith("status ")) {
            line = output.readLine();
        }
        assertThat(line).as(url::toString).isEqualTo("status 200");
    }

    private Path packed(Path classes) throws IOException {
        Path jar = scratch.resolve("levee-opentelemetry.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
        return jar;
    }
}
