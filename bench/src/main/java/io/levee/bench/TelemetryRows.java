package io.levee.bench;

import io.levee.Levee;
import io.levee.opentelemetry.LeveeOpenTelemetry;
import io.levee.slf4j.LeveeSlf4j;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.util.Collection;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What is on by default, no delay, with telemetry off and on. Spans are made by OpenTelemetry's SDK, of which 1 % are sampled,
 * and go through its batch processor to an exporter that drops them. Log entries go to slf4j-nop, which drops them: what an
 * appender costs is on a thread of its own, and not Levee's.
 */
public abstract class TelemetryRows {
    /** The default of the telemetry contract. */
    private static final double SHARE = 0.01;

    private final Bodies bodies;
    private final SdkTracerProvider tracers = SdkTracerProvider.builder()
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(SHARE)))
            .addSpanProcessor(BatchSpanProcessor.builder(new Dropped()).build())
            .build();
    private final LeveeOpenTelemetry spans = LeveeOpenTelemetry.of(
            OpenTelemetrySdk.builder().setTracerProvider(tracers).build());
    private final Levee off = Levees.atOnce();
    private final Levee metrics = Levees.atOnce(Levees.meters());
    private final Levee logs = Levees.atOnce(new LeveeSlf4j());
    private final Levee traced = Levees.atOnce(spans);
    private final Levee all = Levees.atOnce(Levees.meters(), new LeveeSlf4j(), spans);

    /**
     * Makes a row.
     *
     * @param failures how often the work fails before it answers
     */
    protected TelemetryRows(int failures) {
        bodies = new Bodies(new Work(failures));
    }

    /** The floor. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        return HandWritten.retry(bodies.byHand.next(lap), Peers.ATTEMPTS);
    }

    /** Levee with nothing on. */
    @Benchmark
    public Object levee(Lap lap) throws IOException {
        return off.call(bodies.levee.next(lap));
    }

    /** With the metrics of levee-prometheus and levee-micrometer. */
    @Benchmark
    public Object metrics(Lap lap) throws IOException {
        return metrics.call(bodies.levee.next(lap));
    }

    /** With levee-slf4j. */
    @Benchmark
    public Object logs(Lap lap) throws IOException {
        return logs.call(bodies.levee.next(lap));
    }

    /** With levee-opentelemetry. */
    @Benchmark
    public Object spans(Lap lap) throws IOException {
        return traced.call(bodies.levee.next(lap));
    }

    /** With all three. */
    @Benchmark
    public Object all(Lap lap) throws IOException {
        return all.call(bodies.levee.next(lap));
    }

    /** Ends the processor's thread. */
    @TearDown
    public void close() {
        tracers.close();
    }

    private static final class Dropped implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
