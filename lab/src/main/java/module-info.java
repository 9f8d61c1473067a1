/**
 * The lab: storms replayed against the library. {@code io.levee.lab.demo} sends the same load through a naive retry loop
 * and through Levee, on real sockets.
 */
@org.jspecify.annotations.NullMarked
module io.levee.lab {
    requires static org.jspecify;
    requires io.levee;
    requires io.levee.http;
    requires java.net.http;
    requires jdk.httpserver;

    exports io.levee.lab.demo;
}
