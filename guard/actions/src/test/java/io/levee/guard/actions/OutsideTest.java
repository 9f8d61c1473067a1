package io.levee.guard.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.levee.guard.store.Ledger;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests to a real server, and real programs. */
class OutsideTest {
    private record Received(String path, Map<String, List<String>> headers, byte[] body) {
        String header(String name) {
            return headers.get(name.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + name.substring(1))
                    .get(0);
        }
    }

    @TempDir
    Path folder;

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private volatile int failing;
    private World world;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        world = new World(folder);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.add(new Received(
                    exchange.getRequestURI().getPath(),
                    Map.copyOf(exchange.getRequestHeaders()),
                    exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(failing-- > 0 ? 503 : 204, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        world.close();
        server.stop(0);
    }

    private String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private World rules(String then) {
        return world.rules(
                "version: 1",
                "hosts: ['" + host() + "']",
                "rules:",
                "  page:",
                "    slo: reads",
                "    when: {badShare: {over: 10s, above: 50%}}",
                "    limit: 1m",
                "    then: [" + then + "]");
    }

    private Ledger.Entry result(Actions guard, int number) {
        await().until(() -> {
            guard.tick(world.now);
            return world.kinds().stream().filter("action.result"::equals).count() >= number;
        });
        return world.last("action.result");
    }

    @Test
    void aWebhookSaysWhatTheRuleAdvises() throws Exception {
        Actions guard = world.rules(
                        "version: 1",
                        "hosts: ['" + host() + "']",
                        "rules:",
                        "  page:",
                        "    slo: reads",
                        "    when: {badShare: {over: 10s, above: 50%}}",
                        "    advice: '{badPercent} % bad in {badOver}: pause the A/B test'",
                        "    then: [{webhook: {url: 'http://" + host() + "/fire'}}]")
                .guard();
        world.events(0, 20);
        world.pass(guard, Duration.ofSeconds(1));
        result(guard, 1);
        JsonNode message = JsonMapper.shared().readTree(received.get(0).body());
        assertThat(message.at("/data/advice").asString()).isEqualTo("100 % bad in 10s: pause the A/B test");
        assertThat(message.at("/text").asString())
                .startsWith("page (reads): 100 % bad in 10s: pause the A/B test; share of bad events over 10s 100 %");
    }

    @Test
    void aWebhookIsSignedRepeatedWithinBoundsAndItsEndIsTold() throws Exception {
        world.environment.put("SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        Actions guard = rules("{webhook: {url: 'http://" + host() + "/fire', secretEnv: SECRET, undo: 'http://" + host()
                        + "/undo'}}")
                .guard();
        failing = 2;
        world.events(0, 20);
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(result(guard, 1).data()).containsEntry("ok", true).containsEntry("status", 204);
        assertThat(received).hasSize(3).extracting(Received::path).containsOnly("/fire");
        Received first = received.get(0);
        Received last = received.get(2);
        assertThat(last.header("webhook-id")).isEqualTo(first.header("webhook-id"));
        assertThat(last.body()).isEqualTo(first.body());
        assertThat(last.header("webhook-signature"))
                .isEqualTo("v1,"
                        + Webhooks.signature(
                                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                last.header("webhook-id") + "." + last.header("webhook-timestamp") + ".",
                                last.body()));
        JsonNode message = JsonMapper.shared().readTree(last.body());
        assertThat(message.at("/type").asString()).isEqualTo("levee.action.fired");
        assertThat(message.at("/text").asString()).contains("page (reads): share of bad events over 10s 100 %");
        assertThat(message.at("/data/figures/0/value").asInt()).isEqualTo(100);

        world.pass(guard, Duration.ofMinutes(1));
        assertThat(result(guard, 2).data()).containsEntry("phase", "undo").containsEntry("ok", true);
        assertThat(received.get(3).path()).isEqualTo("/undo");
        assertThat(JsonMapper.shared()
                        .readTree(received.get(3).body())
                        .at("/type")
                        .asString())
                .isEqualTo("levee.action.expired");
    }

    /** The example of standardwebhooks.com's specification. */
    @Test
    void theSignatureIsThatOfStandardWebhooks() {
        assertThat(Webhooks.signature(
                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                        "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.",
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void aSecretThatIsNotThereIsAResultAndNoUnsignedRequest() {
        Actions guard = rules("{webhook: {url: 'http://" + host() + "/', secretEnv: SECRET}}")
                .guard();
        world.events(0, 20);
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(result(guard, 1).data())
                .containsEntry("ok", false)
                .extractingByKey("error")
                .asString()
                .contains("SECRET is not set");
        assertThat(received).isEmpty();
    }

    @Test
    void whatAGuardHadBegunWhenItDiedIsNotBegunAgain() {
        rules("{webhook: {url: 'http://" + host() + "/fire'}}");
        Actions first = world.guard();
        world.events(0, 20);
        world.pass(first, Duration.ofSeconds(1)); // begun, and never asked for its result
        await().until(() -> received.size() == 1);
        Actions second = world.guard();
        world.pass(second, Duration.ofSeconds(59));
        assertThat(world.kinds()).doesNotContain("action.result");
        world.pass(second, Duration.ofMinutes(2));
        assertThat(world.last("action.result").data())
                .containsEntry("ok", false)
                .extractingByKey("error")
                .asString()
                .startsWith("unknown");
        assertThat(received).hasSize(1);
    }

    @Test
    void whatWasOnlyDecidedWhenAGuardDiedIsDoneByTheNext() {
        rules("{webhook: {url: 'http://" + host() + "/fire'}}");
        Actions first = world.guard();
        world.events(0, 20);
        world.diesAfter = 1; // after action.fired
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> world.pass(first, Duration.ofSeconds(1)))
                .hasMessageContaining("died");
        world.diesAfter = Integer.MAX_VALUE;
        Actions second = world.guard();
        world.pass(second, Duration.ofSeconds(1));
        assertThat(result(second, 1).data()).containsEntry("ok", true);
        assertThat(received).hasSize(1);
    }

    @Test
    void aProgramGetsFiguresAndNamedVariablesAloneAndItsOutputIsKept() throws Exception {
        Path out = folder.resolve("undone");
        world.environment.put("GIVEN", "given");
        world.environment.put("HIDDEN", "hidden");
        Actions guard = rules("{command: {run: [env], env: [GIVEN], undo: [touch, '" + out + "']}}")
                .guard();
        world.events(0, 20);
        world.pass(guard, Duration.ofSeconds(1));
        Ledger.Entry result = result(guard, 1);
        assertThat(result.data()).containsEntry("ok", true).containsEntry("exitCode", 0);
        assertThat(String.valueOf(result.data().get("output")))
                .contains(
                        "LEVEE_RULE=page", "LEVEE_SLO=reads", "LEVEE_BAD_SHARE=100", "LEVEE_PHASE=fire", "GIVEN=given")
                .doesNotContain("hidden");
        guard.undo(String.valueOf(world.last("action.fired").data().get("id")), "ann", "a drill");
        assertThat(result(guard, 2).data()).containsEntry("phase", "undo").containsEntry("ok", true);
        assertThat(Files.exists(out)).isTrue();
    }

    @Test
    void noShellReadsACommandAndOneThatTakesTooLongIsKilled() {
        Actions guard = rules("{command: {run: [echo, '$HOME; exit 3']}}, {command: {run: [sleep, '60'], timeout: 2s}}")
                .guard();
        world.events(0, 20);
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(result(guard, 1).data()).containsEntry("output", "$HOME; exit 3\n");
        world.now = world.now.plusSeconds(3);
        assertThat(result(guard, 2).data())
                .containsEntry("ok", false)
                .containsEntry("error", "killed: it took longer than 2s");
    }

    @Test
    void aProgramThatIsNotThereIsAResult() {
        Actions guard = rules("{command: {run: [/no/such/program]}}").guard();
        world.events(0, 20);
        world.pass(guard, Duration.ofSeconds(1));
        assertThat(String.valueOf(result(guard, 1).data().get("error"))).contains("/no/such/program");
    }
}
