import io.levee.console.ConsoleTelemetry;

/** A live page of what the Levees of this JVM do, on the JDK's own HTTP server. */
@org.jspecify.annotations.NullMarked
module io.levee.console {
    requires static org.jspecify;
    requires transitive io.levee;
    requires jdk.httpserver;

    exports io.levee.console;

    provides io.levee.Telemetry with
            ConsoleTelemetry;
}
