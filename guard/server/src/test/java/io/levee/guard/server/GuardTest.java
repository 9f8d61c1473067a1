package io.levee.guard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.levee.guard.browser.BrowserSettings;
import io.levee.guard.server.Scenes.Scene;
import io.levee.guard.server.github.GithubSettings;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.StoreException;
import io.levee.guard.store.StoreSettings;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A guard that runs, asked over HTTP. */
class GuardTest {
    private static final String REPORT = """
            {"slo":"order-submit","release":"reports","report":{"kind":"slo-impact-report","slo":"%s","release":"%s"}}""";

    @TempDir
    private Path folder;

    private TestGuard guard;

    @BeforeEach
    void start() throws Exception {
        guard = new TestGuard(folder);
        Scenes.feed(guard);
    }

    @AfterEach
    void stop() {
        guard.close();
    }

    @Test
    void theGateGivesItsFiveAnswersWithTheirFigures() throws Exception {
        for (Scene scene : Scenes.ALL) {
            JsonNode answer = guard.check(scene.environment().toString(), scene.release());
            assertThat(answer.path("decision").asString()).as(answer.toString()).isEqualTo(scene.answer());
            assertThat(answer.path("exitCode").asInt()).isEqualTo(scene.exitCode());
        }
        JsonNode pause = guard.check("staging", "pauses");
        assertThat(pause.path("windowTotal").asInt()).isEqualTo(10_410);
        assertThat(pause.path("limitEvents").asDouble()).isEqualTo(2.082);
        assertThat(pause.path("bad").asInt()).isEqualTo(5);
        assertThat(pause.path("traces").size()).isEqualTo(5);
        assertThat(pause.path("approval").toString())
                .isEqualTo("{\"needed\":true,\"role\":\"lead\",\"by\":null,\"at\":null,\"until\":null}");
    }

    @Test
    void aLeadTurnsAPauseIntoAPassForAWhileAndTheRecordSaysWho() throws Exception {
        String approve = "{\"slo\":\"order-submit\",\"environment\":\"staging\",\"release\":\"pauses\","
                + "\"reason\":\"a known flake\",\"for\":\"24h\"}";
        HttpResponse<String> early = guard.post("/api/v1/gate/approve", approve, "lead");
        assertThat(early.statusCode()).isEqualTo(409);
        assertThat(early.body()).contains("nobody asked the gate about pauses in staging yet");
        guard.check("staging", "pauses");
        assertThat(guard.post("/api/v1/gate/approve", approve, "release").statusCode())
                .isEqualTo(403);
        assertThat(guard.post("/api/v1/gate/approve", approve, "lead").statusCode())
                .isEqualTo(201);

        JsonNode passed = guard.check("staging", "pauses");
        assertThat(passed.path("decision").asString()).isEqualTo("pass");
        assertThat(passed.path("reason").asString())
                .startsWith("approved by lead-1 until 2026-11-26T10:30:30Z (a known flake)");
        assertThat(passed.path("approval").path("by").asString()).isEqualTo("lead-1");
        assertThat(guard.check("staging", "passes").path("approval").path("by").isNull())
                .isTrue();
        guard.now.set(TestGuard.NOW.plus(Duration.ofHours(25)));
        assertThat(guard.check("staging", "pauses").path("decision").asString()).isEqualTo("pause");
        assertThat(guard.get("/api/v1/gate/decisions?release=pauses", "viewer").body())
                .contains("gate.approval", "gate.decision", "lead-1", "release-1", "\"caller\":\"cli\"");
    }

    @Test
    void nobodyApprovesWhatHeBroughtToTheGateAndOnlyAPauseCanBeApproved() throws Exception {
        guard.post(
                "/api/v1/gate/check",
                "{\"slo\":\"order-submit\",\"environment\":\"staging\",\"release\":\"pauses\"}",
                "lead");
        guard.check("canary", "aborts");

        HttpResponse<String> own = guard.post(
                "/api/v1/gate/approve",
                "{\"slo\":\"order-submit\",\"environment\":\"staging\",\"release\":\"pauses\",\"reason\":\"mine\"}",
                "lead");
        assertThat(own.statusCode()).isEqualTo(403);
        assertThat(own.body()).contains("brought this release to the gate");
        HttpResponse<String> abort = guard.post(
                "/api/v1/gate/approve",
                "{\"slo\":\"order-submit\",\"environment\":\"canary\",\"release\":\"aborts\",\"reason\":\"please\"}",
                "lead");
        assertThat(abort.statusCode()).isEqualTo(409);
        assertThat(abort.body()).contains("the gate says abort");
    }

