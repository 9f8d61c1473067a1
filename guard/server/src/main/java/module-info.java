/** The guard: ingest, budgets, gate, actions and pages in one process. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.server {
    requires static org.jspecify;
    requires io.levee.guard.store;
    requires io.levee.guard.web;
}
