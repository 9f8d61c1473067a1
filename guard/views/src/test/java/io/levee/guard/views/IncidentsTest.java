package io.levee.guard.views;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.history.Incident;
import io.levee.guard.store.history.Incidents;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * 100 events a minute since 20:00, all good, but for 02:18 to 02:28 with 47 bad ones each and 60 in 02:24. Target 99.9 % over
 * 28 days, so page-1h fires above 13.44 x 0.1 % = 1.344 % and page-6h above 0.56 %.
 */
class IncidentsTest {
    private static final Instant BEGIN = Instant.parse("2026-11-25T02:18:00Z");

    private static Guard guard(String now) {
        return new Guard(
                Instant.parse(now),
                new ViewSettings("https://jaeger.example/trace/{traceId}", List::of, false),
                Documents.plain("pay", "payment", "0.999"));
    }

    private static Guard play(Guard guard, Instant from, Instant to) {
        for (Instant minute = from; minute.isBefore(to); minute = minute.plusSeconds(60)) {
            boolean within = !minute.isBefore(BEGIN) && minute.isBefore(BEGIN.plusSeconds(11 * 60));
            int bad = within ? minute.equals(BEGIN.plusSeconds(6 * 60)) ? 60 : 47 : 0;
            guard.minute("payment", minute, 100 - bad, bad, 0);
        }
        return guard.flush();
    }

