package io.levee.guard.views;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Four weeks of known events, and figures that are reckoned by hand beside each assertion.
 *
 * <p>The window ends with the minute of 2026-11-25T11:59:30Z, so it is from 2026-10-28T12:00Z to 2026-11-25T12:00Z: 672
 * hours. In each hour 100 events come in its minute 5, one of them bad, two degraded; from 2026-10-01 on, so eight weeks are
 * there.
 */
class FourWeeksTest {
    static final String DOCUMENT = """
            apiVersion: openslo/v1
            kind: SLO
            metadata:
              name: orders
              displayName: Orders are taken
              annotations:
                levee.io/degraded-weight: "0.5"
                levee.io/earlier-targets: |
                  - until: 2026-11-04T12:00:00Z
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
              service: shop
              description: An order is taken within its time.
              indicator:
                metadata:
                  name: orders-ok
                spec:
                  ratioMetric:
                    counter: true
                    bad:
                      metricSource:
                        type: levee
                        spec: {}
                    total:
                      metricSource:
                        type: levee
                        spec: {}
              timeWindow:
                - duration: 28d
                  isRolling: true
              budgetingMethod: Occurrences
              objectives:
                - target: 0.99
            """;

    private static Guard guard;

    @BeforeAll
    static void fourWeeks() {
        guard = new Guard(Instant.parse("2026-11-25T11:59:30Z"), ViewSettings.DEFAULT, DOCUMENT)
                .minutes("shop", "2026-10-01T00:05:00Z", "2026-11-25T12:00:00Z", Duration.ofHours(1), 97, 1, 2)
                .flush();
    }

    @AfterAll
    static void stop() {
        guard.close();
    }

    @Test
    void listsTheFigures() {
        JsonNode slo = guard.get("/api/v1/slos").get("slos").get(0);
        assertThat(slo.get("name").asString()).isEqualTo("orders");
        assertThat(slo.get("displayName").asString()).isEqualTo("Orders are taken");
        assertThat(slo.get("target").asString()).isEqualTo("0.99");
        assertThat(slo.get("targetPercent").asString()).isEqualTo("99");
        // 672 hours less the 4 that are excluded, 100 events each
        assertThat(slo.get("total").asLong()).isEqualTo(66_800);
        assertThat(slo.get("bad").asLong()).isEqualTo(668);
        assertThat(slo.get("degraded").asLong()).isEqualTo(1_336);
        // 668 h
        assertThat(slo.get("windowMs").asLong()).isEqualTo(668 * 3_600_000L);
        // 168 h at 95 % and 500 h at 99 %: 16,800 x 0.05 + 50,000 x 0.01 = 840 + 500
        assertThat(slo.get("budgetEvents").asString()).isEqualTo("1340");
        // 668 x 1 + 1,336 x 0.5
        assertThat(slo.get("usedEvents").asString()).isEqualTo("1336");
        assertThat(slo.get("leftEvents").asString()).isEqualTo("4");
        // 1,336 / 1,340 = 0.99701492..., up; 4 / 1,340 = 0.00298507..., down
        assertThat(slo.get("usedPercent").asString()).isEqualTo("99.7015");
        assertThat(slo.get("leftPercent").asString()).isEqualTo("0.2985");
        // 2,404,800,000 x 1,340 / 66,800 and x 1,336 / 66,800 and x 4 / 66,800
        assertThat(slo.get("budgetMs").asString()).isEqualTo("48240000");
        assertThat(slo.get("usedMs").asString()).isEqualTo("48096000");
        assertThat(slo.get("leftMs").asString()).isEqualTo("144000");
        // 1 - 1,336 / 66,800
        assertThat(slo.get("goodPercent").asString()).isEqualTo("98");
        assertThat(slo.get("state").asString()).isEqualTo("LEFT");
        // in each hour 2 of 100 events are spent, against 1 allowed
        assertThat(slo.get("burnRate1h").asString()).isEqualTo("2");
        assertThat(slo.get("burnRate3d").asString()).isEqualTo("2");
        // 144,000 ms left at 2 %: 144,000 / 0.02
        assertThat(slo.get("exhaustedInMs").asLong()).isEqualTo(7_200_000);
        // 2 is above 14/15, the factor of ticket-3d, and below 2.8, 5.6 and 13.44, those of the other rules
        assertThat(slo.get("severity").asString()).isEqualTo("ticket");
        JsonNode rule = slo.get("burn").get(3);
        assertThat(rule.get("rule").asString()).isEqualTo("ticket-3d");
        assertThat(rule.get("threshold").asString()).isEqualTo("0.934");
        assertThat(rule.get("longBurnRate").asString()).isEqualTo("2");
        assertThat(rule.get("shortBurnRate").asString()).isEqualTo("2");
        assertThat(rule.get("firing").asBoolean()).isTrue();
    }

