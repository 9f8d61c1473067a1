/** Events from OTLP, from files and from servers that speak PromQL. */
@SuppressWarnings(
        "requires-automatic") // gRPC-Java, protobuf and OpenTelemetry's messages name their modules no other way
@org.jspecify.annotations.NullMarked
module io.levee.guard.ingest {
    requires static org.jspecify;
    requires transitive io.levee.guard.store;
    requires transitive io.levee.guard.web;
    requires io.levee.yaml;
    requires org.snakeyaml.engine;
    requires tools.jackson.core;
    requires com.google.protobuf;
    requires io.opentelemetry.proto;
    requires io.grpc;
    requires io.grpc.stub;
    requires io.grpc.netty.shaded;
    requires java.net.http;

    exports io.levee.guard.ingest;
}
