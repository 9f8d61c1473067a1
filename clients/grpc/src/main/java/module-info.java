/** A gRPC {@link io.grpc.ClientInterceptor} that sends every call under the protection of a Levee. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // gRPC-Java names its modules no other way
@org.jspecify.annotations.NullMarked
module io.levee.grpc {
    requires static org.jspecify;
    requires transitive io.levee;
    requires transitive io.levee.http.shared;
    requires transitive io.grpc;

    exports io.levee.grpc;
}
