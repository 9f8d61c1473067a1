package io.levee.opentelemetry;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * {@link RetrySampling} for an OpenTelemetry SDK that configures itself, by {@code OTEL_TRACES_SAMPLER=levee}
 * ({@code otel.traces.sampler}). In the OpenTelemetry Java agent this jar is an extension:
 *
 * <pre>{@code
 * OTEL_TRACES_SAMPLER=levee java -javaagent:opentelemetry-javaagent.jar \
 *     -Dotel.javaagent.extensions=levee-opentelemetry.jar ...
 * }</pre>
 *
 * <p>{@code OTEL_TRACES_SAMPLER_ARG} is the share that is sampled whatever becomes of it, 0.01 unless set. The agent's classes
 * are out of the application's reach, so a file switches diagnosis mode there: {@code LEVEE_DIAGNOSIS_FILE} or the system
 * property {@code levee.diagnosis.file}, as {@link RetrySampling#follow} reads it. Drop counts go to the global
 * OpenTelemetry's meters, once that is set. The bounds are the defaults. Without that sampler's name nothing is changed.
 */
public final class LeveeSampler implements AutoConfigurationCustomizerProvider {
    private static final String NAME = "levee";
    private static final String SAMPLER = "otel.traces.sampler";
    private static final String ARGUMENT = "otel.traces.sampler.arg";
    private static final String DEFAULT_SHARE = "0.01";

    /** For the service loader. */
    public LeveeSampler() {}

    @Override
    public void customize(AutoConfigurationCustomizer sdk) {
        Configured configured = new Configured();
        sdk.addPropertiesCustomizer(configured::properties)
                .addSamplerCustomizer(configured::sampler)
                .addSpanExporterCustomizer(configured::exporter)
                .addSpanProcessorCustomizer(configured::processor);
    }

    /** One SDK. Its customizers are called one after the other, in the order of the methods. */
    private static final class Configured {
        private @Nullable RetrySampling sampling;
        private @Nullable Exporting exporting;

        Map<String, String> properties(ConfigProperties set) {
            if (!NAME.equals(set.getString(SAMPLER))) {
                return Map.of();
            }
            RetrySampling made = RetrySampling.create();
            String file = System.getProperty("levee.diagnosis.file", System.getenv("LEVEE_DIAGNOSIS_FILE"));
            if (file != null && !file.isBlank()) {
                made.follow(Path.of(file.strip()));
            }
            sampling = made;
            // What the SDK knows, round which the rest is put.
            String share = set.getString(ARGUMENT);
            return Map.of(SAMPLER, "parentbased_traceidratio", ARGUMENT, share == null ? DEFAULT_SHARE : share);
        }

        Sampler sampler(Sampler share, ConfigProperties set) {
            return sampling == null ? share : sampling.samplerRound(share);
        }

        SpanExporter exporter(SpanExporter exporter, ConfigProperties set) {
            return sampling == null ? exporter : new PromotedSpans(exporter);
        }

        SpanProcessor processor(SpanProcessor processor, ConfigProperties set) {
            RetrySampling chosen = sampling;
            if (chosen == null) {
                return processor;
            }
            if (exporting != null) {
                // One buffer for all exporters; the SDK leaves out a processor that wants nothing.
                exporting.all.add(processor);
                return SpanProcessor.composite();
            }
            exporting = new Exporting(chosen, processor);
            return chosen.round(exporting);
        }
    }

    /** All processors that export, and the drop counts' way to the meters. */
    private static final class Exporting implements SpanProcessor {
        final List<SpanProcessor> all = new CopyOnWriteArrayList<>();
        private final RetrySampling sampling;
        private final AtomicBoolean metered = new AtomicBoolean();

        Exporting(RetrySampling sampling, SpanProcessor first) {
            this.sampling = sampling;
            all.add(first);
        }

        @Override
        public void onStart(Context parent, ReadWriteSpan span) {
            for (SpanProcessor one : all) {
                if (one.isStartRequired()) {
                    one.onStart(parent, span);
                }
            }
        }

        @Override
        public boolean isStartRequired() {
            return true;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            // The meters are made after the processors, and the global one is set after both.
            if (!metered.get() && GlobalOpenTelemetry.isSet() && metered.compareAndSet(false, true)) {
                sampling.metrics(GlobalOpenTelemetry.getMeterProvider());
            }
            for (SpanProcessor one : all) {
                one.onEnd(span);
            }
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofAll(
                    all.stream().map(SpanProcessor::shutdown).toList());
        }

        @Override
        public CompletableResultCode forceFlush() {
            return CompletableResultCode.ofAll(
                    all.stream().map(SpanProcessor::forceFlush).toList());
        }
    }
}