    @Test
    void explains() {
        JsonNode explain = guard.get("/api/v1/slos/orders").get("explain");
        assertThat(explain.get("formula").asString())
                .isEqualTo(
                        "16800 x (1 - 0.95) + 50000 x (1 - 0.99) = 1340 events may fail; 668 bad + 0.5 x 1336 degraded"
                                + " = 1336 did; left: (1340 - 1336) / 1340 = 0.2985 % of 48240000 ms (2404800000 ms x 2.0059 %)"
                                + " = 144000 ms");
        assertThat(explain.get("counts").get("good").asLong()).isEqualTo(64_796);
        // without the exclusion 504 h at 99 %: 840 + 504 allowed, 672 + 672 spent
        assertThat(explain.get("leftMsWithExcluded").asString()).isEqualTo("0");
        JsonNode versions = explain.get("versions");
        assertThat(versions.get(0).get("target").asString()).isEqualTo("0.95");
        assertThat(versions.get(0).get("total").asLong()).isEqualTo(16_800);
        assertThat(versions.get(1).get("to").asString()).isEqualTo("2026-11-25T11:59:59.999Z");
        assertThat(versions.get(1).get("bad").asLong()).isEqualTo(500);
        JsonNode excluded = explain.get("exclusions").get(0);
        assertThat(excluded.get("from").asString()).isEqualTo("2026-11-15T02:00:00Z");
        assertThat(excluded.get("to").asString()).isEqualTo("2026-11-15T06:00:00Z");
        assertThat(excluded.get("author").asString()).isEqualTo("bob");
    }

    @Test
    void drawsTheCurve() {
        JsonNode curve = guard.get("/api/v1/slos/orders/curve");
        assertThat(curve.get("stepMs").asLong()).isEqualTo(7_200_000);
        JsonNode points = curve.get("points");
        // 28 d in steps of 2 h are 336, and the end
        assertThat(points.size()).isEqualTo(337);
        JsonNode last = points.get(336);
        assertThat(last.get("t").asString()).isEqualTo("2026-11-25T11:59:30Z");
        assertThat(last.get("leftMs").asString()).isEqualTo("144000");
        assertThat(last.get("leftMsWithExcluded").asString()).isEqualTo("0");
        // The window that ends on 2026-11-04T12:00Z lies before the change and the exclusion: 67,200 events, 3,360 may
        // fail, 1,344 did: 2,016 / 3,360 are left, of 2,419,200,000 x 0.05 ms
        JsonNode early = points.get(84);
        assertThat(early.get("t").asString()).isEqualTo("2026-11-04T12:00:00Z");
        assertThat(early.get("total").asLong()).isEqualTo(67_200);
        assertThat(early.get("leftPercent").asString()).isEqualTo("60");
        assertThat(early.get("leftMs").asString()).isEqualTo("72576000");
        assertThat(early.get("stepTotal").asLong()).isEqualTo(200);
        assertThat(early.get("stepBad").asLong()).isEqualTo(2);
        assertThat(early.get("stepDegraded").asLong()).isEqualTo(4);
        assertThat(early.get("targetPercent").asString()).isEqualTo("99");
        assertThat(points.get(83).get("targetPercent").asString()).isEqualTo("95");
        JsonNode change = curve.get("targets").get(0);
        assertThat(change.get("at").asString()).isEqualTo("2026-11-04T12:00:00Z");
        assertThat(change.get("from").asString()).isEqualTo("0.95");
        assertThat(change.get("to").asString()).isEqualTo("0.99");
        assertThat(curve.get("exclusions").get(0).get("reason").asString()).isEqualTo("announced to customers");
    }
}