    @Test
    void findsTheMinutesInWhichItHappenedAndTheOneThatCostMost() {
        try (Guard guard = guard("2026-11-25T04:00:30Z")) {
            play(guard, Instant.parse("2026-11-24T20:00:00Z"), guard.now());
            guard.event("payment", BEGIN.plusSeconds(30), Event.Outcome.BAD, "a b/c", 3, false)
                    .flush();
            JsonNode curve = guard.get("/api/v1/slos/pay/curve?from=2026-11-25T00:00:00Z&to=2026-11-25T04:00:00Z");
            // The slower rules fire as well, some of them until now; it is one incident.
            assertThat(curve.get("incidents").size()).isEqualTo(1);
            JsonNode incident = curve.get("incidents").get(0);
            String id = "pay-" + BEGIN.getEpochSecond() / 60;
            assertThat(incident.get("id").asString()).isEqualTo(id);
            assertThat(incident.get("from").asString()).isEqualTo("2026-11-25T02:18:00Z");
            // page-1h fires from 02:19 (95 of 6,001 in the hour) until 02:32, page-6h until 02:57
            assertThat(incident.get("to").asString()).isEqualTo("2026-11-25T02:29:00Z");
            assertThat(incident.get("rule").asString()).isEqualTo("page-1h");
            assertThat(incident.get("peakAt").asString()).isEqualTo("2026-11-25T02:24:00Z");
            // 60 of 100 against 0.1 %
            assertThat(incident.get("peakBurnRate").asString()).isEqualTo("600");
            // 10 x 47 + 60 + the traced one; 11 x 100 + 1
            assertThat(incident.get("bad").asLong()).isEqualTo(531);
            assertThat(incident.get("total").asLong()).isEqualTo(1_101);
            // The window that ends with 02:28 has 389 minutes of 100 and one: 2,419,200,000 x 531 / 38,901, and 531 /
            // 38.901
            assertThat(incident.get("spentMs").asString()).isEqualTo("33022163.955");
            assertThat(incident.get("spentPercent").asString()).isEqualTo("1365.0035");

            JsonNode page = guard.get("/api/v1/slos/pay/incidents/" + id);
            assertThat(page.get("minutes").size()).isEqualTo(11);
            assertThat(page.get("minutes").get(6).get("bad").asLong()).isEqualTo(60);
            assertThat(page.get("minutes").get(0).get("attempts").asLong()).isEqualTo(103);
            JsonNode trace = page.get("traces").get(0);
            assertThat(trace.get("id").asString()).isEqualTo("a b/c");
            assertThat(trace.get("url").asString()).isEqualTo("https://jaeger.example/trace/a%20b%2Fc");
            assertThat(guard.send("GET", "/api/v1/slos/pay/incidents/pay-1", "VIEWER", null)
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void recordsTheBeginningAndTheEndOnceEach() {
        try (Guard guard = guard("2026-11-25T02:17:30Z")) {
            play(guard, Instant.parse("2026-11-24T20:00:00Z"), BEGIN);
            assertThat(ticked(guard)).isEmpty();
            played(guard, "2026-11-25T02:18:00Z", "2026-11-25T02:19:30Z");
            assertThat(ticked(guard)).hasSize(1);
            Ledger.Entry begun = ticked(guard).get(0);
            assertThat(begun.slo()).isEqualTo("pay");
            assertThat(begun.data()).containsEntry("id", "pay-" + BEGIN.getEpochSecond() / 60);
            assertThat(begun.data())
                    .containsEntry("from", "2026-11-25T02:18:00Z")
                    .containsEntry("to", null);
            played(guard, "2026-11-25T02:20:00Z", "2026-11-25T02:57:30Z");
            assertThat(ticked(guard)).as("page-6h fires until 02:57").hasSize(1);
            played(guard, "2026-11-25T02:58:00Z", "2026-11-25T02:58:30Z");
            assertThat(ticked(guard)).hasSize(2);
            Ledger.Entry ended = ticked(guard).get(0);
            assertThat(ended.data()).containsEntry("id", begun.data().get("id"));
            assertThat(ended.data()).containsEntry("to", "2026-11-25T02:29:00Z");
            assertThat(((Number) ended.data().get("bad")).longValue()).isEqualTo(530);

            // Another guard that takes over reads what is on the record.
            Views other = guard.others();
            other.tick(guard.now());
            assertThat(ticked(guard)).hasSize(2);
        }
    }

    private static void played(Guard guard, String from, String now) {
        Instant begin = Instant.parse(from);
        guard.now(now);
        play(guard, begin, guard.now());
    }

    private static List<Ledger.Entry> ticked(Guard guard) {
        guard.views.tick(guard.now());
        return guard.store.ledger().read(Ledger.Query.of("incident"));
    }

    @Test
    void findsNothingWhereATimeIsExcluded() {
        String exclusion = """
                    levee.io/exclusions: |
                      - name: racks
                        start: 2026-11-25T02:00
                        timeZone: UTC
                        duration: 1h
                        author: bob
                        reason: announced
                """;
        try (Guard guard = new Guard(
                Instant.parse("2026-11-25T04:00:30Z"),
                ViewSettings.DEFAULT,
                Documents.of("pay", "payment", exclusion, "Occurrences", "28d", "target: 0.999"))) {
            play(guard, Instant.parse("2026-11-24T20:00:00Z"), guard.now());
            JsonNode curve = guard.get("/api/v1/slos/pay/curve?from=2026-11-25T00:00:00Z&to=2026-11-25T04:00:00Z");
            assertThat(curve.get("incidents").size()).isZero();
            assertThat(curve.get("exclusions").size()).isEqualTo(1);
            assertThat(guard.get("/api/v1/slos")
                            .get("slos")
                            .get(0)
                            .get("severity")
                            .asString())
                    .isEqualTo("ok");
        }
    }

    /** Eleven bad minutes, in three slices of five; a slice counts where it lies in a window as a whole. */
    @ParameterizedTest
    @CsvSource({"5m, 02:15, 02:30", "1m, 02:18, 02:29"})
    void findsIncidentsOfSlicesOfAnyLength(String slice, String from, String to) {
        String objective = "target: 0.999\n      timeSliceTarget: 0.95\n      timeSliceWindow: " + slice;
        try (Guard guard = new Guard(
                Instant.parse("2026-11-25T04:00:30Z"),
                ViewSettings.DEFAULT,
                Documents.of("pay", "payment", "", "Timeslices", "28d", objective))) {
            play(guard, Instant.parse("2026-11-24T20:00:00Z"), guard.now());
            JsonNode found = guard.get("/api/v1/slos/pay/curve?from=2026-11-25T00:00:00Z&to=2026-11-25T04:00:00Z")
                    .get("incidents");
            assertThat(found.size()).isEqualTo(1);
            assertThat(found.get(0).get("from").asString()).isEqualTo("2026-11-25T" + from + ":00Z");
            assertThat(found.get(0).get("to").asString()).isEqualTo("2026-11-25T" + to + ":00Z");
            assertThat(found.get(0).get("rule").asString()).isEqualTo("page-1h");
            assertThat(found.get(0).get("bad").asLong()).isEqualTo(530);
        }
    }

    @Test
    void minuteSumsAgreeWithTheExactRule() {
        // 13.44 x 0.1 % of 10,000 events in each window are 134.4: 134 fire nothing, 135 do.
        for (int bad : new int[] {134, 135}) {
            try (Guard guard = guard("2026-11-25T12:00:30Z")) {
                guard.minute("payment", Instant.parse("2026-11-25T12:00:00Z"), 10_000 - bad, bad, 0)
                        .flush();
                List<Incident> found = Incidents.within(
                        guard.watched("pay"),
                        new io.levee.guard.slo.TimeRange(guard.now().minus(Duration.ofHours(1)), guard.now()),
                        guard.now(),
                        guard.store);
                assertThat(found).hasSize(1);
                assertThat(found.get(0).rule().name()).isEqualTo(bad == 134 ? "page-6h" : "page-1h");
            }
        }
    }
}
