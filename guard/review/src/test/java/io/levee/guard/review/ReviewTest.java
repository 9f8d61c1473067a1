package io.levee.guard.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import com.github.difflib.patch.PatchFailedException;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.store.Ledger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A month with one incident, in the night of the 25th. */
class ReviewTest {
    private static final String MONTH = "/api/v1/review/2026-11";

    @TempDir
    Path folder;

    private ReviewGuard guard;

    @BeforeEach
    void fill() {
        guard = new ReviewGuard(folder, "2026-12-01T09:00:00Z");
        guard.events("2026-10-05T00:00:00Z", "2026-12-01T00:00:00Z", Duration.ofHours(3), 50, 0)
                .events("2026-11-10T12:30:00Z", "2026-11-10T12:31:00Z", Duration.ofMinutes(1), 0, 1)
                .events("2026-11-25T02:18:00Z", "2026-11-25T02:25:00Z", Duration.ofMinutes(1), 20, 30);
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private JsonNode slo() {
        return guard.get(MONTH).path("slos").path(0);
    }

    @Test
    void trendsAreRatiosOfSumsAndCausesAddUpToWhatWasSpent() {
        JsonNode slo = slo();
        assertThat(slo.path("trend7d")).hasSize(30);
        JsonNode last = slo.path("trend28d").path(29);
        assertThat(last.path("t").asString()).isEqualTo("2026-12-01T00:00:00Z");
        // 28 x 8 x 50 good ones, 7 x 50 in the incident, 1 that failed alone.
        double total = 28 * 8 * 50 + 350 + 1;
        assertThat(last.path("goodPercent").asDouble()).isCloseTo(100 * (1 - 211 / total), within(0.0001));
        assertThat(last.path("spentMs").asDouble()).isCloseTo(28 * 86_400_000L * 211 / total, within(1.0));
        assertThat(slo.path("trend7d").path(8).path("goodPercent").asDouble()).isEqualTo(100);
        assertThat(slo.path("trend28d").path(8).path("total").asLong()).isEqualTo(28 * 8 * 50);

        List<JsonNode> causes = slo.path("spentByCause").values().stream().toList();
        assertThat(causes)
                .extracting(cause -> cause.path("cause").asString())
                .containsExactly("incident of 2026-11-25T02:18:00Z", "background");
        assertThat(causes.get(0).path("incidents").path(0).asString())
                .isEqualTo(
                        "order-submit-" + Instant.parse("2026-11-25T02:18:00Z").getEpochSecond() / 60);
        assertThat(causes)
                .extracting(cause -> cause.path("spentEvents").asLong())
                .containsExactly(210L, 1L);
        double sum = causes.stream()
                .mapToDouble(cause -> cause.path("spentMs").asDouble())
                .sum();
        assertThat(sum).isCloseTo(slo.path("spentMs").asDouble(), within(0.01));
    }

    @Test
    void releaseBeforeAnIncidentIsItsCauseAndWhatTheGateRolledBackEvenMore() {
        guard.store.ledger().append("release.marker", null, "ci", marker("2026.11.3", "2026-11-25T02:05:00Z"));
        JsonNode cause = slo().path("spentByCause").path(0);
        assertThat(cause.path("cause").asString()).isEqualTo("release 2026.11.3");
        assertThat(cause.path("because").asString()).contains("deploy in production at 2026-11-25T02:05:00Z");
        guard.now("2026-11-25T02:30:00Z");
        guard.store.ledger().append("gate.rollback", "order-submit", "ci", Map.of("release", "2026.11.4"));
        guard.now("2026-12-01T09:00:00Z");
        assertThat(slo().path("spentByCause").path(0).path("cause").asString()).isEqualTo("release 2026.11.4");
    }

    private static Map<String, Object> marker(String release, String at) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("service", "shop");
        data.put("release", release);
        data.put("environment", "production");
        data.put("event", "deploy");
        data.put("at", at);
        return data;
    }

    @Test
    void whatIsSpentWhileAnActionIsInForceIsTheActions() {
        guard.now("2026-11-10T12:00:00Z");
        guard.store
                .ledger()
                .append(
                        "action.fired",
                        "order-submit",
                        "guard",
                        Map.of("id", "a1", "rule", "serve-stale", "action", "signal", "target", "fallback"));
        guard.now("2026-11-10T13:00:00Z");
        guard.store.ledger().append("action.undone", "order-submit", "lead", Map.of("id", "a1"));
        guard.now("2026-12-01T09:00:00Z");
        assertThat(slo().path("spentByCause").values().stream()
                        .map(each -> each.path("cause").asString()))
                .containsExactly("incident of 2026-11-25T02:18:00Z", "action serve-stale (signal fallback)");
    }

