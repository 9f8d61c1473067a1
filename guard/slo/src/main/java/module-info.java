/** Error budgets in exact integers, OpenSLO documents, Prometheus rules and the gate's decision: see docs/guard.md. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.slo {
    requires static org.jspecify;
    requires transitive io.levee.yaml;
    requires org.snakeyaml.engine;
    requires ical4j.core;

    exports io.levee.guard.slo;
}
