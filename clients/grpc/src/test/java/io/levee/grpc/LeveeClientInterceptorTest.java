package io.levee.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.levee.Decision;
import io.levee.Fate;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.StopReason;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeveeClientInterceptorTest {
    private static Levee.Builder levee() {
        return Levee.named("texts")
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                .noRetryBudget();
    }

    private static Channel guarded(Client client, Levee levee) {
        return ClientInterceptors.intercept(client.channel(), LeveeClientInterceptor.of(levee));
    }

    @Test
    void anIdempotentCallIsRetriedUntilItSucceeds() throws Exception {
        try (TextServer server =
                        new TextServer(TextServer.failing(Status.UNAVAILABLE), TextServer.failing(Status.UNAVAILABLE), TextServer.ok("hello"));
                Client client = new Client(server.port());
                Levee levee = levee().build()) {
            Client.Heard heard = Client.call(
                    guarded(client, levee), Texts.method(MethodType.UNARY, true), CallOptions.DEFAULT, "hi");
            assertThat(heard.status.getCode()).isEqualTo(Status.Code.OK);
            assertThat(heard.events).containsExactly("headers", "message", "close");
            assertThat(server.previousAttempts()).containsExactly(null, "1", "2");
            assertThat(server.seen()).allMatch(request -> request.messages.equals(java.util.List.of("hi")));
        }
    }

    @Test
    void whatIsNotSaidToBeIdempotentIsNotRepeated() throws Exception {
        try (TextServer server = new TextServer(TextServer.failing(Status.UNAVAILABLE.withDescription("down")));
                Client client = new Client(server.port());
                Levee levee = levee().build()) {
            Client.Heard heard = Client.call(
                    guarded(client, levee), Texts.method(MethodType.UNARY), CallOptions.DEFAULT, "hi");
            assertThat(heard.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(heard.status.getDescription()).isEqualTo("down");
            Decision decision = Decision.of(heard.status.asRuntimeException());
            assertThat(decision.stop()).isEqualTo(StopReason.NOT_IDEMPOTENT);
            assertThat(decision.fate()).isEqualTo(Fate.ANSWERED);
            assertThat(server.seen()).hasSize(1);
        }
    }
}
