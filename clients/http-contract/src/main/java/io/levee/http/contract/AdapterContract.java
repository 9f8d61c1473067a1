package io.levee.http.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.levee.Breaker;
import io.levee.Decision;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.Scope;
import io.levee.StopReason;
import io.levee.http.contract.TestClient.BodyKind;
import io.levee.http.contract.TestClient.Reply;
import io.levee.http.contract.TestClient.Request;
import io.levee.http.contract.TestClient.Running;
import io.levee.http.contract.TestClients.Extras;
import io.levee.servers.Program;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every HTTP adapter must do, whatever its client. What the server saw is what counts. */
public abstract class AdapterContract {
    private static final RetryPolicy QUICK =
            RetryPolicy.fixed(Duration.ofMillis(5)).attempts(3);

    private FaultServer server;
    private TestClient client;
    private Levee levee;

    /** The clients of the library. */
    protected abstract TestClients clients();

    private void serve(FaultServer.Script script) throws IOException {
        server = new FaultServer(script);
    }

    private void answer(Function<FaultServer.Request, String> answer) throws IOException {
        server = FaultServer.answering(answer);
    }

    private void failTwice(int status) throws IOException {
        answer(request -> request.number() < 2
                ? FaultServer.response(status, "", "not now")
                : FaultServer.response(200, "", "ok"));
    }

    private TestClient client(RetryPolicy policy, Function<Levee.Builder, Levee.Builder> settings, Extras extras) {
        levee = settings.apply(Levee.named("server").retry(policy)).build();
        client = clients().guarded(ClientSpec.HTTP_1, levee, extras);
        return client;
    }

    private TestClient client() {
        return client(QUICK, builder -> builder, Extras.NONE);
    }

    @AfterEach
    void stop() throws Exception {
        if (client != null) {
            client.close();
        }
        if (server != null) {
            server.close();
        }
        if (levee != null) {
            levee.close();
        }
    }

    private Request get() {
        return Request.get(server.uri("/stock"));
    }

    private Request post() {
        return Request.post(server.uri("/orders"));
    }

    private List<FaultServer.Request> seen() {
        return server.requests();
    }

