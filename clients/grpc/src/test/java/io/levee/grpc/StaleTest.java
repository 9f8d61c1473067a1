package io.levee.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.levee.Levee;
import io.levee.servers.Haproxy;
import io.levee.servers.Pauses;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Idle connections that the peer gives up just when they are used again: what is idempotent never fails of it, and the
 * server gets no call twice.
 */
class StaleTest {
    private static final MethodDescriptor<String, String> IDEMPOTENT = Texts.method(MethodType.UNARY, true);
    private static final MethodDescriptor<String, String> ONCE = Texts.method(MethodType.UNARY, false);

    /** Who gives the connection up after 2 s. */
    private enum Peer {
        /** gRPC's own server: a GOAWAY first. */
        SERVER,
        /** A balancer that speaks HTTP/2. */
        BALANCER_OF_STREAMS,
        /** A balancer that knows nothing of HTTP/2: it just closes. */
        BALANCER_OF_BYTES
    }

    @ParameterizedTest
    @EnumSource
    void pausesRoundThePeersPatience(Peer peer) throws Exception {
        against(peer, Pauses.roundTwoSeconds(30, 2));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("full")
    void pausesRoundThePeersPatienceAtScale(Peer peer) throws Exception {
        against(peer, Pauses.roundTwoSecondsAtScale(400));
    }

    /** What gRPC's transport says of a connection that was closed while it wrote; the race itself is the tests' above. */
    @Test
    void aConnectionClosedUnderAWriteIsUnavailable() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        ClientInterceptor closed = new ClientInterceptor() {
            @Override
            public <A, B> ClientCall<A, B> interceptCall(
                    MethodDescriptor<A, B> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<B> listener, Metadata headers) {
                        if (calls.getAndIncrement() > 0) {
                            super.start(listener, headers);
                            return;
                        }
                        Status status = Status.UNKNOWN.withDescription("channel closed");
                        super.start(
                                new SimpleForwardingClientCallListener<>(listener) {
                                    @Override
                                    public void onClose(Status cancelled, Metadata trailers) {
                                        super.onClose(status.withCause(new ClosedChannelException()), trailers);
                                    }
                                },
                                headers);
                        cancel("as if the connection had been closed", null);
                    }
                };
            }
        };
        try (TextServer server = new TextServer(TextServer.ok("ok"));
                Levee levee = Levee.named("peer").build();
                Client client = new Client(
                        server.port(),
                        channel -> channel.disableRetry().intercept(closed, LeveeClientInterceptor.of(levee)))) {
            assertThat(call(client.channel(), IDEMPOTENT, "x").get(10, TimeUnit.SECONDS))
                    .isEqualTo("ok");
            assertThat(calls).hasValue(2);
        }
    }

    private static void against(Peer peer, Pauses pauses) throws Exception {
        Set<String> arrived = ConcurrentHashMap.newKeySet();
        Queue<String> twice = new ConcurrentLinkedQueue<>();
        TextServer.Answer answer = request -> {
            String id = request.messages.get(0);
            if (!arrived.add(id)) {
                twice.add(id);
            }
            TextServer.ok("ok").to(request);
        };
        try (TextServer server = peer == Peer.SERVER
                        ? new TextServer(List.of(answer), settings -> settings.maxConnectionIdle(2, TimeUnit.SECONDS))
                        : new TextServer(answer);
                Haproxy balancer = balancer(peer, server.port());
                // No budget: 400 connections that a busy machine makes late at once are no storm.
                Levee levee = Levee.named("peer").noRetryBudget().build()) {
            int port = balancer == null ? server.port() : balancer.port();
            List<Client> clients = new ArrayList<>();
            AtomicInteger failedOnce = new AtomicInteger();
            Queue<String> failed = new ConcurrentLinkedQueue<>();
            try {
                for (int lane = 0; lane < pauses.lanes(); lane++) {
                    clients.add(new Client(
                            port, channel -> channel.disableRetry().intercept(LeveeClientInterceptor.of(levee))));
                }
                pauses.run((lane, pause) -> {
                    boolean idempotent = (lane + pause) % 3 != 0;
                    ManagedChannel channel = clients.get(lane).channel();
                    return call(channel, idempotent ? IDEMPOTENT : ONCE, lane + "." + pause)
                            .handle((text, failure) -> {
                                if (failure != null && idempotent) {
                                    failed.add(failure.toString());
                                } else if (failure != null) {
                                    failedOnce.incrementAndGet();
                                }
                                return null;
                            });
                });
            } finally {
                clients.forEach(Client::close);
            }
            System.out.println(peer + ": " + arrived.size() + " calls arrived; failed: idempotent " + failed.size()
                    + ", not idempotent " + failedOnce);
            assertThat(failed).as("failures of idempotent calls").isEmpty();
            assertThat(twice).as("calls that arrived twice").isEmpty();
            assertThat(arrived.size())
                    .isGreaterThanOrEqualTo(pauses.lanes() * (pauses.pauses() + 1) - failedOnce.get());
        }
    }

    private static Haproxy balancer(Peer peer, int server) throws Exception {
        return switch (peer) {
            case SERVER -> null;
            case BALANCER_OF_STREAMS -> Haproxy.start("http", server, "timeout http-keep-alive 2s", "proto h2");
            case BALANCER_OF_BYTES -> Haproxy.start("tcp", server, "timeout client 2s", "");
        };
    }

    private static CompletableFuture<String> call(
            ManagedChannel channel, MethodDescriptor<String, String> method, String message) {
        CompletableFuture<String> result = new CompletableFuture<>();
        ClientCalls.asyncUnaryCall(
                channel.newCall(method, CallOptions.DEFAULT), message, new io.grpc.stub.StreamObserver<>() {
                    @Override
                    public void onNext(String value) {
                        result.complete(value);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        result.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        return result;
    }
}
