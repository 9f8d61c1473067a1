package io.levee.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.assertj.core.data.Offset;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A Prometheus that scrapes the service while it plays its script, and the queries that people ask it. */
class RealPrometheusTest {
    private static final Offset<Double> NEARLY = Offset.offset(1e-9);

    @Test
    void theQueriesOfTheContractReturnWhatTheScriptDid() throws Exception {
        Programs.assumeInstalled();
        try (Shop shop = new Shop(new FixedTrace(Shop.TRACEPARENT));
                PrometheusServer server = PrometheusServer.scraping(shop.metrics.port(), "exemplar-storage")) {
            // A rate needs to have seen the zeros.
            server.awaitScrapes(2);
            shop.playScript();
            server.awaitScrapes(3);

            // 80 of 100 within 0.05 s, 20 between 0.25 and 0.5: rank 95 is three quarters into the last bucket.
            double p95 = 0.25 + 0.25 * 15 / 20;
            String byService =
                    "histogram_quantile(0.95, sum(rate(retry_latency_seconds_bucket{upstream=\"inventory\"}[1h]))"
                            + " by (le, service))";
            assertThat(server.query(byService)).hasSize(1);
            assertThat(server.query(byService).get("{service=order}")).isCloseTo(p95, NEARLY);
            // All upstreams: 20 retries of Redis at 5 ms (of which le="0.005" has all) make it 120, rank 114.
            assertThat(server.query(
                                    "histogram_quantile(0.95, sum(rate(retry_latency_seconds_bucket[1h])) by (le, service))")
                            .get("{service=order}"))
                    .isCloseTo(0.25 + 0.25 * 14 / 20, NEARLY);

            String shares = "sum by (reason) (retry_failure_reason_labels{upstream=\"redis\"})"
                    + " / scalar(sum(retry_failure_reason_labels{upstream=\"redis\"}))";
            assertThat(server.query(shares)).isEqualTo(Map.of("{reason=connect}", 0.75, "{reason=timeout}", 0.25));
            assertThat(server.query("sum by (reason) (retry_failures_total{upstream=\"redis\"})"))
                    .isEqualTo(Map.of("{reason=connect}", 30.0, "{reason=timeout}", 10.0));

            assertThat(server.query("sum by (service, endpoint, status) (retry_count_total{upstream=\"inventory\"})"))
                    .isEqualTo(Map.of("{endpoint=GET /stock/{sku}, service=order, status=200}", 100.0));
            assertThat(server.query("sum by (result) (levee_calls_total{upstream=\"inventory\"})"))
                    .isEqualTo(Map.of(
                            "{result=succeeded_at_once}", 900.0,
                            "{result=succeeded_after_retry}", 100.0,
                            "{result=failed}", 0.0,
                            "{result=refused}", 0.0));
            assertThat(server.query("sum by (upstream) (levee_attempts_total)"))
                    .isEqualTo(Map.of(
                            "{upstream=inventory}", 1100.0, "{upstream=redis}", 100.0, "{upstream=payments}", 3.0));
            assertThat(server.query("sum by (upstream, kind) (levee_refusals_total) > 0"))
                    .isEqualTo(Map.of("{kind=breaker_open, upstream=payments}", 2.0));
            assertThat(server.query("sum by (upstream, state) (levee_breaker_state) > 0"))
                    .isEqualTo(Map.of("{state=open, upstream=payments}", 1.0));
            assertThat(server.query("levee_fallbacks_total{upstream=\"payments\"}")
                            .values())
                    .containsExactly(5.0);
            assertThat(server.query("levee_retry_budget_tokens{upstream=\"inventory\"}")
                            .values())
                    .singleElement()
                    .satisfies(tokens -> assertThat(tokens).isGreaterThan(90));

            Awaitility.await().atMost(PrometheusServer.PATIENCE).untilAsserted(() -> {
                assertThat(server.query("sum by (endpoint) (retry_count{upstream=\"inventory\"})"))
                        .isEqualTo(Map.of("{endpoint=GET /stock/{sku}}", 100.0));
                assertThat(server.query("sum by (le) (retry_latency_bucket{upstream=\"inventory\",le=\"0.05\"})"))
                        .isEqualTo(Map.of("{le=0.05}", 80.0));
            });
            assertThat(server.exemplars("retry_latency_seconds_bucket"))
                    .isNotEmpty()
                    .containsOnly(Shop.TRACEPARENT.split("-")[1]);
            assertThat(server.targetsLastError()).isEmpty();
        }
    }

    @Test
    void nativeHistogramsAreThereForAPrometheusThatAsksForThem() throws Exception {
        Programs.assumeInstalled();
        try (Shop shop = new Shop();
                PrometheusServer server = PrometheusServer.scraping(shop.metrics.port(), "native-histograms")) {
            server.awaitScrapes(2);
            shop.playScript();
            server.awaitScrapes(3);
            // Its buckets are fine enough to say what the script says: 300 ms, to 5 %.
            assertThat(server.query("histogram_quantile(0.95, sum by (service)"
                                    + " (rate(retry_latency_seconds{upstream=\"inventory\"}[1h])))")
                            .get("{service=order}"))
                    .isCloseTo(0.3, Offset.offset(0.015));
            assertThat(server.targetsLastError()).isEmpty();
        }
    }
}
