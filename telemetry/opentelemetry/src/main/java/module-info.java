/** Spans for calls and attempts by OpenTelemetry, and a sampler that keeps the traces with a retry. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"
}) // OpenTelemetry names its modules no other way
@org.jspecify.annotations.NullMarked
module io.levee.opentelemetry {
    requires static org.jspecify;
    requires transitive io.levee;
    requires io.levee.redaction;
    requires transitive io.opentelemetry.api;
    requires transitive io.opentelemetry.context;
    requires static io.opentelemetry.sdk.autoconfigure.spi;
    requires static io.opentelemetry.sdk.common;
    requires static io.opentelemetry.sdk.trace;

    exports io.levee.opentelemetry;

    provides io.levee.Telemetry with
            io.levee.opentelemetry.GlobalTelemetry;
}
