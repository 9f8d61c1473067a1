/** The guard's HTTP server: routes, tokens, limits, streams. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.web {
    requires static org.jspecify;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;
    requires tools.jackson.databind;

    exports io.levee.guard.web;
}