    @Test
    void anAttachedReportLetsAReleaseOnInProductionAndAnotherOnesDoesNot() throws Exception {
        HttpResponse<String> others =
                guard.post("/api/v1/gate/reports", REPORT.formatted("order-submit", "other"), "release");
        assertThat(others.statusCode()).isEqualTo(400);
        assertThat(others.body()).contains("the report is about release 'other', not 'reports'");
        assertThat(guard.check("production", "reports").path("decision").asString())
                .isEqualTo("report");
        assertThat(guard.post("/api/v1/gate/reports", REPORT.formatted("order-submit", "reports"), "release")
                        .statusCode())
                .isEqualTo(201);

        assertThat(guard.check("production", "reports").path("decision").asString())
                .isEqualTo("pass");
    }

    @Test
    void aPollersAnswerThatStaysTheSameIsWrittenOnceAMinute() throws Exception {
        int first = guard.check("staging", "passes").path("ledgerSeq").asInt();
        guard.now.set(TestGuard.NOW.plusSeconds(59));
        assertThat(guard.check("staging", "passes").path("ledgerSeq").asInt()).isEqualTo(first);
        guard.now.set(TestGuard.NOW.plusSeconds(60));
        assertThat(guard.check("staging", "passes").path("ledgerSeq").asInt()).isGreaterThan(first);
    }

    @Test
    void aRollBackIsOnTheRecordAndOnTheCurve() throws Exception {
        HttpResponse<String> answer = guard.post(
                "/api/v1/gate/rollback",
                "{\"slo\":\"order-submit\",\"environment\":\"canary\",\"release\":\"aborts\","
                        + "\"command\":\"helm rollback shop\",\"exitCode\":0,\"output\":\"done\"}",
                "release");

        assertThat(answer.statusCode()).isEqualTo(201);
        Ledger.Entry marker =
                guard.store.ledger().read(Ledger.Query.of("release.marker")).get(0);
        assertThat(marker.data()).containsEntry("event", "rollback").containsEntry("service", "shop");
    }

    @Test
    void wrongInputNamesTheFieldAndTheWayOut() throws Exception {
        assertThat(wrong("{\"slo\":\"order-submt\",\"environment\":\"staging\",\"release\":\"r\"}"))
                .contains("there is no SLO 'order-submt'", "order-submit");
        assertThat(wrong("{\"slo\":\"order-submit\",\"environment\":\"prod\",\"release\":\"r\"}"))
                .contains("environment: 'prod' is no environment; write staging, canary or production");
        assertThat(wrong("{\"slo\":\"order-submit\",\"environment\":\"staging\"}"))
                .contains("'release' is missing");
        assertThat(wrong("{\"slo\":\"order-submit\",\"environment\":\"staging\",\"realease\":\"r\"}"))
                .contains("'realease' is not known");
    }

    private String wrong(String body) throws Exception {
        HttpResponse<String> answer = guard.post("/api/v1/gate/check", body, "release");
        assertThat(answer.statusCode()).isEqualTo(400);
        return answer.body();
    }

    @Test
    void tokensAreShownOnceAndHashedAndEndWhenRevokedOrExpired() throws Exception {
        assertThat(guard.post("/api/v1/tokens", "{\"name\":\"x\",\"role\":\"viewer\"}", "lead")
                        .statusCode())
                .isEqualTo(403);
        JsonNode made = TestGuard.json(
                guard.post("/api/v1/tokens", "{\"name\":\"short\",\"role\":\"viewer\",\"expires\":\"1h\"}", "admin"));
        String token = made.path("token").asString();
        guard.tokens.put("short", token);
        String list = guard.get("/api/v1/tokens", "admin").body();
        assertThat(list).contains("short", "first-admin").doesNotContain(token, "hash");
        assertThat(guard.store.ledger().read(Ledger.Query.of("token.")).toString())
                .doesNotContain(token);
        assertThat(guard.get("/api/v1/whoami", "short").statusCode()).isEqualTo(200);
        guard.now.set(TestGuard.NOW.plus(Duration.ofHours(1)));
        assertThat(guard.get("/api/v1/whoami", "short").statusCode()).isEqualTo(401);
        assertThat(guard.send(guard.request("/api/v1/tokens/viewer-1", "admin").DELETE())
                        .statusCode())
                .isEqualTo(200);
        assertThat(guard.get("/api/v1/whoami", "viewer").statusCode()).isEqualTo(401);
        assertThat(guard.send(guard.request("/api/v1/tokens/first-admin", "admin")
                                .DELETE())
                        .body())
                .contains("the last admin token");
    }