    @Test
    void ticketsStandBesideTheIncidentInTheirOwnLanguage() {
        String csv = new String(ReviewGuard.november(), StandardCharsets.UTF_8);
        JsonNode kept = guard.post("/api/v1/review/tickets", "ann:RELEASE", csv, 200);
        assertThat(kept.path("read").asInt()).isEqualTo(59);
        assertThat(kept.path("added").asInt()).isEqualTo(59);
        assertThat(kept.path("unknownServices").toString()).isEqualTo("[\"account\",\"shipping\",\"search\"]");
        assertThat(guard.post("/api/v1/review/tickets", "ann:RELEASE", csv, 200)
                        .path("added")
                        .asInt())
                .isZero();

        JsonNode tickets = slo().path("tickets");
        assertThat(tickets.path("total").asInt()).isEqualTo(35);
        assertThat(tickets.path("withoutService").asInt()).isEqualTo(11);
        assertThat(tickets.path("ticketsInIncidents").asInt()).isEqualTo(24);
        Map<String, List<Integer>> clusters = new LinkedHashMap<>();
        tickets.path("clusters")
                .forEach(cluster -> clusters.put(
                        cluster.path("label").asString(),
                        List.of(
                                cluster.path("count").asInt(),
                                cluster.path("ticketsInIncidents").asInt())));
        assertThat(clusters)
                .containsEntry("付款失败", List.of(8, 8))
                .containsEntry("Checkout Failed", List.of(7, 7))
                .containsEntry("Charged Twice", List.of(4, 4));
        assertThat(clusters.keySet()).anyMatch(label -> label.contains("重复扣款")).anyMatch(label -> label.contains("发票"));
        assertThat(guard.get(MONTH).path("slos").toString())
                .isEqualTo(guard.get(MONTH).path("slos").toString());
        assertThat(guard.get("/api/v1/review/2026-10")
                        .path("slos")
                        .path(0)
                        .path("tickets")
                        .path("total")
                        .asInt())
                .isZero();
    }

    @Test
    void manyTicketsAndMuchBudgetMeanALooseTarget() {
        guard.post(
                "/api/v1/review/tickets",
                "ann:RELEASE",
                new String(ReviewGuard.november(), StandardCharsets.UTF_8),
                200);
        assertThat(slo().path("tickets").path("hint").isNull()).isTrue();
        guard.catalog = Catalog.of(List.of(
                OpenSloFile.parse("slos/order.yaml", ReviewGuard.SLO.replace("target: 0.999", "target: 0.95"))));
        assertThat(slo().path("tickets").path("hint").asString())
                .contains("35 tickets while")
                .contains("too loose");
    }

    private JsonNode propose(String to, int status) {
        return guard.post(
                MONTH + "/proposals",
                "ann:RELEASE",
                "{\"slo\":\"order-submit\",\"to\":\"" + to + "\",\"reason\":\"customers: \\\"too slow\\\"\"}",
                status);
    }

    private JsonNode vote(String id, String by, String role, String vote, int status) {
        return guard.post(
                "/api/v1/review/proposals/" + id + "/votes",
                by + ":RELEASE",
                "{\"role\":\"" + role + "\",\"vote\":\"" + vote + "\",\"reason\":\"because | of <it>\"}",
                status);
    }

    @Test
    void fourOfFiveChangeTheTargetFromTheNextPeriodOnByADiffThatKeepsThePast() throws PatchFailedException {
        String id = propose("0.9995", 201).path("id").asString();
        assertThat(propose("0.9996", 409).path("error").asString()).contains("still being voted on");
        vote(id, "p", "product", "yes", 201);
        vote(id, "d", "development", "no", 201);
        assertThat(vote(id, "d", "sre", "yes", 409).path("error").asString()).contains("one role only");
        assertThat(vote(id, "x", "product", "no", 409).path("error").asString()).contains("'p' has voted");
        vote(id, "d", "development", "yes", 201);
        vote(id, "s", "sre", "no", 201);
        JsonNode open = vote(id, "c", "support", "yes", 201);
        assertThat(open.path("result").isNull()).isTrue();
        assertThat(open.path("votes")).hasSize(4);
        assertThat(open.path("record")).hasSize(5);
        JsonNode accepted = vote(id, "o", "operations", "yes", 201);
        assertThat(accepted.path("result").asString()).isEqualTo("accepted");
        assertThat(vote(id, "s", "sre", "yes", 409).path("error").asString()).contains("has ended: accepted");

        List<Ledger.Entry> targets = guard.store.ledger().read(Ledger.Query.of("slo.target"));
        assertThat(targets).hasSize(1);
        Map<String, Object> data = targets.get(0).data();
        assertThat(data)
                .containsEntry("from", "0.999")
                .containsEntry("to", "0.9995")
                .containsEntry("file", "order.yaml")
                .containsEntry("begins", "2027-01-01T00:00:00Z");
        List<String> patched = DiffUtils.patch(
                ReviewGuard.SLO.lines().toList(),
                UnifiedDiffUtils.parseUnifiedDiff(
                        String.valueOf(data.get("diff")).lines().toList()));
        Slo changed = (Slo)
                OpenSloFile.parse("x", String.join("\n", patched)).objects().get(0);
        assertThat(changed.terms(0).at(Instant.parse("2026-12-31T23:59:59Z")).target())
                .isEqualTo(Ratio.parse("0.999"));
        assertThat(changed.terms(0).at(Instant.parse("2027-01-01T00:00:00Z")).target())
                .isEqualTo(Ratio.parse("0.9995"));
        assertThat(String.join("\n", patched)).contains("# the one that pays");

        guard.now("2026-12-02T09:00:00Z");
        guard.review.tick(Instant.parse("2026-12-02T09:00:00Z"));
        assertThat(guard.store.ledger().read(Ledger.Query.of("slo.target", "review.result")))
                .hasSize(2);
    }

