package io.levee.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levee.Decision;
import io.levee.Levee;
import io.levee.LeveeEvent;
import io.levee.RetryPolicy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the JDK's client does about each fault and what Levee makes of it, seen by real servers. The table of
 * docs/clients.md is what this test writes; after a change of a JDK or of a rule, write it again on both JDKs with
 * {@code mvn -pl clients/jdk-http test -Dtest=FaultTableTest -Dlevee.golden=write} and read the difference.
 */
class FaultTableTest {
    private static final Path DOC = Path.of("..", "..", "docs", "clients.md");
    private static final int LONGEST_MESSAGE = 60;

    /** How one call ended, and how often the server got it. */
    private record Ending(int status, Throwable failure, int requests, LeveeEvent.CallEnded call) {
        int attempts() {
            return call.attempts();
        }

        String text() {
            if (failure == null) {
                return Integer.toString(status);
            }
            String message = failure.getMessage() == null ? "" : failure.getMessage();
            message = message.replaceAll("/127\\.0\\.0\\.1:\\d+", "ADDRESS").replace("|", "\\|");
            String shown = message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) + "..." : message;
            return failure.getClass().getSimpleName() + (shown.isEmpty() ? "" : ": " + shown);
        }
    }

    private static Ending raw(Fault fault, String method) throws Exception {
        try (Fault.Stage stage = fault.open()) {
            warmUp(stage);
            int before = stage.requestsSeen();
            return end(stage.client(), stage, method, before, () -> null);
        }
    }

    private static Ending guarded(Fault fault, String method) throws Exception {
        CompletableFuture<LeveeEvent.CallEnded> call = new CompletableFuture<>();
        try (Fault.Stage stage = fault.open();
                Levee levee = Levee.named("downstream")
                        .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                        .noRetryBudget()
                        .listener(event -> {
                            if (event instanceof LeveeEvent.CallEnded ended) {
                                call.complete(ended);
                            }
                        })
                        .build()) {
            warmUp(stage);
            int before = stage.requestsSeen();
            HttpClient client = LeveeHttpClient.wrap(stage.client(), levee);
            return end(client, stage, method, before, () -> call.get(10, TimeUnit.SECONDS));
        }
    }

    private interface EndOfCall {
        LeveeEvent.CallEnded get() throws Exception;
    }

    /** A request that leaves a connection in the pool, for the faults of connections in use. */
    private static void warmUp(Fault.Stage stage) throws IOException, InterruptedException {
        if (stage.isWarm()) {
            stage.client().send(HttpRequest.newBuilder(stage.uri()).build(), BodyHandlers.ofString());
        }
    }

    private static Ending end(HttpClient client, Fault.Stage stage, String method, int before, EndOfCall call)
            throws Exception {
        boolean post = method.equals("POST");
        BodyPublisher body = post ? BodyPublishers.ofString("an order") : BodyPublishers.noBody();
        HttpRequest.Builder request = HttpRequest.newBuilder(stage.uri())
                .method(method, body)
                .expectContinue(post && stage.expectsContinue());
        if (stage.timeout() != null) {
            request.timeout(stage.timeout());
        }
        try {
            HttpResponse<String> response =
                    client.sendAsync(request.build(), BodyHandlers.ofString()).get(30, TimeUnit.SECONDS);
            return new Ending(response.statusCode(), null, stage.requestsSeen() - before, call.get());
        } catch (ExecutionException failed) {
            return new Ending(0, failed.getCause(), stage.requestsSeen() - before, call.get());
        }
    }

    /** Invariants 1 and 6 for this client: it never sends on its own what the engine did not decide. */
    @ParameterizedTest
    @EnumSource
    void theServerGetsNoMoreRequestsThanThereAreAttempts(Fault fault) throws Exception {
        for (String method : new String[] {"GET", "POST"}) {
            Ending ending = guarded(fault, method);
            assertThat(ending.attempts()).as("attempts of a %s", method).isBetween(1, 3);
            assertThat(ending.requests()).as("requests of a %s", method).isLessThanOrEqualTo(ending.attempts());
        }
    }

    /** Invariant 6: what may have been processed is not repeated. */
    @ParameterizedTest
    @EnumSource
    void aPostIsSentAgainOnlyIfItWasProvablyNotProcessed(Fault fault) throws Exception {
        Ending ending = guarded(fault, "POST");
        boolean refused = fault == Fault.STATUS_421
                || fault == Fault.STATUS_429
                || fault == Fault.H2_REFUSED_STREAM
                || fault == Fault.H2_GOAWAY;
        assertThat(ending.requests()).isLessThanOrEqualTo(refused ? 3 : 1);
    }

    @Test
    void theTableInTheDocumentIsWhatHappens() throws Exception {
        String jdk = Integer.toString(Runtime.version().feature());
        String opening = "<!-- faults on JDK " + jdk + " -->\n";
        String closing = "<!-- end of JDK " + jdk + " -->\n";
        String document = Files.readString(DOC);
        int from = document.indexOf(opening);
        int to = document.indexOf(closing);
        assumeTrue(from >= 0 && to > from, "the document has no table for this JDK");
        from += opening.length();
        String table = table();
        if ("write".equals(System.getProperty("levee.golden"))) {
            Files.writeString(DOC, document.substring(0, from) + table + document.substring(to));
        } else {
            assertThat(document.substring(from, to)).isEqualTo(table);
        }
    }

    private static String table() throws Exception {
        StringBuilder rows = new StringBuilder("| fault | method | the client alone: ends with | requests seen"
                + " | with Levee, 3 attempts: ends with | fate | why no more | requests seen |\n"
                + "|---|---|---|---|---|---|---|---|\n");
        for (Fault fault : Fault.values()) {
            if (!fault.isSteady()) {
                continue;
            }
            for (String method : new String[] {"GET", "POST"}) {
                Ending raw = raw(fault, method);
                Ending guarded = guarded(fault, method);
                Decision why = guarded.call().decision();
                rows.append("| ")
                        .append(fault.title())
                        .append(" | ")
                        .append(method)
                        .append(" | ")
                        .append(raw.text())
                        .append(" | ")
                        .append(raw.requests())
                        .append(" | ")
                        .append(guarded.text())
                        .append(" | ")
                        .append(why == null ? "ANSWERED" : why.fate())
                        .append(" | ")
                        .append(why == null ? "-" : why.stop() + ", rule " + why.rule())
                        .append(" | ")
                        .append(guarded.requests())
                        .append(" |\n");
            }
        }
        return rows.toString();
    }
}
