/** The server side of the Idempotency-Key header: a request that comes again is answered, and not done again. */
@org.jspecify.annotations.NullMarked
module io.levee.idempotency {
    requires static org.jspecify;
    requires io.levee.http.shared;
    requires static java.sql;
    requires static jdk.httpserver;
    requires static jakarta.servlet;

    exports io.levee.idempotency;
}
