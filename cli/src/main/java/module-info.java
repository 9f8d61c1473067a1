/** The levee command. */
@org.jspecify.annotations.NullMarked
module io.levee.cli {
    requires static org.jspecify;
    requires io.levee;
    requires io.levee.config;
    requires io.levee.guard.actions;
    requires io.levee.guard.browser;
    requires io.levee.guard.ingest;
    requires io.levee.guard.review;
    requires io.levee.guard.server;
    requires io.levee.guard.slo;
    requires io.levee.guard.store;
    requires io.levee.guard.web;
    requires io.levee.yaml;
    requires java.net.http;
    requires io.levee.jdbc;
    requires io.levee.http.shared;
    requires io.levee.lab;
    requires io.levee.lint;
    requires io.levee.story;
    requires info.picocli;
    requires tools.jackson.core;
    requires tools.jackson.databind;

    opens io.levee.cli to
            info.picocli;
}
