/** Structured logs of retries and of calls that gave up, by SLF4J 2. */
@org.jspecify.annotations.NullMarked
module io.levee.slf4j {
    requires static org.jspecify;
    requires transitive io.levee;
    requires io.levee.redaction;
    requires org.slf4j;

    exports io.levee.slf4j;

    provides io.levee.Telemetry with
            io.levee.slf4j.LeveeSlf4j;
}