    @Test
    void twoNoOrTheEndOfThePeriodLeaveTheTarget() {
        String first = propose("0.9995", 201).path("id").asString();
        vote(first, "p", "product", "no", 201);
        assertThat(vote(first, "d", "development", "no", 201).path("result").asString())
                .isEqualTo("declined");
        String second = propose("0.9995", 201).path("id").asString();
        vote(second, "p", "product", "yes", 201);
        guard.now("2027-01-01T00:02:00Z");
        guard.review.tick(Instant.parse("2027-01-01T00:02:00Z"));
        assertThat(slo().path("proposals").values().stream()
                        .map(each -> each.path("result").asString()))
                .containsExactly("declined", "declined");
        assertThat(guard.store.ledger().read(Ledger.Query.of("review.result"))).hasSize(2);
        assertThat(guard.store.ledger().read(Ledger.Query.of("slo.target"))).isEmpty();
        assertThat(vote(second, "o", "operations", "yes", 409).path("error").asString())
                .contains("period ended");
    }

    @Test
    void minutesTellAllOfItAndEscapeWhatPeopleWrote() {
        guard.post(
                "/api/v1/review/tickets",
                "ann:RELEASE",
                new String(ReviewGuard.november(), StandardCharsets.UTF_8),
                200);
        guard.now("2026-11-20T10:00:00Z");
        guard.store
                .ledger()
                .append(
                        "gate.report",
                        "order-submit",
                        "ci",
                        Map.of(
                                "release",
                                "2026.11.2",
                                "report",
                                Map.of("verdict", "FITS", "description", "new checkout", "extraPercentOfBudget", 12)));
        guard.now("2026-12-01T09:00:00Z");
        String id = propose("0.9995", 201).path("id").asString();
        vote(id, "p", "product", "yes", 201);
        String minutes =
                guard.send("GET", MONTH + "/minutes", "ann:VIEWER", null).body();
        assertThat(minutes)
                .startsWith("# Review of the objectives, 2026-11\n")
                .contains("| order-submit | 0.999 |")
                .contains("incident of 2026-11-25T02:18:00Z")
                .contains("| 付款失败 | 8 | 8 |")
                .contains("because \\| of \\<it\\>")
                .contains("| operations | - |")
                .contains("| 2026.11.2 | order-submit | FITS | 12 % of the budget | new checkout |");
        assertThat(guard.get(MONTH).path("features").path(0).path("verdict").asString())
                .isEqualTo("FITS");
    }

    @Test
    void mistakesAreToldWithTheWayOut() {
        assertThat(error("GET", "/api/v1/review/november", "ann:VIEWER", null)).contains("write such as 2026-11");
        assertThat(error("GET", "/api/v1/review/2027-05", "ann:VIEWER", null)).contains("has not begun; it is 2026-12");
        assertThat(error("POST", MONTH + "/proposals", "ann:VIEWER", "{}")).contains("role release");
        assertThat(propose("1.5", 409).path("error").asString()).contains("below 1");
        assertThat(propose("0.999", 400).path("error").asString()).contains("already");
        assertThat(error(
                        "POST",
                        MONTH + "/proposals",
                        "a:RELEASE",
                        "{\"slo\":\"order-submt\",\"to\":0.9,\"reason\":\"x\"}"))
                .contains("order-submit");
        assertThat(error("POST", "/api/v1/review/proposals/77/votes", "a:RELEASE", "{\"role\":\"sre\"}"))
                .contains("77");
        assertThat(error("POST", "/api/v1/review/tickets", "a:RELEASE", "id,text\n1,x\n"))
                .contains("no column time");
        assertThat(error("POST", "/api/v1/review/tickets", "a:RELEASE", "id,time,text\n1,2027-01-01,x\n"))
                .contains("still to come");
    }

    private String error(String method, String path, String token, String body) {
        var answer = guard.send(method, path, token, body);
        assertThat(answer.statusCode()).isBetween(400, 499);
        return answer.body();
    }
}
