/** Tells a guard of every call that the library made. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.exporter {
    requires static org.jspecify;
    requires transitive io.levee;
    requires java.net.http;

    exports io.levee.guard.exporter;

    provides io.levee.Telemetry with
            io.levee.guard.exporter.EnvironmentExporter;
}
