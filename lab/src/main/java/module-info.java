/**
 * The lab: storms replayed against the library. {@code io.levee.lab.demo} sends the same load through a naive retry loop
 * and through Levee, on real sockets; {@code io.levee.lab.storm} simulates storms in virtual time,
 * {@code io.levee.lab.picture} draws them, and {@code io.levee.lab.tune} looks for the policy that serves one best.
 */
@org.jspecify.annotations.NullMarked
module io.levee.lab {
    requires static org.jspecify;
    requires transitive io.levee;
    requires transitive io.levee.yaml;
    requires org.snakeyaml.engine;
    requires io.levee.config;
    requires io.levee.http;
    requires java.desktop;
    requires java.net.http;
    requires jdk.httpserver;

    exports io.levee.lab.demo;
    exports io.levee.lab.picture;
    exports io.levee.lab.storm;
    exports io.levee.lab.storm.peers;
    exports io.levee.lab.tune;
}
