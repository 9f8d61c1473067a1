package io.levee.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.metrics.MetricOptions;
import io.levee.opentelemetry.LeveeOpenTelemetry;
import io.levee.prometheus.LeveePrometheus;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What spans and metrics say of a call to a real server that was retried. */
class SeenCallsTest {
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("retry.attempt");
    private static final MethodDescriptor<String, String> METHOD = Texts.method(MethodType.UNARY, true);

    @Test
    void spansNameMethodServerAndCodeAndTheRetryIsCountedByTheCodeThatItCameTo() throws Exception {
        InMemorySpanExporter exported = InMemorySpanExporter.create();
        PrometheusRegistry registry = new PrometheusRegistry();
        try (OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                        .setTracerProvider(SdkTracerProvider.builder()
                                .addSpanProcessor(SimpleSpanProcessor.create(exported))
                                .build())
                        .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                        .build();
                TextServer server = new TextServer(TextServer.failing(Status.UNAVAILABLE), TextServer.ok("hello"));
                Client client = new Client(server.port());
                Levee levee = Levee.named("texts")
                        .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(2))
                        .telemetry(
                                LeveeOpenTelemetry.of(sdk),
                                LeveePrometheus.of(
                                        registry, MetricOptions.defaults().service("reader")))
                        .build()) {
            Client.call(
                    ClientInterceptors.intercept(client.channel(), LeveeClientInterceptor.of(levee)),
                    METHOD,
                    CallOptions.DEFAULT,
                    "hi");
            // The caller hears of the end before the last span has got there.
            Awaitility.await().until(() -> attempts(exported).size() == 2);
            List<SpanData> attempts = attempts(exported);
            assertThat(attempts).allSatisfy(span -> {
                assertThat(span.getName()).isEqualTo(METHOD.getFullMethodName());
                assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
                assertThat(text(span, "rpc.system.name")).isEqualTo("grpc");
                assertThat(text(span, "rpc.method")).isEqualTo(METHOD.getFullMethodName());
                assertThat(text(span, "server.address")).isEqualTo("127.0.0.1");
                assertThat(span.getAttributes().get(AttributeKey.longKey("server.port")))
                        .isEqualTo(server.port());
            });
            assertThat(attempts)
                    .extracting(span -> text(span, "rpc.status_code"))
                    .containsExactly("UNAVAILABLE", "OK");
            assertThat(text(attempts.get(0), "error.type")).isEqualTo("UNAVAILABLE");
            assertThat(text(attempts.get(1), "http.retry_reason")).isNotEmpty();
            assertThat(server.seen())
                    .extracting(request -> request.header("traceparent").split("-")[2])
                    .containsExactly(
                            attempts.get(0).getSpanId(), attempts.get(1).getSpanId());
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(scraped(registry))
                                    .contains(
                                            "retry_count_total{endpoint=\"" + METHOD.getFullMethodName()
                                                    + "\",service=\"reader\",status=\"OK\",upstream=\"texts\"} 1.0",
                                            "retry_failures_total{reason=\"grpc-unavailable\",service=\"reader\",upstream=\"texts\"} 1.0"));
        }
    }

    private static String text(SpanData span, String attribute) {
        return span.getAttributes().get(AttributeKey.stringKey(attribute));
    }

    private static List<SpanData> attempts(InMemorySpanExporter exported) {
        return exported.getFinishedSpanItems().stream()
                .filter(span -> span.getAttributes().get(ATTEMPT) != null)
                .toList();
    }

    private static String scraped(PrometheusRegistry registry) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, registry.scrape());
        return out.toString(StandardCharsets.UTF_8);
    }
}
