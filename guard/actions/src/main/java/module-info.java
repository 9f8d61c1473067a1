/** What is done when a budget burns: webhooks, commands, signals, and how it is undone. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.actions {
    requires static org.jspecify;
    requires transitive io.levee.guard.store;
    requires transitive io.levee.guard.web;
    requires io.levee.http;
    requires org.snakeyaml.engine;
    requires tools.jackson.databind;

    exports io.levee.guard.actions;
}
