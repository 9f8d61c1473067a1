/** Levee in Spring Boot: downstreams of a policy file as beans, request factories, the scope of incoming requests, an endpoint. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // Spring names its modules no other way
@org.jspecify.annotations.NullMarked
module io.levee.spring {
    requires static org.jspecify;
    requires transitive io.levee;
    requires io.levee.config;
    requires io.levee.http;
    requires io.levee.server;
    requires spring.beans;
    requires spring.boot;
    requires spring.boot.autoconfigure;
    requires spring.context;
    requires spring.core;
    requires java.net.http;
    requires static io.levee.idempotency;
    requires static jakarta.servlet;
    requires static spring.boot.actuator;
    requires static spring.boot.actuator.autoconfigure;
    requires static spring.web;

    exports io.levee.spring;

    opens io.levee.spring to
            spring.beans,
            spring.boot,
            spring.context,
            spring.core;
}
