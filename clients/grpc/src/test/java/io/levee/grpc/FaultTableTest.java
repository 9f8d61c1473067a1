package io.levee.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.levee.Decision;
import io.levee.Levee;
import io.levee.LeveeEvent;
import io.levee.RetryPolicy;
import io.levee.StopReason;
import io.levee.servers.PlayedRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What gRPC-Java does about each fault and what Levee makes of it, seen by real servers. The table of docs/clients.md is
 * what this test writes; after a change of gRPC or of a rule, write it again with
 * {@code mvn -pl clients/grpc test -Dtest=FaultTableTest -Dlevee.golden=write} and read the difference.
 */
class FaultTableTest {
    private static final Path DOC = Path.of("..", "..", "docs", "clients.md");
    private static final int LONGEST_TEXT = 48;

    /** The calls that each fault meets. */
    private enum Kind {
        UNARY("unary", MethodType.UNARY, false),
        UNARY_IDEMPOTENT("unary, idempotent", MethodType.UNARY, true),
        CLIENT_STREAM("client stream, idempotent", MethodType.CLIENT_STREAMING, true),
        SERVER_STREAM("server stream, idempotent", MethodType.SERVER_STREAMING, true),
        BIDI("bidi, idempotent", MethodType.BIDI_STREAMING, true);

        private final String title;
        private final MethodDescriptor<String, String> method;

        Kind(String title, MethodType type, boolean idempotent) {
            this.title = title;
            this.method = Texts.method(type, idempotent);
        }

        boolean meets(Fault fault) {
            return switch (fault) {
                case TOO_LONG -> !method.getType().clientSendsOneMessage();
                case HALF_A_STREAM -> !method.getType().serverSendsOneMessage();
                // Whether gRPC's timer or the engine's is first decides what is said of a call that is not idempotent.
                // With a stream, two timers end it at the same deadline, and either may be first.
                case HEADERS_THEN_SILENCE -> method.getType().serverSendsOneMessage();
                case CALL_DEADLINE -> method.isIdempotent();
                default -> true;
            };
        }
    }

    /** How one call ended, and how often the server got it. */
    private record Ending(Client.Heard heard, int requests, LeveeEvent.CallEnded call) {
        String text() {
            Status status = heard.status;
            String text = status.getDescription();
            if (status.getCode() == Status.Code.DEADLINE_EXCEEDED || text == null) {
                // Which of several timers is first is a matter of luck, and their texts hold times.
                return status.getCode().toString();
            }
            text = text.replace("|", "\\|").replace('\n', ' ').replaceAll("127\\.0\\.0\\.1:\\d+", "ADDRESS");
            return status.getCode() + ": "
                    + (text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "..." : text);
        }
    }

    private static Ending alone(Fault fault, Kind kind) throws Exception {
        try (Fault.Stage stage = fault.open();
                Client client = stage.client(NettyChannelBuilder::enableRetry)) {
            CallOptions options = stage.hasAttemptTimeout()
                    ? stage.options().withDeadlineAfter(stage.attemptTimeoutMillis(), TimeUnit.MILLISECONDS)
                    : stage.options();
            return end(client.channel(), stage, kind, options, null);
        }
    }

    private static Ending guarded(Fault fault, Kind kind) throws Exception {
        return guarded(fault, kind, NettyChannelBuilder::disableRetry);
    }

    private static Ending guarded(Fault fault, Kind kind, UnaryOperator<NettyChannelBuilder> channelSettings)
            throws Exception {
        CompletableFuture<LeveeEvent.CallEnded> call = new CompletableFuture<>();
        try (Fault.Stage stage = fault.open();
                Client client = stage.client(channelSettings);
                Levee levee = Levee.named("texts")
                        .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                        .attemptTimeout(Duration.ofMillis(stage.attemptTimeoutMillis()))
                        .noRetryBudget()
                        .listener(event -> {
                            if (event instanceof LeveeEvent.CallEnded ended) {
                                call.complete(ended);
                            }
                        })
                        .build()) {
            Channel channel = ClientInterceptors.intercept(client.channel(), LeveeClientInterceptor.of(levee));
            return end(channel, stage, kind, stage.options(), call);
        }
    }

