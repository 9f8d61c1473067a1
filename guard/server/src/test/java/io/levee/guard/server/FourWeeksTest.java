package io.levee.guard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.levee.guard.store.StoreSettings;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A guard that runs, four weeks of known events that came by OTLP over HTTP, and every figure reckoned by hand beside its
 * assertion.
 *
 * <p>Now is 2026-11-25T10:30:30Z, so the window is from 2026-10-28T10:31 to 2026-11-25T10:31: 672 hours, in each of which events
 * come at its minute 40, the first at 2026-10-28T10:40. Two objectives:
 *
 * <ul>
 *   <li>order-submit, 99.95 %: 100 events an hour; one fails in every 96th hour, so 7. Besides, in the last hour, two canaries
 *       with the stable side next to them.
 *   <li>checkout, 98 %, degraded costs half, 95 % in the first week, 4 hours excluded: in each hour 20 calls of a Levee, of
 *       which 17 succeed at once, 1 at the third attempt, 1 fails after three, and 1 gets a fallback after two.
 * </ul>
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FourWeeksTest {
    private static final Instant FIRST = Instant.parse("2026-10-28T10:40:00Z");
    private static final int HOURS = 672;

    private static final String CHECKOUT = """
            apiVersion: openslo/v1
            kind: SLO
            metadata:
              name: checkout
              annotations:
                levee.io/degraded-weight: "0.5"
                levee.io/earlier-targets: |
                  - until: 2026-11-04T10:31:00Z
                    target: 0.95
                    author: ann
                    reason: the first guess was too low
                levee.io/exclusions: |
                  - name: moving racks
                    start: 2026-11-15T02:00
                    timeZone: UTC
                    duration: 4h
                    author: bob
                    reason: announced to customers
            spec:
              service: checkout
              indicator:
                metadata: {name: checkout-success}
                spec:
                  ratioMetric:
                    counter: true
                    good: {metricSource: {type: levee, spec: {}}}
                    total: {metricSource: {type: levee, spec: {}}}
              timeWindow: [{duration: 28d, isRolling: true}]
              budgetingMethod: Occurrences
              objectives: [{target: 0.98}]
            """;

    @TempDir
    private static Path folder;

    private static TestGuard guard;

    @BeforeAll
    static void fourWeeks() throws Exception {
        guard = new TestGuard(folder);
        guard.write("checkout", CHECKOUT);
        await().atMost(Duration.ofSeconds(30)).until(() -> guard.guard.objectives() == 2);
        for (int day = 0; day < HOURS / 24; day++) {
            OtlpBody shop = new OtlpBody("shop", "2026.11.2", null, "stable");
            OtlpBody web = new OtlpBody("web", "7", null, null);
            for (int hour = day * 24; hour < day * 24 + 24; hour++) {
                Instant at = FIRST.plus(Duration.ofHours(hour));
                shop.served(1_000L * hour + 1, at, 100, hour % 96 == 0 ? 1 : 0);
                calls(web, 10_000_000L + 1_000L * hour, at);
            }
            assertThat(send(shop)).isEqualTo("{}");
            assertThat(send(web)).isEqualTo("{}");
        }
        // In one minute each: a canary, and beside it 1,000 stable events of which 2 fail.
        canary("2026.11.3", 20_000_000L, "2026-11-25T10:20:00Z", 3);
        canary("2026.11.4", 30_000_000L, "2026-11-25T10:25:00Z", 6);
        aWhileLater();
    }

    /** Figures may be almost two seconds old. */
    private static void aWhileLater() {
        guard.now.set(guard.now.get().plusSeconds(2));
    }

    private static void calls(OtlpBody web, long id, Instant at) {
        for (int i = 0; i < 17; i++) {
            web.called(id + 10 * i, "checkout", at, "good", 1);
        }
        web.called(id + 200, "checkout", at, "good", 3)
                .called(id + 210, "checkout", at, "bad", 3)
                .called(id + 220, "checkout", at, "degraded", 2);
    }

    private static void canary(String release, long id, String at, int bad) throws Exception {
        Instant time = Instant.parse(at);
        send(new OtlpBody("shop", release, "canary", "canary").served(id, time, 800, bad));
        send(new OtlpBody("shop", "2026.11.2", "production", "stable").served(id + 1_000, time, 1_000, 2));
    }

    private static String send(OtlpBody body) throws Exception {
        HttpResponse<String> answer = guard.post("/v1/traces", body.toString(), "ingest");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    @AfterAll
    static void stop() {
        guard.close();
    }

    private static JsonNode curve(String query) throws Exception {
        HttpResponse<String> answer = guard.get("/api/v1/slos/order-submit/curve?points=57" + query, "viewer");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestGuard.json(answer);
    }

    @Test
    @Order(3)
    void aCurveOfPointsAloneHasTheSamePoints() throws Exception {
        JsonNode points = curve("&parts=points");
        assertThat(points.path("points")).isEqualTo(curve("").path("points"));
        assertThat(points.has("incidents")).isFalse();
        assertThat(guard.get("/api/v1/slos/order-submit/curve?parts=all", "viewer")
                        .body())
                .contains("parts is 'all'; write points");
    }

    private static JsonNode slo(String name) throws Exception {
        HttpResponse<String> answer = guard.get("/api/v1/slos/" + name, "viewer");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestGuard.json(answer);
    }

    private static void is(JsonNode node, String field, String expected) {
        assertThat(node.path(field).asString()).as(field + " of " + node).isEqualTo(expected);
    }

    @Test
    @Order(1)
    void theBudgetOf9995Over28Days() throws Exception {
        JsonNode slo = slo("order-submit");
        // 672 x 100, and twice 800 + 1,000
        is(slo, "total", "70800");
        // 7, and 3 + 2, and 6 + 2
        is(slo, "bad", "20");
        is(slo, "degraded", "0");
        is(slo, "windowMs", "2419200000");
        // 70,800 x 0.0005 = 35.4; 35.4 - 20
        is(slo, "budgetEvents", "35.4");
        is(slo, "usedEvents", "20");
        is(slo, "leftEvents", "15.4");
        // 2,419,200,000 x 0.0005
        is(slo, "budgetMs", "1209600");
        // 20 / 35.4 = 0.564971751..., up; 15.4 / 35.4 = 0.435028248..., down
        is(slo, "usedPercent", "56.4972");
        is(slo, "leftPercent", "43.5028");
        // 1,209,600 x 20 / 35.4 = 683,389.8305..., up; x 15.4 / 35.4 = 526,210.1694..., down
        is(slo, "usedMs", "683389.831");
        is(slo, "leftMs", "526210.169");
        // 1 - 20 / 70,800 = 0.999717514..., down
        is(slo, "goodPercent", "99.9717");
        is(slo, "state", "LEFT");
    }

    @Test
    @Order(2)
    void theBurnRatesAndWhichRulesFire() throws Exception {
        JsonNode slo = slo("order-submit");
        // Since 09:31: 100 + 3,600 events, 13 bad: 13 / 3,700 / 0.0005 = 7.027027..., up
        is(slo, "burnRate1h", "7.028");
        // Since 04:31: 600 + 3,600, 13 bad: 13 / 4,200 / 0.0005 = 6.190476...
        is(slo, "burnRate6h", "6.191");
        // Since the 22nd, 10:31: 7,200 + 3,600; the last of the 7 was in hour 576, four days ago: 13 / 10,800 / 0.0005
        // = 2.407407...
        is(slo, "burnRate3d", "2.408");
        JsonNode burn = slo.path("burn");
        // 2 % of the budget in an hour: 0.02 x 672. Since 10:26 there is no event.
        rule(burn.get(0), "page-1h", "13.44", "7.028", null, false);
        // 0.05 x 672 / 6; since 10:01 the canaries' 3,600 events: 13 / 3,600 / 0.0005 = 7.2222...
        rule(burn.get(1), "page-6h", "5.6", "6.191", "7.223", true);
        // 0.1 x 28; in a day 2,400 + 3,600: 13 / 6,000 / 0.0005 = 4.3333...; in 2 h 200 + 3,600: 13 / 3,800 / 0.0005 =
        // 6.842105...
        rule(burn.get(2), "ticket-1d", "2.8", "4.334", "6.843", true);
        // 0.1 x 28 / 3 = 0.9333...
        rule(burn.get(3), "ticket-3d", "0.934", "2.408", "6.191", true);
        is(slo, "severity", "page");
        // What is left, 15.4 events, at 13 of 3,700 in the price of the window's: 526,210.1694... ms x 3,700 / 13
        is(slo, "exhaustedInMs", "149767509");
        is(slo, "lastEvent", "2026-11-25T10:25:00Z");
    }

    private static void rule(
            JsonNode rule, String name, String threshold, String longRate, String shortRate, boolean firing) {
        is(rule, "rule", name);
        is(rule, "threshold", threshold);
        is(rule, "longBurnRate", longRate);
        if (shortRate == null) {
            assertThat(rule.path("shortBurnRate").isNull()).isTrue();
        } else {
            is(rule, "shortBurnRate", shortRate);
        }
        assertThat(rule.path("firing").asBoolean()).as(name).isEqualTo(firing);
    }

    @Test
    @Order(3)
    void aChangedTargetAnExclusionAndDegradedAnswers() throws Exception {
        JsonNode slo = slo("checkout");
        // 672 - 4 hours with 20 calls each; spans of attempts are none
        is(slo, "total", "13360");
        is(slo, "bad", "668");
        is(slo, "degraded", "668");
        // 17 + 3 + 3 + 2 an hour
        is(slo, "attempts", "16700");
        is(slo, "savedByRetry", "668");
        // 168 hours at 95 %, 500 at 98 %: 3,360 x 0.05 + 10,000 x 0.02
        is(slo, "budgetEvents", "368");
        // 668 x (1 + 0.5): overspent, and shown as it is
        is(slo, "usedEvents", "1002");
        is(slo, "leftEvents", "-634");
        // 1,002 / 368 = 2.722826..., up; -634 / 368 = -1.722826..., down
        is(slo, "usedPercent", "272.2827");
        is(slo, "leftPercent", "-172.2827");
        // 668 h; each of 13,360 events stands for 180,000 ms of it
        is(slo, "windowMs", "2404800000");
        is(slo, "budgetMs", "66240000");
        is(slo, "usedMs", "180360000");
        is(slo, "leftMs", "-114120000");
        // 1 - 1,002 / 13,360
        is(slo, "goodPercent", "92.5");
        is(slo, "state", "EXHAUSTED");
        is(slo, "exhaustedInMs", "0");
        // In each hour 1.5 of 20, of which 0.02 are allowed
        is(slo, "burnRate1h", "3.75");
        is(slo, "burnRate6h", "3.75");
        is(slo, "burnRate3d", "3.75");
        is(slo, "severity", "ticket");

        JsonNode explain = slo.path("explain");
        JsonNode before = explain.path("versions").get(0);
        is(before, "target", "0.95");
        is(before, "total", "3360");
        is(before, "bad", "168");
        JsonNode after = explain.path("versions").get(1);
        is(after, "target", "0.98");
        is(after, "total", "10000");
        is(after, "bad", "500");
        is(explain.path("exclusions").get(0), "author", "bob");
        // As if nothing were excluded: 13,440 events, of a budget of 168 + 504 x 20 x 0.02 = 369.6; spent 672 x 1.5 =
        // 1,008;
        // (369.6 - 1,008) x 180,000
        is(explain, "leftMsWithExcluded", "-114912000");
    }

    @Test
    @Order(4)
    void theGatesEvidence() throws Exception {
        JsonNode passes = guard.check("canary", "2026.11.3");
        is(passes, "decision", "pass");
        is(passes, "total", "800");
        is(passes, "bad", "3");
        is(passes, "stableTotal", "1000");
        is(passes, "stableBad", "2");
        is(passes, "windowTotal", "70800");
        // The stable side failed at 0.002, above 0.0005: the minute is disturbed, and 800 x 0.002 failures are its
        is(passes, "disturbedMinutes", "1");
        is(passes, "expectedEvents", "1.6");
        is(passes, "consumedEvents", "1.4");
        // 0.005 % of 70,800
        is(passes, "limitEvents", "3.54");
        // 140 / 70,800 = 0.00197740..., up; 1.4 x 2,419,200,000 / 70,800 = 47,837.288135593..., up
        is(passes, "consumedPercent", "0.001978");
        is(passes, "consumedMs", "47837.288136");
        // 1,209,600 x 15.4 / 35.4 = 526,210.169491525..., down
        is(passes, "remainingMs", "526210.169491");

        JsonNode aborts = guard.check("canary", "2026.11.4");
        is(aborts, "decision", "abort");
        is(aborts, "exitCode", "20");
        is(aborts, "consumedEvents", "4.4");
        assertThat(aborts.path("traces").size()).isEqualTo(5);
    }

    @Test
    @Order(5)
    void whatIsSentAgainCountsOnceAndARestartChangesNothing() throws Exception {
        send(new OtlpBody("shop", "2026.11.4", "canary", "canary")
                .served(30_000_000L, Instant.parse("2026-11-25T10:25:00Z"), 800, 6));
        aWhileLater();
        String before = guard.get("/api/v1/slos", "viewer").body();
        assertThat(TestGuard.MAPPER
                                .readTree(before)
                                .path("slos")
                                .get(1)
                                .path("total")
                                .asInt()
                        + TestGuard.MAPPER
                                .readTree(before)
                                .path("slos")
                                .get(0)
                                .path("total")
                                .asInt())
                .isEqualTo(70_800 + 13_360);
        guard.guard.close();
        GuardSettings settings = new GuardSettings(guard.slos, StoreSettings.folder(folder.resolve("data")))
                .port(0)
                .clock(guard.now::get);
        try (Guard second = Guard.start(settings)) {
            HttpRequest.Builder again = HttpRequest.newBuilder(second.uri().resolve("/api/v1/slos"))
                    .header("Authorization", "Bearer " + guard.tokens.get("viewer"));
            assertThat(guard.send(again).body()).isEqualTo(before);
        }
    }
}
