package io.levee.micrometer;

import io.levee.Levee;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import io.micrometer.core.instrument.Metrics;
import org.jspecify.annotations.Nullable;

/**
 * The metrics in Micrometer's global registry. Found by the {@link java.util.ServiceLoader}: with this module on the path every
 * Levee that names no other telemetry is counted, and shown by the registries that are added to the global one. Thread-safe;
 * all instances are alike.
 */
public final class MicrometerTelemetry implements Telemetry {
    /** Makes one. */
    public MicrometerTelemetry() {}

    @Override
    public @Nullable TelemetrySink sink(Levee levee) {
        return Global.LEVEE.sink(levee);
    }

    /** Made with the first Levee, and kept: the registry itself holds what it reads only weakly. */
    private static final class Global {
        static final LeveeMicrometer LEVEE = LeveeMicrometer.of(Metrics.globalRegistry);
    }
}
