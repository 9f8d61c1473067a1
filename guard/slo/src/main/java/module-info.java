/** Error budgets in exact integers, OpenSLO documents, Prometheus rules and the gate's decision: see docs/guard.md. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.slo {
    requires static org.jspecify;
    requires transitive io.levee.yaml;
    requires org.snakeyaml.engine;
    requires ical4j.core;
    requires tools.jackson.core;

    exports io.levee.guard.slo;
    exports io.levee.guard.slo.gate;
    exports io.levee.guard.slo.impact;
    exports io.levee.guard.slo.openslo;
    exports io.levee.guard.slo.prometheus;
}
