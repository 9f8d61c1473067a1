package io.levee.prometheus;

import com.sun.net.httpserver.HttpHandler;
import io.levee.Levee;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import io.levee.metrics.Meters;
import io.levee.metrics.Metric;
import io.levee.metrics.MetricOptions;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of Levees in a registry of Prometheus' Java client; {@link Metric} has the names.
 *
 * <pre>{@code
 * Levee inventory = Levee.named("inventory").build();    // counted, since levee-prometheus is on the path
 * MetricsServer metrics = LeveePrometheus.serve(9464);   // http://localhost:9464/metrics
 * }</pre>
 *
 * <p>Counters and gauges are read when a scrape comes; until then a call that succeeds at once costs one addition to a
 * striped counter, and nothing is allocated. Histograms are classic and native ones at once; native ones go out over
 * protobuf only, so who wants them adds {@code prometheus-metrics-exposition-formats}. Exemplars carry the trace and span of
 * the retry, if something on the path traces and has sampled it. Thread-safe.
 */
public final class LeveePrometheus implements Telemetry {
    /** Weak in both, so that a registry that nobody has any more can go. Guarded by itself. */
    private static final Map<PrometheusRegistry, WeakReference<LeveePrometheus>> BY_REGISTRY = new WeakHashMap<>();

    private final PrometheusRegistry registry;
    private final Meters meters;

    private LeveePrometheus(PrometheusRegistry registry, MetricOptions options) {
        this.registry = registry;
        Histogram latency = histogram(Metric.RETRY_LATENCY, registry);
        Histogram wait = histogram(Metric.LIMITER_WAIT, registry);
        meters = new Meters(
                options,
                (service, upstream) -> new HistogramRecorder(
                        latency.labelValues(service, upstream), wait.labelValues(service, upstream)));
        registry.register(new MetersCollector(this, meters));
    }

    private static Histogram histogram(Metric metric, PrometheusRegistry registry) {
        return Histogram.builder()
                .name(metric.baseName())
                .help(metric.help())
                .labelNames(metric.labels().toArray(new String[0]))
                .classicUpperBounds(Metric.buckets())
                .register(registry);
    }

    /**
     * The metrics in that registry, with the default options if they are not there yet.
     *
     * @param registry where they are registered
     * @return always the same one for a registry; to be given to {@code Levee.Builder.telemetry}
     * @throws IllegalArgumentException if the registry has other metrics of these names
     */
    public static LeveePrometheus of(PrometheusRegistry registry) {
        synchronized (BY_REGISTRY) {
            LeveePrometheus there = registered(registry);
            return there == null ? make(registry, MetricOptions.defaults()) : there;
        }
    }

    /**
     * Registers the metrics with other options than the default ones.
     *
     * @param registry where they are registered
     * @param options what the labels may say
     * @return the one that {@link #of(PrometheusRegistry)} answers from now on
     * @throws IllegalStateException if they are there already
     * @throws IllegalArgumentException if the registry has other metrics of these names
     */
    public static LeveePrometheus of(PrometheusRegistry registry, MetricOptions options) {
        synchronized (BY_REGISTRY) {
            if (registered(registry) != null) {
                throw new IllegalStateException(
                        "the metrics of Levee are in this registry already; set their options before the first Levee is"
                                + " built");
            }
            return make(registry, options);
        }
    }

    private static @Nullable LeveePrometheus registered(PrometheusRegistry registry) {
        WeakReference<LeveePrometheus> reference = BY_REGISTRY.get(registry);
        return reference == null ? null : reference.get();
    }

    private static LeveePrometheus make(PrometheusRegistry registry, MetricOptions options) {
        LeveePrometheus made = new LeveePrometheus(registry, options);
        BY_REGISTRY.put(registry, new WeakReference<>(made));
        return made;
    }

    @Override
    public TelemetrySink sink(Levee levee) {
        return meters.sink(levee);
    }

    /**
     * Answers scrapes of this registry in a server that the application has: the text format, OpenMetrics (with exemplars) or
     * protobuf, as the request's Accept says.
     *
     * @return a handler for GET and HEAD, to be put at {@code /metrics}
     */
    public HttpHandler handler() {
        return new MetricsHandler(registry);
    }

    /**
     * Serves the default registry, Levee's metrics and whatever else is in it, at {@code /metrics} on all addresses of this
     * machine, as a Prometheus elsewhere needs it.
     *
     * @param port 0 to 65535; 0 takes a free one
     * @return the running server
     * @throws UncheckedIOException if the port is in use
     */
    public static MetricsServer serve(int port) {
        return of(PrometheusRegistry.defaultRegistry).serve(new InetSocketAddress(port));
    }

    /**
     * Serves this registry at {@code /metrics}.
     *
     * @param address where to listen
     * @return the running server
     * @throws UncheckedIOException if it is in use or not this machine's
     */
    public MetricsServer serve(InetSocketAddress address) {
        return MetricsServer.start(address, handler());
    }
}