    @Test
    void aFileThatBreaksStaysInForceAsItWasAndANewOneIsRead() throws Exception {
        guard.write("order-submit", "apiVersion: openslo/v1\nkind: SLO\n");
        guard.write("more", TestGuard.slo("order-pay"));
        await().untilAsserted(() -> assertThat(guard.guard.objectives()).isEqualTo(2));

        assertThat(guard.guard.problems()).anyMatch(problem -> problem.contains("order-submit.yaml"));
        assertThat(guard.get("/readyz", null).body()).contains("\"ready\":true", "\"sloProblems\":2");
        assertThat(guard.check("staging", "passes").path("decision").asString()).isEqualTo("pass");
    }

    @Test
    void everyRouteIsInTheOpenApiDocumentAndTheOtherWayRound() throws Exception {
        JsonNode paths = TestGuard.json(guard.get("/openapi.json", null)).path("paths");
        List<String> documented = new java.util.ArrayList<>();
        paths.properties()
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method ->
                                documented.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
        // With all that is off unless somebody asks for it.
        GuardSettings all = new GuardSettings(guard.slos, StoreSettings.folder(folder.resolve("other")))
                .port(0)
                .browser(BrowserSettings.of(
                        List.of(new BrowserSettings.Site("https://shop.example", "shop", Environment.PRODUCTION))))
                .github(new GithubSettings("a webhook's secret", "t", null, null, List.of(), Map.of(), false));

        try (Guard everything = Guard.start(all)) {
            assertThat(documented).containsExactlyInAnyOrderElementsOf(everything.routeNames());
        }
    }

    @Test
    void otherMachinesAreServedOverTlsOrOnlyWhenSomebodySaysSo() {
        GuardSettings settings = new GuardSettings(guard.slos, StoreSettings.folder(folder.resolve("other")))
                .port(0)
                .listen("0.0.0.0");

        assertThatThrownBy(() -> Guard.start(settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without TLS would send tokens in clear");
        Guard.start(settings.insecure()).close();
    }

    @Test
    void aGuardThatIsStartedAgainKnowsItsTokensApprovalsAndCounts() throws Exception {
        int before = guard.check("staging", "pauses").path("windowTotal").asInt();
        guard.guard.close();
        GuardSettings settings = new GuardSettings(guard.slos, StoreSettings.folder(folder.resolve("data")))
                .port(0)
                .clock(guard.now::get);

        try (Guard second = Guard.start(settings)) {
            assertThat(second.firstToken()).isNull();
            HttpResponse<String> answer = guard.post(
                    second.uri(),
                    "/api/v1/gate/check",
                    "{\"slo\":\"order-submit\",\"environment\":\"staging\",\"release\":\"pauses\"}",
                    "release");
            assertThat(TestGuard.json(answer).path("windowTotal").asInt()).isEqualTo(before);
        }
    }

    @Test
    void twoGuardsDoNotShareAFolder() {
        assertThatThrownBy(() -> Guard.start(
                        new GuardSettings(guard.slos, StoreSettings.folder(folder.resolve("data"))).port(0)))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void promsFormIsReadFromTheBodyOfAPost() throws Exception {
        HttpResponse<String> answer = guard.send(guard.request("/api/v1/query", "viewer")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("query=vector%281%29&time=1795400000")));

        assertThat(TestGuard.json(answer))
                .isEqualTo(TestGuard.MAPPER.readTree("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\","
                        + "\"result\":[{\"metric\":{},\"value\":[1795400000,\"1\"]}]}}"));
    }
}
