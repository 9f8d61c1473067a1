/** The guard: ingest, budgets, gate, actions and pages in one process. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.server {
    requires static org.jspecify;
    requires transitive io.levee.guard.slo;
    requires transitive io.levee.guard.store;
    requires transitive io.levee.guard.browser;
    requires io.levee.guard.actions;
    requires io.levee.guard.console;
    requires transitive io.levee.guard.ingest;
    requires transitive io.levee.guard.review;
    requires io.levee.guard.views;
    requires io.levee.guard.web;
    requires io.levee.yaml;
    requires java.net.http;
    requires tools.jackson.databind;

    exports io.levee.guard.server;
    exports io.levee.guard.server.github;
}
