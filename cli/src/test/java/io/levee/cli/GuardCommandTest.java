package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.server.Guard;
import io.levee.guard.server.GuardSettings;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.servers.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands that ask a guard, against one that runs. */
class GuardCommandTest {
    private static final String SLO_FILE = "../docs/examples/order-submit.yaml";

    @TempDir
    private Path folder;

    private Guard guard;
    private Store store;

    @BeforeEach
    void start() throws IOException {
        Path slos = Files.createDirectory(folder.resolve("slo"));
        Files.copy(Path.of(SLO_FILE), slos.resolve("order-submit.yaml"));
        StoreSettings place = StoreSettings.folder(folder.resolve("data"));
        store = Stores.open(place);
        guard = Guard.start(new GuardSettings(slos, place).port(0), store);
        token("admin", guard.firstToken());
        for (String role : List.of("release", "lead", "viewer")) {
            Ran made = ask("admin", "token", "create", role + "-1", "--role", role);
            assertThat(made.exit()).as(made.err()).isZero();
            token(role, made.out().strip());
        }
        feed(10_000, 0, Environment.PRODUCTION, "stable", Event.Side.STABLE);
        feed(100, 0, Environment.STAGING, "passes", null);
        feed(100, 5, Environment.STAGING, "pauses", null);
        feed(100, 5, Environment.CANARY, "aborts", Event.Side.CANARY);
        feed(105, 5, Environment.PRODUCTION, "reports", Event.Side.CANARY);
        feed(5, 0, Environment.CANARY, "holds", Event.Side.CANARY);
    }

    @AfterEach
    void stop() {
        guard.close();
    }

    private void token(String role, String token) throws IOException {
        Files.writeString(folder.resolve(role + ".token"), token + "\n");
    }

