package io.levee.story;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;

/** A SERVER span for each gRPC call. */
final class TracedCalls implements ServerInterceptor {
    private final Tracing tracing;

    TracedCalls(Tracing tracing) {
        this.tracing = tracing;
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        Span span =
                tracing.server(method, name -> headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
        span.setAttribute("rpc.method", method);
        ServerCall<A, B> traced = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                if (!status.isOk()) {
                    Tracing.failed(span, status.getCode().toString(), status.getDescription());
                }
                span.end();
                super.close(status, trailers);
            }
        };
        ServerCall.Listener<A> listener;
        try (Scope here = span.makeCurrent()) {
            listener = next.startCall(traced, headers);
        }
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onHalfClose() {
                try (Scope here = span.makeCurrent()) {
                    super.onHalfClose();
                }
            }

            @Override
            public void onCancel() {
                Tracing.failed(span, "CANCELLED", "the caller has gone");
                span.end();
                super.onCancel();
            }
        };
    }
}
