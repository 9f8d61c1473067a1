package io.levee.opentelemetry;

import io.levee.Levee;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import org.jspecify.annotations.Nullable;

/**
 * What is found on the class or module path: spans by the global OpenTelemetry, as soon as the application or the Java
 * agent has set it. Until then nothing is traced, and nothing is set in its place.
 */
public final class GlobalTelemetry implements Telemetry {
    /** For the service loader. */
    public GlobalTelemetry() {}

    @Override
    public @Nullable TelemetrySink sink(Levee levee) {
        return new GlobalSink(levee.name());
    }
}
