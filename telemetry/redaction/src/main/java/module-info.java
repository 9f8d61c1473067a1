/** Hides secrets in what telemetry shows: one rule for logs, spans and telemetry of your own. */
@org.jspecify.annotations.NullMarked
module io.levee.redaction {
    requires static org.jspecify;

    exports io.levee.redaction;
}
