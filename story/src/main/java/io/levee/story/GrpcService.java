package io.levee.story;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A gRPC server of one unary method on a free port of the loopback address. */
final class GrpcService implements AutoCloseable {
    /** Answers a request, or throws a {@link StatusRuntimeException}. */
    @FunctionalInterface
    interface Work {
        byte[] answer(byte[] request) throws Exception;
    }

    private final Server server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    GrpcService(MethodDescriptor<byte[], byte[]> method, Work work, List<ServerInterceptor> interceptors)
            throws IOException {
        ServerServiceDefinition definition = ServerServiceDefinition.builder(method.getServiceName())
                .addMethod(method, ServerCalls.asyncUnaryCall((request, answer) -> {
                    try {
                        answer.onNext(work.answer(request));
                        answer.onCompleted();
                    } catch (StatusRuntimeException failed) {
                        answer.onError(failed.getStatus().asRuntimeException());
                    } catch (Exception failed) {
                        answer.onError(Status.INTERNAL
                                .withDescription(failed.getMessage())
                                .asRuntimeException());
                    }
                }))
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .executor(threads)
                // The last one of the list is called first.
                .addService(ServerInterceptors.intercept(definition, new ArrayList<>(interceptors)))
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
        threads.shutdownNow();
    }
}