    private static Decision decision(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            Decision decision = Decision.of(t);
            if (decision != null) {
                return decision;
            }
        }
        throw new AssertionError("no decision on " + thrown, thrown);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 502, 503, 504})
    void aGetIsRetried(int status) throws Exception {
        failTwice(status);
        Reply reply = client().send(get());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("ok");
        assertThat(seen()).hasSize(3);
    }

    @Test
    void eachAttemptCarriesItsOwnPlaceInTheTraceAndTelemetryKnowsWhereTheCallGoes() throws Exception {
        failTwice(503);
        Tracer tracer = new Tracer();
        TestClient traced = client(QUICK, builder -> builder.telemetry(anyLevee -> tracer), Extras.NONE);
        assertThat(traced.send(get().header("traceparent", "the caller's")).status())
                .isEqualTo(200);
        assertThat(seen())
                .extracting(request -> request.header("traceparent"))
                .containsExactly("attempt-0", "attempt-1", "attempt-2");
        assertThat(tracer.statuses).containsExactly(503, 503, 200);
        assertThat(tracer.targets)
                .containsExactly("http GET 127.0.0.1 " + server.uri().getPort() + " null " + server.uri("/stock"));
    }

    @Test
    void theLastResponseIsAResponseAndNotAnExceptionAndItsBodyIsThere() throws Exception {
        answer(request -> FaultServer.response(503, "Retry-After: 0\r\n", "still down " + request.number()));
        Reply reply = client().send(get());
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.body()).isEqualTo("still down 2");
        assertThat(reply.retryAfter()).isEqualTo("0");
        assertThat(seen()).hasSize(3);
    }

    @Test
    void aLongLastResponseIsThereWhole() throws Exception {
        String text = "0123456789abcdef".repeat(20_000);
        answer(request -> FaultServer.response(503, "", text));
        assertThat(client().send(get()).body()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 502, 503, 504})
    void aPostWithoutAKeyIsSentOnce(int status) throws Exception {
        answer(request -> FaultServer.response(status, "Retry-After: 0\r\n", "no"));
        assertThat(client().send(post()).status()).isEqualTo(status);
        assertThat(seen()).hasSize(1);
    }

    @Test
    void aPostThatWasRefusedUnprocessedIsSentAgain() throws Exception {
        failTwice(429);
        assertThat(client().send(post()).status()).isEqualTo(200);
        assertThat(seen()).hasSize(3).allMatch(one -> one.text().equals("an order"));
    }

    @Test
    void theSameKeyOnEveryAttemptOfACallAndAnotherForTheNext() throws Exception {
        failTwice(503);
        TestClient keyed = client(QUICK, builder -> builder, Extras.KEYS);
        assertThat(keyed.send(post()).status()).isEqualTo(200);
        assertThat(keyed.send(post()).status()).isEqualTo(200);
        List<String> keys =
                seen().stream().map(one -> one.header("Idempotency-Key")).toList();
        assertThat(keys).hasSize(4).allMatch(key -> key.matches("\"[0-9a-f-]{36}\""));
        assertThat(keys.get(0)).isEqualTo(keys.get(1)).isEqualTo(keys.get(2)).isNotEqualTo(keys.get(3));
        assertThat(keyed.send(get()).status()).isEqualTo(200);
        assertThat(seen().get(4).header("Idempotency-Key")).isNull();
    }

    @Test
    void aKeyOfTheCallersMakesItsRequestRepeatableAndIsKept() throws Exception {
        failTwice(503);
        TestClient keyed = client(QUICK, builder -> builder, Extras.KEYS);
        assertThat(keyed.send(post().header("Idempotency-Key", "\"mine\"")).status())
                .isEqualTo(200);
        assertThat(seen())
                .hasSize(3)
                .allMatch(one -> one.header("Idempotency-Key").equals("\"mine\""));
    }

    @ParameterizedTest
    @EnumSource
    void aBodyWithinTheBoundIsReplayedWhole(BodyKind kind) throws Exception {
        failTwice(503);
        String text = "the whole order ".repeat(1000);
        assertThat(client().send(get().method("PUT").body(text, kind)).status()).isEqualTo(200);
        assertThat(seen()).hasSize(3).allMatch(one -> one.text().equals(text));
    }

    @ParameterizedTest
    @EnumSource(names = {"ONCE", "ONCE_CHUNKED"})
    void aBodyBeyondTheBoundIsSentOnceAndWhole(BodyKind kind) throws Exception {
        failTwice(503);
        String text = "the whole order ".repeat(1000);
        TestClient small = client(QUICK, builder -> builder, new Extras(false, 1024));
        assertThat(small.send(get().method("PUT").body(text, kind)).status()).isEqualTo(503);
        assertThat(seen()).hasSize(1).allMatch(one -> one.text().equals(text));
    }

    @ParameterizedTest
    @EnumSource
    void aBodyWhoseConnectionBreaksInTheMiddleIsSentAgainWhole(BodyKind kind) throws Exception {
        String text = "0123456789abcdef".repeat(40_000);
        boolean[] broken = {false};
        serve(connection -> {
            if (!broken[0]) {
                broken[0] = true;
                connection.readHead();
                connection.in.readNBytes(1000);
                connection.reset();
                return;
            }
            for (FaultServer.Request request = connection.read(); request != null; request = connection.read()) {
                connection.write(FaultServer.response(200, "", "ok"));
            }
        });
        assertThat(client().send(get().method("PUT").body(text, kind)).status()).isEqualTo(200);
        assertThat(seen()).hasSize(1).allMatch(one -> one.text().equals(text));
    }

    @Test
    void theTimeThatIsLeftGoesAlong() throws Exception {
        failTwice(503);
        TestClient hurried = client(QUICK, builder -> builder.deadline(Duration.ofSeconds(20)), Extras.NONE);
        assertThat(hurried.send(get()).status()).isEqualTo(200);
        assertThat(seen())
                .hasSize(3)
                .allSatisfy(one -> assertThat(Long.parseLong(one.header("Levee-Timeout-Ms")))
                        .isBetween(1L, 20_000L));
    }

    @Test
    void aShorterTimeOfSomebodyElsesIsPassedOn() throws Exception {
        answer(request -> FaultServer.response(200, "", "ok"));
        TestClient any = client();
        any.send(get().header("Levee-Timeout-Ms", "7"));
        any.send(get().header("Levee-Timeout-Ms", "99999999"));
        assertThat(seen().get(0).header("Levee-Timeout-Ms")).isEqualTo("7");
        assertThat(Long.parseLong(seen().get(1).header("Levee-Timeout-Ms"))).isLessThan(99_999_999);
    }

    @Test
    void eachRetrySaysWhichAttemptItIs() throws Exception {
        failTwice(503);
        assertThat(client().send(get()).status()).isEqualTo(200);
        assertThat(seen()).extracting(one -> one.header("Levee-Attempt")).containsExactly(null, "1", "2");
    }

    @Test
    void aCallMadeForARequestTakesOverItsTimeAndIfThatIsARetryIsNotRetried() throws Exception {
        answer(request -> FaultServer.response(503, "", "no"));
        TestClient any = client();
        try (Scope.Attachment first = Scope.serving(Duration.ofSeconds(9), 0).attach()) {
            assertThat(any.send(get()).status()).isEqualTo(503);
        }
        try (Scope.Attachment second = Scope.serving(Duration.ofSeconds(9), 2).attach()) {
            assertThat(any.send(get()).status()).isEqualTo(503);
        }
        assertThat(seen()).extracting(one -> one.header("Levee-Attempt")).containsExactly(null, "1", "2", "2");
        assertThat(seen())
                .allSatisfy(one -> assertThat(Long.parseLong(one.header("Levee-Timeout-Ms")))
                        .isBetween(1L, 9_000L));
    }

    @Test
    void aServerThatWantsNoRetryGetsNone() throws Exception {
        answer(request -> FaultServer.response(503, "Retry-After: 0\r\nLevee-Should-Retry: false\r\n", "no"));
        assertThat(client().send(get()).status()).isEqualTo(503);
        assertThat(seen()).hasSize(1);
    }

    @Test
    void aRetryAfterIsWaitedFor() throws Exception {
        answer(request -> request.number() == 0
                ? FaultServer.response(503, "Retry-After: 1\r\n", "no")
                : FaultServer.response(200, "", "ok"));
        long start = System.nanoTime();
        assertThat(client().send(get()).status()).isEqualTo(200);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000L);
        assertThat(seen()).hasSize(2);
    }

    @Test
    void aRetryAfterIsMeasuredAgainstTheServersOwnClock() throws Exception {
        String date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
        answer(request -> request.number() == 0
                ? FaultServer.response(503, date + "Retry-After: Sun, 06 Nov 1994 08:49:38 GMT\r\n", "no")
                : FaultServer.response(200, "", "ok"));
        long start = System.nanoTime();
        assertThat(client().send(get()).status()).isEqualTo(200);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000L);
    }

    @Test
    void aRetryAfterBeyondTheDeadlineEndsTheCallAtOnce() throws Exception {
        answer(request -> FaultServer.response(503, "Retry-After: 3600\r\n", "no"));
        assertThat(client().send(get()).status()).isEqualTo(503);
        assertThat(seen()).hasSize(1);
    }

    @Test
    void anOpenBreakerIsAnIOExceptionThatNamesIt() throws Exception {
        answer(request -> FaultServer.response(503, "", "no"));
        TestClient guarded = client(RetryPolicy.never(), b -> b.breaker(Breaker.consecutiveFailures(1)), Extras.NONE);
        assertThat(guarded.send(get()).status()).isEqualTo(503);
        Throwable thrown = catchThrowable(() -> guarded.send(get()));
        assertThat(thrown).isInstanceOf(IOException.class);
        assertThat(thrown.getClass().getSimpleName()).isEqualTo("LeveeRefusedException");
        assertThat(decision(thrown).stop()).isEqualTo(StopReason.BREAKER_OPEN);
        assertThat(seen()).hasSize(1);
    }

    @Test
    void theConnectionOfARetriedAnswerIsUsedAgain() throws Exception {
        failTwice(503);
        assertThat(client().send(get()).status()).isEqualTo(200);
        assertThat(seen()).hasSize(3);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void anAnswerWhoseBodyDoesNotComeHoldsNothingUp() throws Exception {
        serve(connection -> {
            if (connection.read().number() == 0) {
                connection.write("HTTP/1.1 503 X\r\nContent-Length: 100000\r\n\r\nhalf");
                connection.hang();
            } else {
                connection.write(FaultServer.response(200, "", "ok"));
            }
        });
        long start = System.nanoTime();
        assertThat(client().send(get()).status()).isEqualTo(200);
        assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
        Awaitility.await().until(() -> server.openConnections() == 0);
    }

    /** Silence is bounded, and so is an answer whose head drips in byte by byte and keeps every read timeout waiting. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAttemptTimeoutEndsTheAttempt(boolean dripping) throws Exception {
        serve(connection -> {
            connection.read();
            while (dripping) {
                connection.write("H");
                Thread.sleep(20);
            }
            connection.hang();
        });
        TestClient hurried = client(QUICK, b -> b.attemptTimeout(Duration.ofMillis(150)), Extras.NONE);
        long start = System.nanoTime();
        Throwable thrown = catchThrowable(() -> hurried.send(get()));
        assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
        assertThat(decision(thrown).stop()).isIn(StopReason.ATTEMPTS, StopReason.FINAL);
        if (!dripping) {
            assertThat(seen()).hasSize(3);
            assertThat(decision(thrown).attempt()).isEqualTo(2);
        }
        Awaitility.await().until(() -> server.openConnections() == 0);
    }

    @Test
    void aDeadlineEndsTheCall() throws Exception {
        serve(connection -> {
            connection.read();
            connection.hang();
        });
        TestClient hurried = client(QUICK, b -> b.noAttemptTimeout().deadline(Duration.ofMillis(200)), Extras.NONE);
        Throwable thrown = catchThrowable(() -> hurried.send(get()));
        assertThat(thrown).isInstanceOf(IOException.class);
        assertThat(decision(thrown).stop()).isEqualTo(StopReason.DEADLINE);
        assertThat(seen()).hasSize(1);
        Awaitility.await().until(() -> server.openConnections() == 0);
    }

    @Test
    void anAttemptTimeoutSaysNothingOfABodyThatTakesLonger() throws Exception {
        serve(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsl");
            Thread.sleep(700);
            connection.write("ow");
        });
        TestClient hurried = client(QUICK, b -> b.attemptTimeout(Duration.ofMillis(300)), Extras.NONE);
        if (bodiesAreStreamed()) {
            assertThat(hurried.send(get()).body()).isEqualTo("slow");
        }
    }

    /** Whether a good response is the caller's from its head on: not with the JDK's client when it reads it itself. */
    protected boolean bodiesAreStreamed() {
        return true;
    }

    @Test
    void cancellingInMidAttemptClosesTheConnectionAndSendsNothingMore() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        serve(connection -> {
            connection.read();
            arrived.countDown();
            connection.hang();
        });
        Running running = client().start(get());
        arrived.await();
        running.cancel();
        assertThat(catchThrowable(() -> running.reply().get())).isNotNull();
        Awaitility.await()
                .until(() -> server.openConnections() == 0 && levee.state().pending() == 0);
        assertThat(seen()).hasSize(1);
    }

    @Test
    void cancellingInMidBackoffEndsTheCall() throws Exception {
        answer(request -> FaultServer.response(503, "", "no"));
        Running running = client(RetryPolicy.fixed(Duration.ofSeconds(20)).attempts(3), builder -> builder, Extras.NONE)
                .start(get());
        Awaitility.await().until(() -> seen().size() == 1 && levee.state().pending() == 1);
        running.cancel();
        assertThat(catchThrowable(() -> running.reply().get())).isNotNull();
        Awaitility.await().until(() -> levee.state().pending() == 0);
        assertThat(seen()).hasSize(1);
    }

    @Test
    void cancellingTheScopeInMidAttemptEndsTheClientsCall() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        serve(connection -> {
            connection.read();
            arrived.countDown();
            connection.hang();
        });
        try (Scope scope = Scope.open()) {
            Running running = client().start(get());
            arrived.await();
            scope.cancel();
            assertThat(catchThrowable(() -> running.reply().get())).isNotNull();
        }
        Awaitility.await()
                .until(() -> server.openConnections() == 0 && levee.state().pending() == 0);
        assertThat(seen()).hasSize(1);
    }

    @Test
    void aStaleConnectionIsReplacedAtOnce() throws Exception {
        serve(connection -> {
            for (FaultServer.Request request = connection.read(); request != null; request = connection.read()) {
                if (request.number() % 2 == 1) {
                    connection.reset();
                    return;
                }
                connection.write(FaultServer.response(200, "", "ok"));
            }
        });
        // A backoff of 20 s would show.
        TestClient any = client(RetryPolicy.fixed(staleBackoff()).attempts(3), builder -> builder, Extras.NONE);
        assertThat(any.send(get()).status()).isEqualTo(200);
        assertThat(any.send(get()).status()).isEqualTo(200);
        assertThat(seen()).hasSize(3);
        Throwable thrown = catchThrowable(() -> any.send(post()));
        assertThat(decision(thrown).stop()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        assertThat(seen()).hasSize(4);
    }

    /** The JDK's client does not say whether a connection was fresh: there the usual backoff comes first. */
    protected Duration staleBackoff() {
        return Duration.ofSeconds(20);
    }

    @Test
    void aRedirectThatEndsInARefusedConnectionIsNoProofThatThePostWasNotProcessed() throws Exception {
        int nobody = Program.freePort();
        answer(request -> FaultServer.response(303, "Location: http://127.0.0.1:" + nobody + "/done\r\n", ""));
        try {
            client().send(post());
        } catch (IOException followed) {
            // A client that does not follow redirects has the 303.
        }
        assertThat(seen()).hasSize(1);
    }
}
