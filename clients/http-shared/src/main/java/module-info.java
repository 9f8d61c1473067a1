/**
 * The rules that all HTTP adapters, and the server's side of them, share: what is idempotent, what is sent along, what
 * may be kept for replay. For everybody there is {@link io.levee.http.shared.headers}, and the options in {@link io.levee.http.shared.options}; the rest is no API.
 */
@SuppressWarnings("module") // the modules that it is exported to are built after it
@org.jspecify.annotations.NullMarked
module io.levee.http.shared {
    requires static org.jspecify;
    requires transitive io.levee;
    requires static jdk.httpserver;

    exports io.levee.http.shared.headers;
    exports io.levee.http.shared.options;
    exports io.levee.http.shared to
            io.levee.http,
            io.levee.okhttp,
            io.levee.apache,
            io.levee.grpc,
            io.levee.idempotency,
            io.levee.server,
            io.levee.cli;
}
