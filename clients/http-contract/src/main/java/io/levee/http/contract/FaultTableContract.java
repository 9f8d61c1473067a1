package io.levee.http.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levee.Decision;
import io.levee.Levee;
import io.levee.LeveeEvent;
import io.levee.RetryPolicy;
import io.levee.servers.PlayedRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/**
 * What a client does about each fault and what Levee makes of it, seen by real servers. The tables of docs/clients.md are
 * what these tests write; after a change of a JDK, a client or a rule, write them again with
 * {@code mvn -pl clients/... test -Dtest=*FaultTableTest -Dlevee.golden=write} and read the difference.
 */
public abstract class FaultTableContract {
    private static final Path DOC = Path.of("..", "..", "docs", "clients.md");
    private static final int LONGEST_MESSAGE = 60;
    private static final List<String> METHODS = List.of("GET", "POST");

    /** How long a call may take: longer than three attempts that time out. */
    private static final int PATIENCE_SECONDS = 15;

    /** The clients of the library. */
    protected abstract TestClients clients();

    /** The name of the library's table in the document. */
    protected abstract String table();

    /** How one call ended, and how often the server got it. */
    private record Ending(TestClient.Reply reply, Throwable failure, int requests, LeveeEvent.CallEnded call) {
        int attempts() {
            return call.attempts();
        }