    private static Ending end(
            Channel channel,
            Fault.Stage stage,
            Kind kind,
            CallOptions options,
            CompletableFuture<LeveeEvent.CallEnded> call)
            throws Exception {
        String[] messages = stage.messages(kind.method.getType().clientSendsOneMessage());
        Client.Heard heard = Client.call(channel, kind.method, options, messages);
        LeveeEvent.CallEnded ended = call == null ? null : call.get(10, TimeUnit.SECONDS);
        return new Ending(heard, stage.requestsSeen(), ended);
    }

    /** Invariants 1 and 6 for this client, on a channel as it is by default and on one as it is best. */
    @ParameterizedTest
    @EnumSource
    void theServerGetsNoMoreRequestsThanThereAreAttempts(Fault fault) throws Exception {
        for (Kind kind : Kind.values()) {
            if (kind.meets(fault)) {
                Ending ending = guarded(fault, kind, NettyChannelBuilder::enableRetry);
                assertThat(ending.call().attempts()).as("attempts, %s", kind).isBetween(1, 3);
                assertThat(ending.requests())
                        .as("requests, %s", kind)
                        .isLessThanOrEqualTo(ending.call().attempts());
                assertThat(ending.heard().concurrent).isFalse();
                assertThat(ending.heard().events).endsWith("close");
                if (!kind.method.isIdempotent()) {
                    boolean refused = List.of(Fault.REFUSED_STREAM, Fault.GOAWAY, Fault.RESOURCE_EXHAUSTED_PUSHBACK)
                            .contains(fault);
                    assertThat(ending.requests()).as("not idempotent").isLessThanOrEqualTo(refused ? 3 : 1);
                }
            }
        }
    }

    @Test
    void theTableInTheDocumentIsWhatHappens() throws Exception {
        compare("gRPC", false);
    }

    @Test
    void theTableOfWhatHappensBehindALoadBalancer() throws Exception {
        compare("gRPC behind HAProxy", true);
    }

    private static void compare(String name, boolean behindHaproxy) throws Exception {
        String opening = "<!-- faults of " + name + " -->\n";
        String document = Files.readString(DOC);
        int from = document.indexOf(opening) + opening.length();
        int to = document.indexOf("<!-- end of " + name + " -->\n");
        assertThat(to).as("markers in " + DOC).isGreaterThanOrEqualTo(from);
        if ("write".equals(System.getProperty("levee.golden"))) {
            Files.writeString(DOC, document.substring(0, from) + table(behindHaproxy, null) + document.substring(to));
        } else {
            String documented = document.substring(from, to);
            assertThat(table(behindHaproxy, documented)).isEqualTo(documented);
        }
    }

    /** For a deadline without the rule: there is one if gRPC's timer was first, and none if the engine's was. */
    private static String reason(Decision why) {
        return why.stop() == StopReason.DEADLINE ? "DEADLINE" : why.stop() + ", rule " + why.rule();
    }

    private static String table(boolean behindHaproxy, @Nullable String documented) throws Exception {
        StringBuilder rows = new StringBuilder("| fault | call | gRPC alone: ends with | requests seen"
                + " | with Levee, 3 attempts: ends with | fate | why no more | requests seen |\n"
                + "|---|---|---|---|---|---|---|---|\n");
        for (Fault fault : Fault.values()) {
            for (Kind kind : Kind.values()) {
                if (fault.isBehindHaproxy() == behindHaproxy && kind.meets(fault)) {
                    rows.append(PlayedRow.of(documented, () -> row(fault, kind)));
                }
            }
        }
        return rows.toString();
    }

    private static String row(Fault fault, Kind kind) throws Exception {
        Ending alone = alone(fault, kind);
        Ending guarded = guarded(fault, kind);
        Decision why = guarded.call().decision();
        return "| " + fault.title()
                + " | " + kind.title
                + " | " + alone.text()
                + " | " + alone.requests()
                + " | " + guarded.text()
                + " | " + (why == null ? "ANSWERED" : why.fate())
                + " | " + (why == null ? "-" : reason(why))
                + " | " + guarded.requests()
                + " |\n";
    }
}
