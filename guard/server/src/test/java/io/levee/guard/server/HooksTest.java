package io.levee.guard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.levee.guard.server.Scenes.Scene;
import io.levee.guard.server.github.GithubSettings;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.store.Ledger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The gate as Argo Rollouts, Flagger, GitHub and clients of Prometheus ask it. */
class HooksTest {
    private static final String SECRET = "a webhook's secret";

    @TempDir
    private Path folder;

    private TestGuard guard;
    private HttpServer github;
    private final Queue<String> callbacks = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        if (guard != null) {
            guard.close();
        }
        if (github != null) {
            github.stop(0);
        }
    }

    private void start() throws Exception {
        guard = new TestGuard(folder);
        Scenes.feed(guard);
    }

    // What Argo makes of an answer: {$.data}, successCondition and failureCondition of docs/guard-server.md.
    @Test
    void argoSucceedsOnAPassFailsOnARollBackAndWaitsForAllElse() throws Exception {
        start();
        for (Scene scene : Scenes.ALL) {
            HttpResponse<String> answer = guard.post(
                    "/gate/argo",
                    "{\"slo\":\"order-submit\",\"environment\":\"" + scene.environment() + "\",\"release\":\""
                            + scene.release() + "\"}",
                    "release");
            assertThat(answer.statusCode()).isEqualTo(200);
            JsonNode result = TestGuard.json(answer).path("data");
            assertThat(result.path("decision").asString())
                    .isEqualTo(scene.answer().equals("abort") ? "rollback" : scene.answer());
            assertThat(result.path("exitCode").asInt()).isEqualTo(scene.exitCode());
        }
        JsonNode shape = TestGuard.json(
                        guard.get("/gate/argo?slo=order-submit&stage=staging&release=pauses", "release"))
                .path("data");
        assertThat(shape.propertyNames())
                .containsExactly(
                        "decision",
                        "exitCode",
                        "reason",
                        "slo",
                        "stage",
                        "release",
                        "window",
                        "unit",
                        "consumedPct",
                        "limitPct",
                        "consumedMs",
                        "remainingMs",
                        "bad",
                        "total",
                        "minTotal",
                        "windowTotal",
                        "approval",
                        "exemplars",
                        "asOf");
        assertThat(shape.path("window").asString()).isEqualTo("28d");
    }

    @Test
    void argoGets200WhateverGoesWrongSinceAnythingElseAbortsAHealthyCanary() throws Exception {
        start();
        guard.tokens.put("wrong", "levee_wrong");
        for (HttpResponse<String> answer : List.of(
                guard.post("/gate/argo", "{}", null),
                guard.post("/gate/argo", "{}", "wrong"),
                guard.post("/gate/argo", "{}", "viewer"),
                guard.post("/gate/argo", "no json", "release"),
                guard.post("/gate/argo", "{\"slo\":\"no\",\"stage\":\"canary\",\"release\":\"r\"}", "release"),
                guard.send(guard.request("/gate/argo", "release").DELETE()))) {
            assertThat(answer.statusCode()).isEqualTo(200);
            JsonNode data = TestGuard.json(answer).path("data");
            assertThat(data.path("decision").asString()).isEqualTo("error");
            assertThat(data.path("reason").asString()).isNotBlank();
        }
    }

    private HttpResponse<String> flagger(String hook, Environment environment, String release) throws Exception {
        return guard.post("/gate/flagger/" + hook, """
                {"name":"shop","namespace":"prod","phase":"Progressing","checksum":"85d557f47b",
                 "metadata":{"slo":"order-submit","environment":"%s","release":"%s"}}
                """.formatted(environment, release), "release");
    }

    @Test
    void flaggerIsTold200ForAPassAnd403WithOneLineForAllElse() throws Exception {
        start();
        for (String hook : List.of("confirm-rollout", "confirm-traffic-increase", "confirm-promotion", "rollout")) {
            for (Scene scene : Scenes.ALL) {
                HttpResponse<String> answer = flagger(hook, scene.environment(), scene.release());
                assertThat(answer.statusCode()).as(hook).isEqualTo(scene.exitCode() == 0 ? 200 : 403);
                assertThat(answer.body()).startsWith(scene.answer() + ": ").hasLineCount(1);
            }
        }
    }

    // Go's client sends what a URL has before the @ in this form.
    @Test
    void aTokenWithinTheUrlWillDoForFlagger() throws Exception {
        start();
        String pair = Base64.getEncoder()
                .encodeToString(("levee:" + guard.tokens.get("release")).getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> answer = guard.send(
                guard.request("/gate/flagger/rollout", null)
                        .header("Authorization", "Basic " + pair)
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"metadata\":{\"slo\":\"order-submit\",\"environment\":\"staging\",\"release\":\"passes\"}}")));

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void flaggersRollBackHookIsTheOtherWayRound() throws Exception {
        start();
        for (Scene scene : Scenes.ALL) {
            assertThat(flagger("rollback", scene.environment(), scene.release()).statusCode())
                    .isEqualTo(scene.answer().equals("abort") ? 200 : 403);
        }
        HttpResponse<String> wrong = guard.post("/gate/flagger/rollback", "no json", "release");
        assertThat(wrong.statusCode()).isEqualTo(403);
        assertThat(guard.post("/gate/flagger/rollback", "{}", null).statusCode())
                .isEqualTo(403);
        assertThat(guard.post("/gate/flagger/rollout", "{\"metadata\":{\"slo\":\"order-submit\"}}", "release")
                        .body())
                .contains("'metadata.release' is missing")
                .hasLineCount(1);
    }

    @Test
    void flaggersEventsMarkEachPhaseOnce() throws Exception {
        start();
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer = guard.post("/gate/flagger/event", """
                    {"name":"shop","namespace":"prod","phase":"Progressing","checksum":"85d557f47b","metadata":{
                     "eventMessage":"Advance shop.prod canary weight 10","eventType":"Normal","timestamp":"1795602600000",
                     "slo":"order-submit","release":"r9"}}
                    """, "release");
            assertThat(answer.statusCode()).isEqualTo(200);
        }

        List<Ledger.Entry> markers = guard.store.ledger().read(Ledger.Query.of("release.marker"));
        assertThat(markers).hasSize(1);
        assertThat(markers.get(0).data())
                .containsEntry("event", "deploy")
                .containsEntry("service", "shop")
                .containsEntry("release", "r9")
                .containsEntry("at", "2026-11-25T10:30:00Z");
    }

    private JsonNode query(String query) throws Exception {
        return TestGuard.json(guard.get(
                "/api/v1/query?query=" + java.net.URLEncoder.encode(query, StandardCharsets.UTF_8), "viewer"));
    }

    @Test
    void aClientOfPrometheusGetsOneElementForAKnownNameAndNoneWhenDataIsShort() throws Exception {
        start();
        String labels = "{slo=\"order-submit\",environment=\"%s\",release=\"%s\"}";
        for (Scene scene : Scenes.ALL) {
            JsonNode result = query("levee_gate_exit_code" + labels.formatted(scene.environment(), scene.release()))
                    .path("data")
                    .path("result");
            assertThat(result.size()).isEqualTo(scene.answer().equals("hold") ? 0 : 1);
            if (result.size() == 1) {
                assertThat(result.get(0).path("value").get(1).asString()).isEqualTo("" + scene.exitCode());
            }
        }
        JsonNode ratio = query("levee_release_error_ratio" + labels.formatted("canary", "aborts"));
        assertThat(ratio.path("data").path("result").get(0).path("value").get(1).asString())
                .isEqualTo("0.05");
        JsonNode left = query("slo:period_error_budget_remaining:ratio{sloth_slo=~\"order-.*\"}");
        assertThat(left.path("data")
                        .path("result")
                        .get(0)
                        .path("metric")
                        .path("sloth_service")
                        .asString())
                .isEqualTo("shop");
        // 15 of 10,410 events failed, and 5.205 may.
        assertThat(left.path("data").path("result").get(0).path("value").get(1).asString())
                .isEqualTo("-1.88184438");
        assertThat(query("slo:objective:ratio{slo!=\"order-submit\"}")
                        .path("data")
                        .path("result")
                        .size())
                .isZero();
    }

    @Test
    void whatIsNotKnownIsAnErrorInPrometheusForm() throws Exception {
        start();
        for (String query :
                List.of("up", "sum(slo:objective:ratio)", "slo:objective:ratio{slo=\"a\"", "levee_gate_exit_code")) {
            JsonNode error = query(query);
            assertThat(error.path("status").asString()).isEqualTo("error");
            assertThat(error.path("errorType").asString()).isEqualTo("bad_data");
            assertThat(error.path("error").asString()).isNotBlank();
        }
        HttpResponse<String> forbidden = guard.get("/api/v1/query?query=vector(1)", null);
        assertThat(forbidden.statusCode()).isEqualTo(401);
        assertThat(forbidden.body()).contains("\"status\":\"error\"");
        assertThat(query("1+1").path("data").path("resultType").asString()).isEqualTo("scalar");
    }

    @Test
    void aRangeIsAMatrixOfOneSeries() throws Exception {
        start();
        long end = TestGuard.NOW.getEpochSecond();
        String path = "/api/v1/query_range?query=levee_slo_budget_left_ratio&start=" + (end - 120) + "&end=" + end
                + "&step=1m";
        JsonNode data = TestGuard.json(guard.get(path, "viewer")).path("data");

        assertThat(data.path("resultType").asString()).isEqualTo("matrix");
        assertThat(data.path("result").size()).isEqualTo(1);
        assertThat(data.path("result").get(0).path("values").size()).isEqualTo(3);
        assertThat(guard.get(path.replace("step=1m", "step=0"), "viewer").statusCode())
                .isEqualTo(400);
        assertThat(guard.get(path.replace("start=", "start=1"), "viewer").statusCode())
                .isEqualTo(400);
    }

    @Test
    void githubIsAnsweredAtOnceAndToldTheVerdictAsAnApp() throws Exception {
        KeyPair key = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        String origin = startGithub(key);
        guard = new TestGuard(
                folder,
                new GithubSettings(
                        SECRET, null, "4711", key.getPrivate(), List.of(origin), Map.of("o/r", "order-submit"), false));
        Scenes.feed(guard);
        for (Scene scene : Scenes.ALL) {
            HttpResponse<String> answer = rule(scene, origin + "/repos/o/r/actions/runs/" + scene.exitCode());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"state\":\"pending\"}");
        }

        await().untilAsserted(() -> assertThat(callbacks).hasSize(2));
        assertThat(callbacks)
                .anyMatch(body ->
                        body.startsWith("/repos/o/r/actions/runs/0 ") && body.contains("\"state\":\"approved\""))
                .anyMatch(body ->
                        body.startsWith("/repos/o/r/actions/runs/20 ") && body.contains("\"state\":\"rejected\""));
        guard.post(
                "/api/v1/gate/approve",
                "{\"slo\":\"order-submit\",\"environment\":\"staging\",\"release\":\"pauses\",\"reason\":\"known\"}",
                "lead");
        guard.now.set(TestGuard.NOW.plusSeconds(31));
        await().untilAsserted(() -> assertThat(callbacks)
                .anyMatch(body -> body.startsWith("/repos/o/r/actions/runs/10 ")
                        && body.contains("\"environment_name\":\"staging\"")
                        && body.contains("approved by lead-1")));
        assertThat(callbacks).hasSize(3);
    }

    @Test
    void onlyWhatGithubSignedIsTakenAndNothingIsSentElsewhere() throws Exception {
        guard = new TestGuard(
                folder,
                new GithubSettings(
                        SECRET, "t", null, null, List.of(GithubSettings.GITHUB), Map.of("*", "order-submit"), true));
        String body = body(Scenes.ALL.get(0), "https://evil.example/callback");
        assertThat(guard.post("/gate/github", body, null).statusCode()).isEqualTo(401);
        assertThat(signed(body, "deployment_protection_rule", "another secret").statusCode())
                .isEqualTo(401);
        HttpResponse<String> foreign = signed(body, "deployment_protection_rule", SECRET);
        assertThat(foreign.statusCode()).isEqualTo(400);
        assertThat(foreign.body()).contains("is not at https://api.github.com");
        assertThat(signed("{\"zen\":\"Keep it simple\"}", "ping", SECRET).body())
                .contains("ignored");
    }

    private HttpResponse<String> rule(Scene scene, String callback) throws Exception {
        return signed(body(scene, callback), "deployment_protection_rule", SECRET);
    }

    private static String body(Scene scene, String callback) {
        return """
                {"action":"requested","environment":"%s","event":"push","deployment_callback_url":"%s",
                 "deployment":{"sha":"%s","ref":"main","task":"deploy"},"repository":{"full_name":"o/r"},
                 "installation":{"id":99},"sender":{"login":"octocat"}}
                """.formatted(scene.environment(), callback, scene.release());
    }

    private HttpResponse<String> signed(String body, String event, String secret) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return guard.send(guard.request("/gate/github", null)
                .header("X-GitHub-Event", event)
                .header(
                        "X-Hub-Signature-256",
                        "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8))))
                .POST(BodyPublishers.ofString(body)));
    }

    /** Gives tokens to an App that signs with the key, and takes verdicts that come with one. */
    private String startGithub(KeyPair key) throws Exception {
        github = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        github.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int status;
            String answer = "";
            if (path.equals("/app/installations/99/access_tokens")) {
                status = isSigned(authorization.substring(7), key) ? 201 : 401;
                answer = "{\"token\":\"installation\"}";
            } else {
                status = authorization.equals("Bearer installation") ? 204 : 401;
                callbacks.add(path + " " + body);
            }
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, status == 204 ? -1 : bytes.length);
            exchange.getResponseBody().write(status == 204 ? new byte[0] : bytes);
            exchange.close();
        });
        github.start();
        return "http://127.0.0.1:" + github.getAddress().getPort();
    }

    private static boolean isSigned(String jwt, KeyPair key) {
        try {
            String[] parts = jwt.split("\\.");
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(key.getPublic());
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            return signature.verify(Base64.getUrlDecoder().decode(parts[2])) && claims.contains("\"iss\":\"4711\"");
        } catch (java.security.GeneralSecurityException e) {
            return false;
        }
    }
}
