import io.levee.prometheus.PrometheusTelemetry;

/** The metrics of a Levee in Prometheus' own Java client. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // the client names its modules no other way
@org.jspecify.annotations.NullMarked
module io.levee.prometheus {
    requires static org.jspecify;
    requires transitive io.levee.metrics;
    requires transitive io.prometheus.metrics.model;
    requires transitive jdk.httpserver;
    requires io.prometheus.metrics.core;
    requires io.prometheus.writer.text;

    exports io.levee.prometheus;

    provides io.levee.Telemetry with
            PrometheusTelemetry;
}
