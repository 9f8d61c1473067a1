/** The guard's HTTP server: routes, tokens, limits, streams. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.web {
    requires static org.jspecify;
    requires tools.jackson.databind;

    exports io.levee.guard.web;
}
