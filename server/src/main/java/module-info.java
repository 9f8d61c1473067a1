/** The server's side of a call: its caller's deadline, cancellation and attempt number, as a scope of Levee's. */
@org.jspecify.annotations.NullMarked
module io.levee.server {
    requires static org.jspecify;
    requires transitive io.levee;
    requires io.levee.http.shared;
    requires static jdk.httpserver;
    requires static jakarta.servlet;

    exports io.levee.server;
}
