package io.levee.micrometer;

import io.levee.Levee;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import io.levee.metrics.Meters;
import io.levee.metrics.Metric;
import io.levee.metrics.MetricOptions;
import io.levee.metrics.Recorder;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of Levees in a Micrometer registry: those of {@link Metric} with dots for underscores, so that a Prometheus
 * registry shows them under the names that {@code levee-prometheus} uses. The keys of a metric's tags are always the same.
 *
 * <pre>{@code
 * Levee inventory = Levee.named("inventory").telemetry(LeveeMicrometer.of(registry)).build();
 * }</pre>
 *
 * <p>Counters and gauges are read when the registry publishes; until then a call that succeeds at once costs one addition,
 * and nothing is allocated. The latencies are {@link Timer}s with the buckets of {@link Metric#buckets()}. Thread-safe.
 */
public final class LeveeMicrometer implements Telemetry {
    private final MeterRegistry registry;
    private final Meters meters;

    private LeveeMicrometer(MeterRegistry registry, MetricOptions options) {
        this.registry = Objects.requireNonNull(registry, "registry");
        meters = new Meters(options, MicrometerRecorder::new);
        meters.read(
                Metric.LABEL_OVERFLOW,
                (labels, value) -> register(Metric.LABEL_OVERFLOW, labels, () -> {
                    double[] found = {0};
                    meters.read(Metric.LABEL_OVERFLOW, (seen, now) -> {
                        if (seen.equals(labels)) {
                            found[0] = now;
                        }
                    });
                    return found[0];
                }));
    }

    /**
     * Metrics in that registry.
     *
     * @param registry where the meters are registered
     * @return what to give to {@code Levee.Builder.telemetry}; one for a registry, kept as long as its Levees
     */
    public static LeveeMicrometer of(MeterRegistry registry) {
        return new LeveeMicrometer(registry, MetricOptions.defaults());
    }

    /**
     * Metrics in that registry, with other options than the default ones.
     *
     * @param registry where the meters are registered
     * @param options what the tags may say
     * @return what to give to {@code Levee.Builder.telemetry}
     */
    public static LeveeMicrometer of(MeterRegistry registry, MetricOptions options) {
        return new LeveeMicrometer(registry, options);
    }

    @Override
    public TelemetrySink sink(Levee levee) {
        return meters.sink(levee);
    }

    /** Micrometer's way to write a name; the unit of a timer is the registry's to add. */
    static String name(Metric metric) {
        String dotted = metric.baseName().replace('_', '.');
        return metric.kind() == Metric.Kind.HISTOGRAM ? dotted.replaceFirst("\\.seconds$", "") : dotted;
    }

    static Tags tags(Metric metric, List<String> values) {
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            tags.add(Tag.of(metric.labels().get(i), values.get(i)));
        }
        return Tags.of(tags);
    }

    private void register(Metric metric, List<String> labels, DoubleSupplier value) {
        if (metric.kind() == Metric.Kind.COUNTER) {
            // The meters as what is read from: Micrometer holds it weakly, and these live as long as a Levee's sink.
            FunctionCounter.builder(name(metric), meters, read -> value.getAsDouble())
                    .description(metric.help())
                    .tags(tags(metric, labels))
                    .register(registry);
        } else {
            Gauge.builder(name(metric), value::getAsDouble)
                    .description(metric.help())
                    .tags(tags(metric, labels))
                    .strongReference(true)
                    .register(registry);
        }
    }

    private final class MicrometerRecorder implements Recorder {
        private final Timer latency;
        private final Timer wait;

        MicrometerRecorder(String service, String upstream) {
            latency = timer(Metric.RETRY_LATENCY, List.of(service, upstream));
            wait = timer(Metric.LIMITER_WAIT, List.of(service, upstream));
        }

        private Timer timer(Metric metric, List<String> labels) {
            Duration[] buckets = Arrays.stream(Metric.buckets())
                    .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
                    .toArray(Duration[]::new);
            return Timer.builder(name(metric))
                    .description(metric.help())
                    .tags(tags(metric, labels))
                    .serviceLevelObjectives(buckets)
                    .register(registry);
        }

        @Override
        public void retryEnded(double seconds, @Nullable String traceparent) {
            latency.record(Math.round(seconds * 1e9), TimeUnit.NANOSECONDS);
        }

        @Override
        public void limiterWaited(double seconds) {
            wait.record(Math.round(seconds * 1e9), TimeUnit.NANOSECONDS);
        }

        @Override
        public void seriesAdded(Metric metric, List<String> labels, DoubleSupplier value) {
            register(metric, labels, value);
        }
    }
}
