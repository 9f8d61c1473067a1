package io.levee.guard.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Call;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.guard.slo.gate.Event;
import io.levee.opentelemetry.LeveeOpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** OpenTelemetry's own exporters, and what a Levee really tells by them. */
class ExportersTest {
    private final Guard guard = new Guard(IngestSettings.defaults());

    @Test
    void httpBringsTheCallsOfALevee() throws Exception {
        brings(OtlpHttpSpanExporter.builder()
                .setEndpoint(guard.uri("/v1/traces").toString())
                .addHeader("Authorization", "Bearer " + Guard.TOKEN)
                .setCompression("gzip")
                .build());
    }

    @Test
    void grpcBringsTheCallsOfALevee() throws Exception {
        brings(OtlpGrpcSpanExporter.builder()
                .setEndpoint("http://127.0.0.1:" + guard.grpc())
                .addHeader("authorization", "Bearer " + Guard.TOKEN)
                .setCompression("gzip")
                .build());
        guard.close();
    }

    private void brings(SpanExporter exporter) {
        try (OpenTelemetrySdk sdk = sdk(exporter)) {
            sdk.getTracer("server")
                    .spanBuilder("POST /orders")
                    .setSpanKind(SpanKind.SERVER)
                    .setAttribute("http.request.method", "POST")
                    .setAttribute("http.route", "/orders")
                    .setAttribute("http.response.status_code", 201)
                    .startSpan()
                    .end();
            Levee levee = Levee.named("inventory")
                    .retry(RetryPolicy.fixed(Duration.ZERO).attempts(2))
                    .noRetryBudget()
                    .telemetry(LeveeOpenTelemetry.of(sdk))
                    .build();
            AtomicInteger tries = new AtomicInteger();
            Call<String> stock = Call.<String>named("GET /stock/{sku}").idempotent();
            levee.call(stock, attempt -> {
                if (tries.getAndIncrement() == 0) {
                    throw new UncheckedIOException(new ConnectException("no route"));
                }
                return "7";
            });
            levee.call(stock.fallback("?"), attempt -> {
                throw new IllegalStateException("broken");
            });
            levee.callAsync(stock, attempt -> new java.util.concurrent.CompletableFuture<>())
                    .toCompletableFuture()
                    .cancel(true);
            sdk.getSdkTracerProvider().forceFlush().join(10, TimeUnit.SECONDS);
        }
        assertThat(guard.recorded.events())
                .as(guard.ingest.stats().toString())
                .hasSize(3)
                .allMatch(event -> "2.0".equals(event.release()));
        assertThat(guard.recorded.of("order")).extracting(Event::route).containsExactly("POST /orders");
        assertThat(guard.recorded.of("inventory"))
                .extracting(event ->
                        event.route() + " " + event.outcome() + " " + event.attempts() + " " + event.savedByRetry())
                .containsExactly("GET /stock/{sku} GOOD 2 true", "GET /stock/{sku} DEGRADED 1 false");
    }

    private static OpenTelemetrySdk sdk(SpanExporter exporter) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setResource(Resource.create(Attributes.builder()
                                .put("service.name", "order")
                                .put("service.version", "2.0")
                                .build()))
                        .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                        .build())
                .build();
    }

    @Test
    void grpcTakesNothingWithoutATokenAndTellsWhatItRefuses() throws Exception {
        String endpoint = "http://127.0.0.1:" + guard.grpc();
        try (OpenTelemetrySdk sdk =
                sdk(OtlpGrpcSpanExporter.builder().setEndpoint(endpoint).build())) {
            sdk.getTracer("server")
                    .spanBuilder("x")
                    .setSpanKind(SpanKind.SERVER)
                    .startSpan()
                    .end();
        }
        assertThat(guard.recorded.events()).isEmpty();
        guard.recorded.isBroken = true;
        try (OpenTelemetrySdk sdk = sdk(OtlpGrpcSpanExporter.builder()
                .setEndpoint(endpoint)
                .addHeader("authorization", "Bearer " + Guard.TOKEN)
                .setRetryPolicy(null)
                .build())) {
            sdk.getTracer("server")
                    .spanBuilder("x")
                    .setSpanKind(SpanKind.SERVER)
                    .startSpan()
                    .end();
            sdk.getSdkTracerProvider().forceFlush().join(10, TimeUnit.SECONDS);
        }
        assertThat(guard.ingest.stats().refused()).isEqualTo(1);
        guard.close();
    }
}
