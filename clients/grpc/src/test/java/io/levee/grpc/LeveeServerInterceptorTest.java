package io.levee.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.levee.CallCancelledException;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class LeveeServerInterceptorTest {
    private static final MethodDescriptor<String, String> METHOD = Texts.method(MethodType.UNARY, true);
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    /** A real server with one unary method. */
    private static final class Service implements AutoCloseable {
        private final Server server;
        final AtomicInteger requests = new AtomicInteger();

        Service(boolean scoped, UnaryOperator<String> work) throws IOException {
            this(scoped ? LeveeServerInterceptor.standard() : null, work);
        }

        Service(LeveeServerInterceptor scopes, UnaryOperator<String> work) throws IOException {
            ServerServiceDefinition service = ServerServiceDefinition.builder(Texts.SERVICE)
                    .addMethod(METHOD, ServerCalls.asyncUnaryCall((request, answer) -> {
                        requests.incrementAndGet();
                        try {
                            answer.onNext(work.apply(request));
                            answer.onCompleted();
                        } catch (StatusRuntimeException failed) {
                            answer.onError(new StatusRuntimeException(failed.getStatus(), new Metadata()));
                        }
                    }))
                    .build();
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(scopes == null ? service : ServerInterceptors.intercept(service, scopes))
                    .build()
                    .start();
        }

        @Override
        public void close() throws InterruptedException {
            server.shutdownNow();
            assertThat(server.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Levee threeAttempts() {
        return Levee.named("next")
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                .noRetryBudget()
                .build();
    }

    /** Sends on what it got, with three attempts. */
    private static final class Hop implements AutoCloseable {
        private final Levee levee = threeAttempts();
        private final Client client;

        Hop(Service next) {
            client = new Client(
                    next.server.getPort(),
                    channel -> channel.disableRetry().intercept(LeveeClientInterceptor.of(levee)));
        }

        String send(String message) {
            return ClientCalls.blockingUnaryCall(client.channel(), METHOD, CallOptions.DEFAULT, message);
        }

        @Override
        public void close() {
            client.close();
            levee.close();
        }
    }

    private static List<Integer> requestsOfThreeLayers(boolean scoped) throws Exception {
        try (Service c = new Service(scoped, message -> {
                    throw Status.UNAVAILABLE.asRuntimeException();
                });
                Hop toC = new Hop(c);
                Service b = new Service(scoped, toC::send);
                Hop toB = new Hop(b);
                Service a = new Service(scoped, toB::send);
                Hop toA = new Hop(a)) {
            assertThatThrownBy(() -> toA.send("x"))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
            return List.of(a.requests.get(), b.requests.get(), c.requests.get());
        }
    }

    @Test
    void threeLayersOfThreeAttemptsSendWhatOneWould() throws Exception {
        assertThat(requestsOfThreeLayers(false)).containsExactly(3, 9, 27);
        assertThat(requestsOfThreeLayers(true)).containsExactly(1, 1, 3);
    }

    @Test
    void deadlineAndAttemptOfTheCallerHoldForWhatIsDoneForIt() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        UnaryOperator<String> work = message -> {
            Scope scope = Scope.current();
            seen.add(scope.servedAttempt() + " "
                    + (scope.remainingNanos() <= TimeUnit.SECONDS.toNanos(20) ? "bounded" : "unbounded"));
            if (seen.size() == 1) {
                throw Status.UNAVAILABLE.asRuntimeException();
            }
            return message;
        };
        try (Service service = new Service(true, work);
                Levee levee = threeAttempts();
                Client client = new Client(
                        service.server.getPort(),
                        channel -> channel.disableRetry().intercept(LeveeClientInterceptor.of(levee)))) {
            assertThat(ClientCalls.blockingUnaryCall(
                            client.channel(), METHOD, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), "x"))
                    .isEqualTo("x");
        }
        assertThat(seen).containsExactly("0 bounded", "1 bounded");
    }

    @Test
    void theServersOwnLimitEndsWhatIsDoneWithLevee() throws Exception {
        AtomicReference<Duration> left = new AtomicReference<>();
        LeveeServerInterceptor limited = LeveeServerInterceptor.standard().longest(Duration.ofSeconds(2));
        try (Service service = new Service(limited, message -> {
                    left.set(Duration.ofNanos(Scope.current().remainingNanos()));
                    return message;
                });
                Client client = new Client(service.server.getPort())) {
            Client.call(client.channel(), METHOD, CallOptions.DEFAULT, "x");
        }
        assertThat(left.get()).isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThatThrownBy(() -> limited.longest(Duration.ZERO)).hasMessageContaining("more than zero");
    }

    @Test
    void aClientThatGoesCancelsWhatRunsForIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        try (Levee levee = threeAttempts();
                Service service = new Service(true, message -> {
                    try {
                        return levee.call(attempt -> {
                            begun.countDown();
                            new CountDownLatch(1).await();
                            return "never";
                        });
                    } catch (Exception e) {
                        ended.complete(e);
                        throw Status.CANCELLED.asRuntimeException();
                    }
                });
                Client client = new Client(service.server.getPort())) {
            Client.Heard heard = Client.start(client.channel(), METHOD, CallOptions.DEFAULT, "x");
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            heard.call.cancel("gone", null);
            assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(CallCancelledException.class);
        }
    }

    @Test
    void aFailureWithoutRetriesInVainForbidsNothing() throws Exception {
        try (Service service = new Service(true, message -> {
                    throw Status.UNAVAILABLE.asRuntimeException();
                });
                Client client = new Client(service.server.getPort())) {
            Client.Heard heard = Client.call(client.channel(), METHOD, CallOptions.DEFAULT, "x");
            assertThat(heard.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(heard.trailers.get(PUSHBACK)).isNull();
        }
    }
}
