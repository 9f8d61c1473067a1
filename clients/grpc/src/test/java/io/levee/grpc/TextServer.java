package io.levee.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A real gRPC server on loopback whose answers are scripted, and that remembers what it was sent. */
final class TextServer implements AutoCloseable {
    /** What the server does with one request. */
    @FunctionalInterface
    interface Answer {
        void to(Request request);

        /** True to answer the request's head instead of waiting for its end. */
        default boolean isEarly() {
            return false;
        }
    }

    static Answer early(Answer answer) {
        return new Answer() {
            @Override
            public void to(Request request) {
                answer.to(request);
            }

            @Override
            public boolean isEarly() {
                return true;
            }
        };
    }

    private final Server server;
    private final List<Answer> script;
    private final List<Request> seen = new CopyOnWriteArrayList<>();

    /** The nth request gets the nth answer, all further ones the last. */
    TextServer(Answer... answers) throws IOException {
        this(List.of(answers), UnaryOperator.identity());
    }

    TextServer(SslContext tls, Answer... answers) throws IOException {
        this(List.of(answers), builder -> builder.sslContext(tls));
    }

    TextServer(List<Answer> answers, UnaryOperator<NettyServerBuilder> settings) throws IOException {
        script = answers;
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(Texts.SERVICE);
        for (MethodType type : List.of(
                MethodType.UNARY,
                MethodType.CLIENT_STREAMING,
                MethodType.SERVER_STREAMING,
                MethodType.BIDI_STREAMING)) {
            service.addMethod(Texts.method(type), this::startCall);
        }
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .maxInboundMessageSize(64 << 20)
                .addService(service.build());
        server = settings.apply(builder).build().start();
    }

    private ServerCall.Listener<String> startCall(ServerCall<String, String> call, Metadata headers) {
        Request request;
        Answer answer;
        synchronized (this) {
            request = new Request(call, headers);
            answer = script.get(Math.min(seen.size(), script.size() - 1));
            seen.add(request);
        }
        request.answer = answer;
        call.request(1);
        if (answer.isEarly()) {
            answer.to(request);
        }
        return request;
    }

    int port() {
        return server.getPort();
    }

    List<Request> seen() {
        return seen;
    }

    void kill() {
        server.shutdownNow();
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One request as the server got it: what an attempt of a client's became. */
    static final class Request extends ServerCall.Listener<String> {
        final ServerCall<String, String> call;
        final Metadata headers;
        final List<String> messages = new CopyOnWriteArrayList<>();
        /** What the client's grpc-timeout said. */
        final long leftNanos;

        volatile boolean halfClosed;
        volatile boolean cancelled;
        private Answer answer;

        Request(ServerCall<String, String> call, Metadata headers) {
            this.call = call;
            this.headers = headers;
            Deadline deadline = Context.current().getDeadline();
            leftNanos = deadline == null ? Long.MAX_VALUE : deadline.timeRemaining(TimeUnit.NANOSECONDS);
        }

        @Override
        public void onMessage(String message) {
            messages.add(message);
            call.request(1);
        }

        @Override
        public void onHalfClose() {
            halfClosed = true;
            if (!answer.isEarly()) {
                answer.to(this);
            }
        }

        @Override
        public void onCancel() {
            cancelled = true;
        }

        String header(String name) {
            return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }

        void fail(Status status) {
            call.close(status, new Metadata());
        }

        void fail(Status status, String pushback) {
            Metadata trailers = new Metadata();
            trailers.put(Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER), pushback);
            call.close(status, trailers);
        }

        void head() {
            call.sendHeaders(new Metadata());
        }

        void send(String message) {
            call.sendMessage(message);
        }

        void succeed() {
            call.close(Status.OK, new Metadata());
        }
    }

    static Answer ok(String... messages) {
        return request -> {
            request.head();
            List.of(messages).forEach(request::send);
            request.succeed();
        };
    }

    static Answer failing(Status status) {
        return request -> request.fail(status);
    }

    static Answer silent() {
        return request -> {};
    }

    List<String> previousAttempts() {
        List<String> values = new ArrayList<>();
        seen.forEach(request -> values.add(request.header("grpc-previous-rpc-attempts")));
        return values;
    }
}