    private void feed(int total, int bad, Environment environment, String release, Event.Side side) {
        Instant now = Instant.now();
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < total; i++) {
            events.add(new Event(
                    release + environment + i,
                    now.minusSeconds(60 + i % 600),
                    "shop",
                    null,
                    null,
                    i < bad ? Event.Outcome.BAD : Event.Outcome.GOOD,
                    release,
                    environment,
                    side,
                    null,
                    null,
                    1,
                    false,
                    null));
        }
        store.append(events);
    }

    private Ran ask(String role, String... line) {
        List<String> all = new ArrayList<>(List.of(line));
        all.addAll(List.of(
                "--guard",
                guard.uri().toString(),
                "--token-file",
                folder.resolve(role + ".token").toString()));
        return Ran.run(all.toArray(String[]::new));
    }

    private Ran gate(String role, String command, String environment, String release, String... more) {
        List<String> line = new ArrayList<>(
                List.of("gate", command, "--slo", "order-submit", "--env", environment, "--release", release));
        line.addAll(List.of(more));
        return ask(role, line.toArray(String[]::new));
    }

    @Test
    void whatARuleDidIsListedAndTakenBackAndItsAdviceStandsUnderTheStatus() throws IOException {
        Files.writeString(folder.resolve("slo/actions.yaml"), """
                version: 1
                rules:
                  lean-stock:
                    slo: order-submit
                    when: {badShare: {over: 1h, above: 0.01%}}
                    advice: "{badPercent} % bad in {badOver}: pause the A/B test"
                    then: [{signal: {name: stock.lean, fallback: true}}]
                """);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> ask("viewer", "actions", "list").out().contains("  fired "));
        Ran list = ask("viewer", "actions", "list");
        assertThat(list.exit()).isZero();
        assertThat(list.err()).isEmpty();
        assertThat(list.out())
                .containsPattern("lean-stock +firing +order-submit, until ")
                .contains(
                        "    when share of bad events over 1h",
                        "    then advice: ",
                        "  signal  stock.lean  share of bad");
        JsonNode entries = JsonMapper.shared()
                .readTree(ask("viewer", "actions", "list", "--json").out())
                .path("entries");
        String id = entries.get(0).path("data").path("id").asString();
        assertThat(list.out()).contains("id " + id + ", until ");
        // The list of objectives is renewed every other second.
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(ask("viewer", "slo", "status").out())
                        .containsPattern("advice for order-submit: [0-9.]+ % bad in 1h: pause the A/B test"));

        ask("viewer", "actions", "undo", id, "--reason", "it is well again").isAUsersMistake("lead");
        Ran undone = ask("lead", "actions", "undo", id, "--reason", "it is well again");
        assertThat(undone.out()).isEqualTo("undone " + id + "\n");
        assertThat(ask("viewer", "actions", "list").out())
                .contains("  undone ", "it is well again")
                .doesNotContain("id " + id);
        ask("lead", "actions", "undo", id, "--reason", "again").isAUsersMistake("has ended already");
    }

    @Test
    void theGuardsAnswerIsTheExitCode() {
        assertThat(gate("release", "check", "staging", "passes").exit()).isZero();
        Ran pause = gate("release", "check", "staging", "pauses");
        assertThat(pause.exit()).isEqualTo(10);
        assertThat(pause.out()).startsWith("pause: staging used ").contains("levee gate approve --slo order-submit");
        assertThat(gate("release", "check", "canary", "aborts").exit()).isEqualTo(20);
        assertThat(gate("release", "check", "production", "reports").exit()).isEqualTo(30);
        Ran hold = gate("release", "check", "canary", "holds", "--json");
        assertThat(hold.exit()).isEqualTo(40);
        JsonNode json = JsonMapper.shared().readTree(hold.out());
        assertThat(json.path("decision").asString()).isEqualTo("hold");
        assertThat(json.path("ledgerSeq").asInt()).isPositive();
    }

    @Test
    void aLeadsApprovalAndAnAttachedReportLetAReleaseOn() throws IOException {
        gate("release", "check", "staging", "pauses");
        gate("release", "approve", "staging", "pauses", "--reason", "known").isAUsersMistake("takes the role lead");
        Ran approved = gate("lead", "approve", "staging", "pauses", "--reason", "known");
        assertThat(approved.out()).startsWith("approved by lead-1 until ");
        assertThat(gate("release", "check", "staging", "pauses").exit()).isZero();

        Path change = Files.writeString(
                folder.resolve("change.yaml"), "description: New stock\nrelease: reports\nextraErrorRatio: 0.0002\n");
        Ran report = Ran.run(
                "report",
                "impact",
                "--slo",
                "order-submit",
                "--slo-file",
                SLO_FILE,
                "--change",
                change.toString(),
                "--total",
                "10000",
                "--bad",
                "2",
                "--json");
        Path file = Files.writeString(folder.resolve("report.json"), report.out());
        Ran attached = ask("release", "gate", "attach-report", file.toString());
        assertThat(attached.out()).as(attached.err()).startsWith("attached to order-submit, release reports");
        assertThat(gate("release", "check", "production", "reports").exit()).isZero();
    }

    @Test
    void aWatchRollsBackOnceOnAnAbortAndRecordsIt() throws IOException {
        Path ran = folder.resolve("ran");
        Ran watch = gate(
                "release",
                "watch",
                "canary",
                "aborts",
                "--until",
                "10s",
                "--every",
                "10ms",
                "--rollback",
                "echo rolled >> " + ran + "; echo done");
        assertThat(watch.exit()).as(watch.err()).isEqualTo(20);
        assertThat(Files.readString(ran)).isEqualTo("rolled\n");
        Ledger.Entry entry =
                store.ledger().read(Ledger.Query.of("gate.rollback")).get(0);
        assertThat(String.valueOf(entry.data().get("output"))).isEqualTo("done\n");
        assertThat(entry.actor()).isEqualTo("release-1");
    }

    @Test
    void aRollBackThatFailsIsSaidAndRecorded() {
        Ran watch = gate("release", "watch", "canary", "aborts", "--until", "1s", "--rollback", "echo no; exit 3");

        assertThat(watch.exit()).isEqualTo(20);
        assertThat(watch.err()).contains("the roll-back FAILED", "no");
        assertThat(store.ledger()
                        .read(Ledger.Query.of("gate.rollback"))
                        .get(0)
                        .data()
                        .get("exitCode"))
                .hasToString("3");
        assertThat(store.ledger().read(Ledger.Query.of("release.marker"))).isEmpty();
    }

    @Test
    void aWatchThatEndsAnswersAsTheGateDoesAtTheEnd() {
        assertThat(gate("release", "watch", "canary", "holds", "--until", "50ms", "--every", "10ms")
                        .exit())
                .isEqualTo(40);
        assertThat(gate("release", "watch", "staging", "passes", "--until", "50ms", "--every", "10ms")
                        .exit())
                .isZero();
    }

    @Test
    void aGuardThatIsAwayHoldsUnlessItIsStatedOtherwise() throws IOException {
        String url = "http://127.0.0.1:" + Program.freePort();
        assertThat(away(url, "canary").exit()).isEqualTo(50);
        assertThat(away(url, "production").exit()).isEqualTo(50);
        Ran staging = away(url, "staging");
        assertThat(staging.exit()).isZero();
        assertThat(staging.out())
                .startsWith("unreachable: the guard at " + url)
                .contains("for staging --unreachable is pass");
        assertThat(away(url, "staging", "--unreachable", "hold").exit()).isEqualTo(50);
        assertThat(away(url, "canary", "--unreachable", "pass").exit()).isZero();
        away(url, "canary", "--unreachable", "perhaps")
                .isAUsersMistake("--unreachable: 'perhaps' must be hold or pass");
    }

    private Ran away(String url, String environment, String... more) {
        List<String> line = new ArrayList<>(List.of(
                "gate",
                "check",
                "--slo",
                "order-submit",
                "--env",
                environment,
                "--release",
                "r",
                "--guard",
                url,
                "--token-file",
                folder.resolve("release.token").toString()));
        line.addAll(List.of(more));
        return Ran.run(line.toArray(String[]::new));
    }

    @Test
    void whatTheGuardRefusesIsAUsersMistakeInOneLine() {
        Ran ran = ask("release", "gate", "check", "--slo", "order-submt", "--env", "canary", "--release", "r");
        ran.isAUsersMistake("the guard says: there is no SLO 'order-submt'");
        assertThat(ran.err()).hasLineCount(1);
        ask("viewer", "gate", "check", "--slo", "order-submit", "--env", "canary", "--release", "r")
                .isAUsersMistake("takes the role release");
        ask("release", "token", "list").isAUsersMistake("takes the role admin");
    }

    @Test
    void aRevokedTokenIsNoLongerGood() {
        assertThat(ask("admin", "token", "list").out()).contains("viewer-1", "first-admin");
        assertThat(ask("admin", "token", "revoke", "release-1").out()).isEqualTo("revoked release-1\n");
        gate("release", "check", "staging", "passes").isAUsersMistake("unknown, expired or revoked");
    }

    @Test
    void aGuardThatCannotStartSaysWhyInOneLine() {
        String data = folder.resolve("d").toString();
        String slos = folder.resolve("slo").toString();
        Ran.run("guard", "serve", "--slo", folder.resolve("none").toString(), "--data", data)
                .isAUsersMistake("there is no folder");
        Ran.run("guard", "serve", "--slo", slos).isAUsersMistake("--data", "--database");
        Ran.run("guard", "serve", "--slo", slos, "--data", data, "--listen", "0.0.0.0")
                .isAUsersMistake("without TLS would send tokens in clear", "--insecure");
        Ran taken = Ran.run(
                "guard",
                "serve",
                "--slo",
                slos,
                "--data",
                data,
                "--port",
                "" + guard.uri().getPort());
        taken.isAUsersMistake("cannot listen on 127.0.0.1 port");
        Ran.run("guard", "serve", "--slo", slos, "--database", "jdbc:mysql://x").isAUsersMistake("jdbc:postgresql:");
    }
}
