import io.levee.micrometer.MicrometerTelemetry;

/** The metrics of a Levee in a Micrometer registry. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // Micrometer names its modules no other way
@org.jspecify.annotations.NullMarked
module io.levee.micrometer {
    requires static org.jspecify;
    requires transitive io.levee.metrics;
    requires transitive micrometer.core;

    exports io.levee.micrometer;

    provides io.levee.Telemetry with
            MicrometerTelemetry;
}
