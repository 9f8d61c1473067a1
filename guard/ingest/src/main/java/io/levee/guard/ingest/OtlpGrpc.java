package io.levee.guard.ingest;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.levee.guard.store.StoreException;
import io.levee.guard.web.Role;
import io.levee.guard.web.TlsFiles;
import io.levee.guard.web.Tokens;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * OTLP over gRPC. The messages pass as the bytes that they are, so that what reads them from HTTP reads them here. Too much at a
 * time, and a store that cannot write, are UNAVAILABLE, which every exporter tries again.
 */
final class OtlpGrpc implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "Bearer ";
    private static final int MOST_BYTES = 16 << 20;

    private final Server server;
    private final ExecutorService threads;

    private OtlpGrpc(Server server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** Starts listening. */
    static OtlpGrpc start(
            InetSocketAddress address, Tokens tokens, @Nullable TlsFiles tls, Otlp otlp, InFlight inFlight, Meter meter)
            throws IOException {
        ServerCredentials credentials = tls == null
                ? InsecureServerCredentials.create()
                : TlsServerCredentials.newBuilder().keyManager(tls.keyManager()).build();
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()), task -> {
                    Thread thread = new Thread(task, "levee-otlp-grpc");
                    thread.setDaemon(true);
                    return thread;
                });
        Receiver receiver = new Receiver(inFlight, meter);
        Server server = NettyServerBuilder.forAddress(address, credentials)
                .executor(threads)
                .maxInboundMessageSize(MOST_BYTES)
                .intercept(new TokenInterceptor(tokens))
                .addService(receiver.service(
                        "opentelemetry.proto.collector.trace.v1.TraceService", otlp::traces, OtlpHttp::traces))
                .addService(receiver.service(
                        "opentelemetry.proto.collector.metrics.v1.MetricsService", otlp::metrics, OtlpHttp::metrics))
                .build();
        try {
            return new OtlpGrpc(server.start(), threads);
        } catch (IOException e) {
            threads.shutdownNow();
            throw new IOException("OTLP/gRPC cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            // What is being stored is answered, so that nothing acknowledged is sent again.
            if (!server.awaitTermination(5, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        threads.shutdown();
    }

    /** Answers the one method that each of OTLP's services has. */
    private record Receiver(InFlight inFlight, Meter meter) {
        ServerServiceDefinition service(String name, Otlp.Signal signal, Function<Otlp.Taken, byte[]> response) {
            MethodDescriptor<byte[], byte[]> export = MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(name, "Export"))
                    .setRequestMarshaller(new Bytes())
                    .setResponseMarshaller(new Bytes())
                    .build();
            return ServerServiceDefinition.builder(name)
                    .addMethod(export, ServerCalls.<byte[], byte[]>asyncUnaryCall((body, observer) -> {
                        try {
                            byte[] answer = response.apply(take(signal, body));
                            observer.onNext(answer);
                            observer.onCompleted();
                        } catch (Refused e) {
                            observer.onError(e.status.asRuntimeException());
                        }
                    }))
                    .build();
        }

        private Otlp.Taken take(Otlp.Signal signal, byte[] body) throws Refused {
            if (!inFlight.enter(body.length)) {
                meter.refused.increment();
                throw new Refused(Status.UNAVAILABLE, "the guard is busy; send this again in a second");
            }
            try {
                return signal.take(body, false);
            } catch (BadPayload e) {
                meter.invalid.increment();
                throw new Refused(Status.INVALID_ARGUMENT, e.getMessage());
            } catch (StoreException e) {
                meter.refused.increment();
                throw new Refused(Status.UNAVAILABLE, e.getMessage());
            } finally {
                inFlight.leave(body.length);
            }
        }
    }

    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Status status;

        Refused(Status status, @Nullable String message) {
            super(message, null, false, false);
            this.status = status.withDescription(message);
        }
    }

    /** A message as it came. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Lets nobody in without a token. */
    private record TokenInterceptor(Tokens tokens) implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String header = headers.get(AUTHORIZATION);
            String token = header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? header.substring(BEARER.length()).strip()
                    : null;
            Tokens.Principal sender = token == null ? null : tokens.check(token);
            if (sender != null && sender.role().may(Role.INGEST)) {
                return next.startCall(call, headers);
            }
            call.close(
                    Status.UNAUTHENTICATED.withDescription(
                            "send the metadata 'authorization: Bearer TOKEN' with a token" + " that may ingest"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }
}
