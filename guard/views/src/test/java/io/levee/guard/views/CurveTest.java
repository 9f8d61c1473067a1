package io.levee.guard.views;

import static java.math.RoundingMode.FLOOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Figures;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Watched;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A curve is the same budget as everywhere, at many instants. */
class CurveTest {
    private static final String NOTES = """
                levee.io/degraded-weight: "1/3"
                levee.io/earlier-targets: |
                  - until: 2026-11-25T07:17:00Z
                    target: 0.9
                    author: ann
                    reason: a guess
                levee.io/exclusions: |
                  - name: racks
                    start: 2026-11-24T00:30
                    timeZone: UTC
                    duration: 20m
                    rrule: FREQ=HOURLY;INTERVAL=5
                    author: bob
                    reason: announced
            """;

    private static Guard guard() {
        return new Guard(
                Instant.parse("2026-11-25T12:00:30Z"),
                ViewSettings.DEFAULT,
                Documents.of("events", "shop", NOTES, "Occurrences", "6h", "target: 0.95"),
                Documents.of(
                        "slices",
                        "shop",
                        NOTES,
                        "Timeslices",
                        "6h",
                        "{target: 0.95, timeSliceTarget: 0.9, timeSliceWindow: 5m}"),
                Documents.of("mean", "shop", NOTES, "RatioTimeslices", "6h", "{target: 0.95, timeSliceWindow: 5m}"));
    }

    @Property(tries = 12)
    void equalsTheBudgetAtEachPoint(@ForAll long seed, @ForAll @IntRange(min = 2, max = 90) int points) {
        try (Guard guard = guard()) {
            Random random = new Random(seed);
            for (int i = 0; i < 1_000; i++) {
                Instant minute = Instant.parse("2026-11-24T18:00:00Z").plusSeconds(60L * random.nextInt(18 * 60));
                guard.minute("shop", minute, random.nextInt(4), random.nextInt(2), random.nextInt(2));
            }
            guard.flush();
            TimeRange range = new TimeRange(
                    Instant.parse("2026-11-25T00:00:00Z").plusSeconds(random.nextInt(20_000)), guard.now());
            for (String name : List.of("events", "slices", "mean")) {
                Watched watched = guard.watched(name);
                Curve curve = new Curve(watched, range, points, guard.store);
                for (Map<String, Object> point : curve.points()) {
                    Instant t = Instant.parse((String) point.get("t"));
                    Instant at = t.equals(range.to()) ? Board.endOfMinute(t) : t;
                    ErrorBudget budget = watched.slo().budget(0, at, guard.store.counts(name));
                    assertThat(point).containsEntry("leftMs", Figures.amount(budget.leftMs(), FLOOR));
                    assertThat(point).containsEntry("leftPercent", Figures.percent(budget.leftShare(), FLOOR));
                    assertThat(point).containsEntry("total", budget.total());
                    assertThat(point).containsEntry("targetPercent", Figures.percent(watched.target(at), FLOOR));
                    if (name.equals("events")) {
                        assertThat(point)
                                .containsEntry(
                                        "leftMsWithExcluded",
                                        Figures.amount(
                                                watched.terms()
                                                        .budgetWithExcluded(at, guard.store.counts(name))
                                                        .leftMs(),
                                                FLOOR));
                    }
                }
            }
        }
    }

    @Test
    void countsSlices() {
        try (Guard guard = new Guard(
                Instant.parse("2026-11-25T12:00:30Z"),
                ViewSettings.DEFAULT,
                Documents.of(
                        "slices",
                        "shop",
                        "",
                        "Timeslices",
                        "1d",
                        "{target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 1m}"))) {
            Instant first = Instant.parse("2026-11-25T02:00:00Z");
            for (int i = 0; i < 600; i++) {
                // Five minutes with 4 of 10 bad, and one with 1 of 20, which is just good enough.
                guard.minute("shop", first.plusSeconds(60L * i), i < 5 ? 6 : 19, i < 5 ? 4 : i == 5 ? 1 : 0, 0);
            }
            guard.flush();
            JsonNode slo = guard.get("/api/v1/slos/slices");
            assertThat(slo.get("unit").asString()).isEqualTo("slices");
            // 600 slices with events, of which 6 may be bad; the minute that has not ended is none of them
            assertThat(slo.get("total").asLong()).isEqualTo(600);
            assertThat(slo.get("budgetEvents").asString()).isEqualTo("6");
            assertThat(slo.get("usedEvents").asString()).isEqualTo("5");
            // 1 / 6, down; 86,400,000 x 0.01 x 1 / 6
            assertThat(slo.get("leftPercent").asString()).isEqualTo("16.6666");
            assertThat(slo.get("leftMs").asString()).isEqualTo("144000");
            assertThat(slo.get("bad").asLong()).isEqualTo(21);
            assertThat(slo.get("explain").get("formula").asString()).contains("600 x (1 - 0.99) = 6 slices may fail");
        }
    }

    @Test
    void saysWhatIsWrongWithAQuestion() {
        try (Guard guard = guard()) {
            assertThat(guard.send("GET", "/api/v1/slos/event/curve", "VIEWER", null)
                            .body())
                    .contains("there is no SLO 'event'; did you mean 'events'?");
            assertThat(guard.send("GET", "/api/v1/slos/events/curve?from=yesterday", "VIEWER", null)
                            .body())
                    .contains("from is 'yesterday', which is no instant");
            assertThat(guard.send("GET", "/api/v1/slos/events/curve?points=0", "VIEWER", null)
                            .body())
                    .contains("points is '0'; write a whole number from 2 to 5000");
            assertThat(guard.send("GET", "/api/v1/slos/events/curve?from=2026-11-26T00:00:00Z", "VIEWER", null)
                            .statusCode())
                    .isEqualTo(400);
            assertThat(guard.send("GET", "/api/v1/heatmap?step=1m", "VIEWER", null)
                            .body())
                    .contains("10081 cells");
        }
    }
}
