package io.levee.prometheus;

import io.levee.Levee;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The metrics in the client's default registry. Found by the {@link java.util.ServiceLoader}: with this module on the path
 * every Levee that names no other telemetry is counted. Thread-safe; all instances are alike.
 */
public final class PrometheusTelemetry implements Telemetry {
    /** Makes one. */
    public PrometheusTelemetry() {}

    @Override
    public @Nullable TelemetrySink sink(Levee levee) {
        return LeveePrometheus.of(PrometheusRegistry.defaultRegistry).sink(levee);
    }
}
