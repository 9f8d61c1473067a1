/** The incident of 02:18 played with real processes: without Levee and the guard, and with them. See docs/story.md. */
@SuppressWarnings("requires-automatic") // gRPC-Java, protobuf and OpenTelemetry name their modules no other way
@org.jspecify.annotations.NullMarked
module io.levee.story {
    requires static org.jspecify;
    requires io.levee;
    requires io.levee.grpc;
    requires io.levee.guard.server;
    requires io.levee.guard.slo;
    requires io.levee.guard.store;
    requires io.levee.http;
    requires io.levee.opentelemetry;
    requires io.levee.server;
    requires io.levee.traffic;
    requires com.google.protobuf;
    requires io.grpc;
    requires io.grpc.netty.shaded;
    requires io.grpc.stub;
    requires io.opentelemetry.api;
    requires io.opentelemetry.context;
    requires io.opentelemetry.exporter.otlp;
    requires io.opentelemetry.proto;
    requires io.opentelemetry.sdk;
    requires io.opentelemetry.sdk.common;
    requires io.opentelemetry.sdk.trace;
    requires java.net.http;
    requires jdk.httpserver;
    requires tools.jackson.databind;

    exports io.levee.story;
}
