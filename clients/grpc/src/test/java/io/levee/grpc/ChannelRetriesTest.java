package io.levee.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.levee.Decision;
import io.levee.Fate;
import io.levee.Levee;
import io.levee.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** A channel that retries by itself under an engine that does so too: one of them must. */
class ChannelRetriesTest {
    private static final Map<String, ?> RETRYING = Map.of(
            "methodConfig",
            List.of(Map.of(
                    "name",
                    List.of(Map.of("service", Texts.SERVICE)),
                    "retryPolicy",
                    Map.of(
                            "maxAttempts",
                            5.0,
                            "initialBackoff",
                            "0.001s",
                            "maxBackoff",
                            "0.001s",
                            "backoffMultiplier",
                            1.0,
                            "retryableStatusCodes",
                            List.of("UNAVAILABLE")))));

    private static NettyChannelBuilder retrying(NettyChannelBuilder builder) {
        return builder.enableRetry().defaultServiceConfig(RETRYING).disableServiceConfigLookUp();
    }

    private static Levee levee() {
        return Levee.named("texts")
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                .noRetryBudget()
                .build();
    }

    @Test
    void theChannelRetriesWhenLeftAlone() throws Exception {
        try (TextServer server = new TextServer(TextServer.failing(Status.UNAVAILABLE));
                Client client = new Client(server.port(), ChannelRetriesTest::retrying)) {
            Client.call(client.channel(), Texts.method(MethodType.UNARY), CallOptions.DEFAULT, "hi");
            assertThat(server.seen()).hasSize(5);
        }
    }

    @Test
    void theChannelsOwnPolicyIsStoodDown() throws Exception {
        try (TextServer server = new TextServer(TextServer.failing(Status.UNAVAILABLE.withDescription("down")));
                Client client = new Client(server.port(), ChannelRetriesTest::retrying);
                Levee levee = levee()) {
            LeveeClientInterceptor interceptor = LeveeClientInterceptor.of(levee);
            Channel guarded = ClientInterceptors.intercept(client.channel(), interceptor);
            Client.Heard heard = Client.call(guarded, Texts.method(MethodType.UNARY, true), CallOptions.DEFAULT, "hi");
            assertThat(heard.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(heard.status.getDescription()).isEqualTo("down");
            assertThat(interceptor.channelRetriesStoodDown()).isEqualTo(3);
            assertThat(server.seen()).hasSize(3);
            assertThat(server.previousAttempts()).containsExactly(null, "1", "2");
        }
    }

    @Test
    void aRefusedStreamIsNotSentAgainBehindLeveesBack() throws Exception {
        try (RawPeer peer = RawPeer.answering((connection, stream) -> connection.rst(stream, RawPeer.REFUSED_STREAM));
                Client client = new Client(peer.port(), NettyChannelBuilder::enableRetry);
                Levee levee = levee()) {
            LeveeClientInterceptor interceptor = LeveeClientInterceptor.of(levee);
            Channel guarded = ClientInterceptors.intercept(client.channel(), interceptor);
            Client.Heard heard = Client.call(guarded, Texts.method(MethodType.UNARY), CallOptions.DEFAULT, "hi");
            assertThat(heard.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(heard.status.getDescription()).contains("REFUSED_STREAM");
            assertThat(Decision.of(heard.status.asException()).fate()).isEqualTo(Fate.REFUSED_UNPROCESSED);
            assertThat(peer.requests()).isEqualTo(3);
            assertThat(interceptor.channelRetriesStoodDown()).isZero();
        }
    }

    @Test
    void theCallersOwnCredentialsAreSentAllTheSame() throws Exception {
        Metadata.Key<String> token = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
        CallCredentials credentials = new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
                Metadata metadata = new Metadata();
                metadata.put(token, "secret");
                applier.apply(metadata);
            }
        };
        try (TextServer server = new TextServer(TextServer.failing(Status.UNAVAILABLE), TextServer.ok("welcome"));
                Client client = new Client(server.port());
                Levee levee = levee()) {
            Channel guarded = ClientInterceptors.intercept(client.channel(), LeveeClientInterceptor.of(levee));
            CallOptions options = CallOptions.DEFAULT.withCallCredentials(credentials);
            assertThat(Client.call(guarded, Texts.method(MethodType.UNARY, true), options, "hi").messages)
                    .containsExactly("welcome");
            assertThat(server.seen()).hasSize(2).allMatch(request -> "secret".equals(request.header("token")));
        }
    }
}
