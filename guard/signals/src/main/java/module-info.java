/** What the guard asks of the library: fallback, breaker, limits, shares of traffic. */
@org.jspecify.annotations.NullMarked
module io.levee.guard.signals {
    requires static org.jspecify;
    requires transitive io.levee;
    requires transitive io.levee.traffic;
    requires java.net.http;
    requires tools.jackson.core;

    exports io.levee.guard.signals;
}
