package io.levee.guard.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.gate.Event;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What metrics are counted as, sent to a real server. Points are told in seconds after its start. */
class MetricsTest {
    private static final IngestSettings SETTINGS = IngestSettings.defaults()
            .withMetrics(List.of(
                    MetricRule.HTTP_SERVER,
                    MetricRule.LEVEE_CALLS.withDegraded("result", "fallback").withLeftOut("result", "cancelled")));

    private Guard guard = new Guard(SETTINGS);

    @AfterEach
    void stop() {
        guard.close();
    }

    private static long nanos(long second) {
        return Guard.STARTED.plusSeconds(second).getEpochSecond() * 1_000_000_000L;
    }

    private static NumberDataPoint point(String result, long start, long time, long value) {
        return NumberDataPoint.newBuilder()
                .addAttributes(Spans.text("upstream", "inventory"))
                .addAttributes(Spans.text("result", result))
                .setStartTimeUnixNano(nanos(start))
                .setTimeUnixNano(nanos(time))
                .setAsInt(value)
                .build();
    }

    private static Metric sum(boolean delta, NumberDataPoint... points) {
        return Metric.newBuilder()
                .setName("levee_calls_total")
                .setSum(Sum.newBuilder()
                        .setIsMonotonic(true)
                        .setAggregationTemporality(
                                delta
                                        ? AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
                                        : AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                        .addAllDataPoints(List.of(points)))
                .build();
    }

    private ExportMetricsServiceResponse send(String pod, Metric... metrics) throws Exception {
        HttpResponse<byte[]> answer = post(pod, metrics);
        assertThat(answer.statusCode()).isEqualTo(200);
        return ExportMetricsServiceResponse.parseFrom(answer.body());
    }

    private HttpResponse<byte[]> post(String pod, Metric... metrics) throws Exception {
        ExportMetricsServiceRequest request = ExportMetricsServiceRequest.newBuilder()
                .addResourceMetrics(ResourceMetrics.newBuilder()
                        .setResource(Resource.newBuilder()
                                .addAttributes(Spans.text("service.name", "order"))
                                .addAttributes(Spans.text("service.version", "1.4.2"))
                                .addAttributes(Spans.text("service.instance.id", pod)))
                        .addScopeMetrics(ScopeMetrics.newBuilder().addAllMetrics(List.of(metrics))))
                .build();
        return guard.post("/v1/metrics", "application/x-protobuf", request.toByteArray());
    }

    private void assertCounts(long good, long bad) {
        assertThat(guard.recorded.count(Event.Outcome.GOOD)).isEqualTo(good);
        assertThat(guard.recorded.count(Event.Outcome.BAD)).isEqualTo(bad);
    }

    @Test
    void deltasAreCountedOnceThoughTheyComeTwice() throws Exception {
        for (int i = 0; i < 2; i++) {
            send("a", sum(true, point("ok", 0, 10, 40), point("failed", 0, 10, 2), point("cancelled", 0, 10, 9)));
        }
        send("a", sum(true, point("ok", 10, 20, 5), point("fallback", 10, 20, 1)));
        assertCounts(45, 2);
        assertThat(guard.recorded.count(Event.Outcome.DEGRADED)).isEqualTo(1);
        assertThat(guard.recorded.of("inventory")).hasSize(48).allMatch(event -> "1.4.2".equals(event.release()));
        assertThat(guard.recorded.events().get(0).time()).isEqualTo(Guard.STARTED.plusSeconds(10));
    }

    @Test
    void aNewPodsFirstErrorsCount() throws Exception {
        send("b", sum(false, point("failed", 5, 10, 3)));
        send("b", sum(false, point("failed", 5, 20, 3)));
        send("b", sum(false, point("failed", 5, 30, 7)));
        assertCounts(0, 7);
        // A restart of the pod: a new start time, or a value that shrank.
        send("b", sum(false, point("failed", 31, 40, 9)));
        send("b", sum(false, point("failed", 31, 50, 1)));
        assertCounts(0, 17);
        // Out of order, and again.
        send("b", sum(false, point("failed", 31, 45, 9)));
        send("b", sum(false, point("failed", 31, 50, 1)));
        assertCounts(0, 17);
    }

    @Test
    void aPodThatRanBeforeTheGuardCountsFromItsFirstPointOn() throws Exception {
        send("c", sum(false, point("ok", -3_600, 10, 1_000_000)));
        send("c", sum(false, point("ok", -3_600, 20, 1_000_004)));
        assertCounts(4, 0);
        send("d", sum(false, point("ok", -3_600, 20, 70)));
        assertCounts(4, 0);
    }

    @Test
    void whatWasNotStoredIsCountedWhenItComesAgain() throws Exception {
        guard.recorded.isBroken = true;
        Metric metric = sum(false, point("ok", 1, 10, 6));
        assertThat(post("e", metric).statusCode()).isEqualTo(503);
        guard.recorded.isBroken = false;
        send("e", metric);
        send("e", metric);
        assertCounts(6, 0);
    }

    @Test
    void histogramsCountTheirSamples() throws Exception {
        HistogramDataPoint.Builder point = HistogramDataPoint.newBuilder()
                .setStartTimeUnixNano(nanos(0))
                .setTimeUnixNano(nanos(10))
                .addAttributes(Spans.text("http.route", "/orders"))
                .setCount(12)
                .setSum(3.5);
        send(
                "f",
                Metric.newBuilder()
                        .setName("http.server.request.duration")
                        .setHistogram(Histogram.newBuilder()
                                .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
                                .addDataPoints(
                                        point.clone().addAttributes(Spans.number("http.response.status_code", 200)))
                                .addDataPoints(point.clone()
                                        .addAttributes(Spans.number("http.response.status_code", 429))
                                        .setCount(1))
                                .addDataPoints(point.clone()
                                        .addAttributes(Spans.number("http.response.status_code", 404))
                                        .setCount(2)))
                        .build());
        assertCounts(14, 1);
        assertThat(guard.recorded.of("order")).allMatch(event -> "/orders".equals(event.route()));
    }

    @Test
    void whatIsNoCounterIsToldAndTheRestIsCounted() throws Exception {
        Metric gauge = Metric.newBuilder()
                .setName("levee_calls_total")
                .setGauge(Gauge.newBuilder().addDataPoints(point("ok", 0, 10, 1)))
                .build();
        Metric updown = Metric.newBuilder()
                .setName("levee_calls_total")
                .setSum(Sum.newBuilder().addDataPoints(point("ok", 0, 10, 1)))
                .build();
        Metric unknown = Metric.newBuilder()
                .setName("levee_calls_total")
                .setSum(Sum.newBuilder().setIsMonotonic(true).addDataPoints(point("ok", 0, 10, 1)))
                .build();
        Metric other = gauge.toBuilder().setName("queue_length").build();
        ExportMetricsServiceResponse response = send(
                "g",
                gauge,
                updown,
                unknown,
                other,
                sum(true, point("ok", 0, 10, -1)),
                sum(true, point("ok", 0, 20, 1)));
        assertThat(response.getPartialSuccess().getRejectedDataPoints()).isEqualTo(4);
        assertThat(response.getPartialSuccess().getErrorMessage())
                .contains("is a gauge")
                .contains("not monotonic")
                .contains("neither delta nor cumulative")
                .contains("no count");
        assertCounts(1, 0);
    }

    @Test
    void theMemoryOfSeriesIsBoundedAndForgettingCountsNothingTwice() {
        SeriesMemory memory = new SeriesMemory(2, Instant.ofEpochSecond(100));
        long second = 1_000_000_000L;
        SeriesMemory.Change change = memory.change();
        for (String series : List.of("a", "b", "c")) {
            assertThat(change.grownBy(series, new SeriesMemory.Point(101 * second, 110 * second, 5)))
                    .isEqualTo(5);
        }
        change.keep();
        // One of them is forgotten, and what began before that cannot be told from it any more.
        change = memory.change();
        long again = 0;
        for (String series : List.of("a", "b", "c")) {
            again += change.grownBy(series, new SeriesMemory.Point(101 * second, 120 * second, 6));
        }
        assertThat(again).isEqualTo(2);
        assertThat(change.grownBy("new", new SeriesMemory.Point(111 * second, 120 * second, 4)))
                .isEqualTo(4);
    }
}
