/** Events from OTLP, from files and from servers that speak PromQL. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.ingest {
    requires static org.jspecify;
    requires transitive io.levee.guard.store;
    requires transitive io.levee.guard.web;
}