        String text() {
            if (failure == null) {
                return Integer.toString(reply.status());
            }
            if (failure instanceof TimeoutException) {
                return "has not ended after " + PATIENCE_SECONDS + " s";
            }
            String message = failure.getMessage() == null
                    ? ""
                    : failure.getMessage().lines().findFirst().orElse("");
            message = message.replaceAll("(localhost)?(\\[/)?((?<![:/])/)?127\\.0\\.0\\.1\\]?:\\d+", "ADDRESS")
                    .replaceAll("c-\\d+", "CONNECTION")
                    // Of several timeouts, the client's and Levee's, any may be first.
                    .replaceFirst("^(Read timed out|request timed out|.* did not end within its .*)$", "timeout")
                    // What JDK 25 says in front of what JDK 17 says.
                    .replaceFirst("^\\(certificate_(unknown|expired)\\) ", "")
                    .replace("|", "\\|");
            String shown = message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) + "..." : message;
            return failure.getClass().getSimpleName() + (shown.isEmpty() ? "" : ": " + shown);
        }
    }

    private Ending alone(Fault fault, String method) throws Exception {
        try (Stage stage = fault.open();
                TestClient client = clients().alone(stage.client())) {
            warmUp(stage, client);
            return end(client, stage, method, null);
        }
    }

    private record Case(Class<?> test, Fault fault, String method) {}

    /** What was played already, or is being played: a fault takes its time, and is played once for all that is asked about it. */
    private static final Map<Case, Future<Ending>> PLAYED = new ConcurrentHashMap<>();

    /** Most of a fault is waiting, so several are played at once. */
    private static final ExecutorService PLAYERS = Executors.newFixedThreadPool(4, task -> {
        Thread player = new Thread(task, "fault-player");
        player.setDaemon(true);
        return player;
    });

    private Ending guarded(Fault fault, String method) throws Exception {
        Future<Ending> played = asked(fault, method);
        try {
            return ended(played);
        } catch (ExecutionException failed) {
            // Who runs the test again has it played again.
            PLAYED.values().remove(played);
            throw failed;
        }
    }

    /** The first that is asked for has all of them played. */
    private Future<Ending> asked(Fault fault, String method) {
        for (Fault each : Fault.values()) {
            for (String its : METHODS) {
                if (!isBeyond(each)) {
                    PLAYED.computeIfAbsent(
                            new Case(getClass(), each, its), asked -> PLAYERS.submit(() -> play(each, its)));
                }
            }
        }
        return PLAYED.get(new Case(getClass(), fault, method));
    }

    private static <T> T ended(Future<T> played) throws Exception {
        try {
            return played.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof TestAbortedException notInstalled) {
                throw notInstalled;
            }
            throw failed;
        }
    }

    private Ending play(Fault fault, String method) throws Exception {
        BlockingQueue<LeveeEvent.CallEnded> calls = new LinkedBlockingQueue<>();
        try (Stage stage = fault.open();
                Levee levee = Levee.named("downstream")
                        .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                        .attemptTimeout(stage.attemptTimeout())
                        .noRetryBudget()
                        .listener(event -> {
                            if (event instanceof LeveeEvent.CallEnded ended) {
                                calls.add(ended);
                            }
                        })
                        .build();
                TestClient client = clients().guarded(stage.client(), levee)) {
            if (warmUp(stage, client)) {
                assertThat(calls.poll(10, TimeUnit.SECONDS)).isNotNull();
            }
            return end(client, stage, method, calls);
        }
    }

    /** A request that leaves a connection in the pool, for the faults of connections in use. */
    private static boolean warmUp(Stage stage, TestClient client) throws Exception {
        if (stage.isWarm()) {
            assertThat(client.send(TestClient.Request.get(stage.uri())).status())
                    .isEqualTo(200);
        }
        return stage.isWarm();
    }

    private static Ending end(TestClient client, Stage stage, String method, BlockingQueue<LeveeEvent.CallEnded> calls)
            throws Exception {
        stage.meanwhile();
        int before = stage.requestsSeen();
        TestClient.Request request = method.equals("POST")
                ? TestClient.Request.post(stage.uri()).expectingContinue(stage.expectsContinue())
                : TestClient.Request.get(stage.uri());
        TestClient.Reply reply = null;
        Throwable failure = null;
        try {
            reply = client.send(request, PATIENCE_SECONDS);
        } catch (Exception thrown) {
            failure = thrown;
        }
        LeveeEvent.CallEnded call = calls == null ? null : calls.poll(10, TimeUnit.SECONDS);
        return new Ending(reply, failure, stage.requestsSeen() - before, call);
    }

    /** Whether this client ends in the same way each time, so that the table can show it. */
    protected boolean isSteady(Fault fault) {
        return fault.isSteady();
    }

    private boolean isBeyond(Fault fault) {
        return fault.name().startsWith("H2_") && !clients().speaksHttp2();
    }

    /** Invariants 1 and 6 for this client: it never sends on its own what the engine did not decide. */
    @ParameterizedTest
    @EnumSource
    void theServerGetsNoMoreRequestsThanThereAreAttempts(Fault fault) throws Exception {
        assumeFalse(isBeyond(fault), "the client does not speak HTTP/2");
        for (String method : METHODS) {
            Ending ending = guarded(fault, method);
            assertThat(ending.attempts()).as("attempts of a %s", method).isBetween(1, 3);
            assertThat(ending.requests()).as("requests of a %s", method).isLessThanOrEqualTo(ending.attempts());
        }
    }

    /** Invariant 6: what may have been processed is not repeated. */
    @ParameterizedTest
    @EnumSource
    void aPostIsSentAgainOnlyIfItWasProvablyNotProcessed(Fault fault) throws Exception {
        assumeFalse(isBeyond(fault), "the client does not speak HTTP/2");
        Ending ending = guarded(fault, "POST");
        boolean refused = fault == Fault.STATUS_421
                || fault == Fault.STATUS_429
                || fault == Fault.H2_REFUSED_STREAM
                || fault == Fault.H2_GOAWAY;
        assertThat(ending.requests()).isLessThanOrEqualTo(refused ? 3 : 1);
    }

    @Test
    void theTableInTheDocumentIsWhatHappens() throws Exception {
        compare(table(), false);
    }

    @Test
    void theTableOfFaultsBehindALoadBalancerIsWhatHappens() throws Exception {
        compare(table() + " behind HAProxy", true);
    }

    private void compare(String name, boolean behindHaproxy) throws Exception {
        String opening = "<!-- faults " + name + " -->\n";
        String closing = "<!-- end of " + name + " -->\n";
        String document = Files.readString(DOC);
        int from = document.indexOf(opening);
        int to = document.indexOf(closing);
        // Only the JDK's own client has a table for each release, and not for every one. Elsewhere a table that is
        // missing,
        // or has lost a marker, must not pass for one that holds.
        assumeTrue(!name.startsWith("JDK ") || from >= 0 || to >= 0, "SKIPPED: the document has no table " + name);
        assertThat(to).as("the markers of table %s in %s", name, DOC).isGreaterThan(from);
        assertThat(from).as("the markers of table %s in %s", name, DOC).isNotNegative();
        from += opening.length();
        if ("write".equals(System.getProperty("levee.golden"))) {
            Files.writeString(DOC, document.substring(0, from) + rows(behindHaproxy, null) + document.substring(to));
        } else {
            String documented = document.substring(from, to);
            assertThat(rows(behindHaproxy, documented)).isEqualTo(documented);
        }
    }

    private String rows(boolean behindHaproxy, @Nullable String documented) throws Exception {
        StringBuilder rows = new StringBuilder("| fault | method | the client alone: ends with | requests seen"
                + " | with Levee, 3 attempts: ends with | fate | why no more | requests seen |\n"
                + "|---|---|---|---|---|---|---|---|\n");
        List<Future<String>> played = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            if (isSteady(fault) && !isBeyond(fault) && fault.isBehindHaproxy() == behindHaproxy) {
                for (String method : METHODS) {
                    // Asked for here, so that it stands in line before the row that waits for it.
                    Future<Ending> first = asked(fault, method);
                    played.add(PLAYERS.submit(() -> playedRow(documented, fault, method, first)));
                }
            }
        }
        for (Future<String> row : played) {
            rows.append(ended(row));
        }
        return rows.toString();
    }

    /** A row that has to be played again is so with Levee as well as without. */
    private String playedRow(@Nullable String documented, Fault fault, String method, Future<Ending> first)
            throws Exception {
        AtomicBoolean again = new AtomicBoolean();
        return PlayedRow.of(
                documented, () -> row(fault, method, again.getAndSet(true) ? play(fault, method) : ended(first)));
    }

    private String row(Fault fault, String method, Ending guarded) throws Exception {
        Ending alone = alone(fault, method);
        Decision why = guarded.call().decision();
        return "| " + fault.title()
                + " | " + method
                + " | " + alone.text()
                + " | " + alone.requests()
                + " | " + guarded.text()
                + " | " + (why == null ? "ANSWERED" : why.fate())
                + " | "
                + (why == null ? "-" : why.stop() + ", rule " + why.rule().replace("attempt-timeout", "timeout"))
                + " | " + guarded.requests()
                + " |\n";
    }
}
