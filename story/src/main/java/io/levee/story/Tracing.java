package io.levee.story;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** OpenTelemetry of one process of the play, exported by OTLP. Everything is sampled, as the play is short. */
final class Tracing implements AutoCloseable {
    /** Spans are out of the process within this, so that the guard hears of them soon. */
    private static final Duration DELAY = Duration.ofMillis(250);

    private final SdkTracerProvider provider;
    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;

    Tracing(URI collector, String service, String release, @Nullable String side) {
        Attributes who = Attributes.builder()
                .put("service.name", service)
                .put("service.version", release)
                .put("deployment.environment.name", "canary".equals(side) ? "canary" : "production")
                .put(AttributeKey.stringKey("levee.side"), side)
                .build();
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(collector.resolve("/v1/traces").toString())
                .build();
        provider = SdkTracerProvider.builder()
                .setResource(Resource.create(who))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setScheduleDelay(DELAY)
                        .build())
                .build();
        sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(provider)
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
        tracer = sdk.getTracer("levee-story");
    }

    OpenTelemetrySdk sdk() {
        return sdk;
    }

    /** Begins the span of a request that has come. */
    Span server(String name, UnaryOperator<@Nullable String> headers) {
        Context caller = sdk.getPropagators().getTextMapPropagator().extract(Context.root(), headers, new Getter());
        return tracer.spanBuilder(name)
                .setParent(caller)
                .setSpanKind(SpanKind.SERVER)
                .startSpan();
    }

    /** Writes the headers that carry the trace on. */
    void inject(BiConsumer<String, String> header) {
        sdk.getPropagators().getTextMapPropagator().inject(Context.current(), header, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.accept(name, value);
            }
        });
    }

    static void failed(Span span, String type, @Nullable String message) {
        span.setAttribute("error.type", type);
        span.setStatus(StatusCode.ERROR, message == null ? type : message);
    }

    @Override
    public void close() {
        provider.close();
    }

    private static final class Getter implements TextMapGetter<UnaryOperator<@Nullable String>> {
        @Override
        @SuppressWarnings("deprecation") // still abstract
        public Iterable<String> keys(UnaryOperator<@Nullable String> carrier) {
            return List.of();
        }

        @Override
        public @Nullable String get(@Nullable UnaryOperator<@Nullable String> carrier, String key) {
            return carrier == null ? null : carrier.apply(key);
        }
    }
}
