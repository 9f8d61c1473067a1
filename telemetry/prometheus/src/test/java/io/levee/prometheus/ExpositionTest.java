package io.levee.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.levee.AttemptBody;
import io.levee.Breaker;
import io.levee.Bulkhead;
import io.levee.Call;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.RetryPolicy;
import io.levee.metrics.Metric;
import io.levee.metrics.MetricOptions;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** What stands on the wire, and how it is asked for. */
class ExpositionTest {
    private static final String TEXT = "text/plain";
    private static final String OPEN_METRICS = "application/openmetrics-text;version=1.0.0";

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void promtoolHasNothingToSay() throws Exception {
        Programs.assumeInstalled();
        try (Shop shop = new Shop()) {
            shop.playScript();
            String text = shop.scrape(TEXT);
            assertThat(text).contains("retry_count_total{", "retry_latency_seconds_bucket{", "levee_breaker_state{");
            Programs.Ending check = Programs.promtool(Path.of("."), text, "check", "metrics");
            assertThat(check).isEqualTo(new Programs.Ending(0, ""));
        }
    }

    @Test
    void everyMetricIsExposedWithItsLabels() throws Exception {
        try (Shop shop = new Shop()) {
            shop.playScript();
            String text = shop.scrape(TEXT);
            for (Metric metric : Metric.values()) {
                String name = metric.baseName()
                        + switch (metric.kind()) {
                            case COUNTER -> "_total";
                            case HISTOGRAM -> "_bucket";
                            case GAUGE -> "";
                        };
                assertThat(text).contains("# HELP " + metric.baseName());
                assertThat(text.lines().filter(line -> line.startsWith(name + "{")))
                        .as(name)
                        .isNotEmpty()
                        .allSatisfy(line -> metric.labels()
                                .forEach(label -> assertThat(line).contains(label + "=\"")));
            }
            assertThat(text).doesNotContain("secret").doesNotContain("127.0.0.1");
        }
    }

    @Test
    void exemplarsOfSampledTracesAreInOpenMetrics() throws Exception {
        try (Shop shop = new Shop(new FixedTrace(Shop.TRACEPARENT))) {
            shop.playScript();
            assertThat(shop.scrape(OPEN_METRICS))
                    .contains("# {span_id=\"00f067aa0ba902b7\",trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\"}")
                    .endsWith("# EOF\n");
        }
        try (Shop shop = new Shop(new FixedTrace(Shop.TRACEPARENT.replaceFirst("01$", "00")))) {
            shop.playScript();
            assertThat(shop.scrape(OPEN_METRICS)).doesNotContain("trace_id");
        }
        assertThat((Object) HistogramRecorder.exemplar("nonsense")).isNull();
        assertThat((Object) HistogramRecorder.exemplar(null)).isNull();
        assertThat((Object) HistogramRecorder.exemplar(Shop.TRACEPARENT))
                .isEqualTo(Labels.of("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736", "span_id", "00f067aa0ba902b7"));
    }

    @Test
    void endpointsAreBoundedAndUrlsAreNone() throws Exception {
        PrometheusRegistry registry = new PrometheusRegistry();
        LeveePrometheus prometheus = LeveePrometheus.of(
                registry, MetricOptions.defaults().service("s").maxEndpoints(3));
        try (Levee levee = Levee.named("u")
                        .retry(RetryPolicy.fixed(Duration.ofNanos(1)).attempts(2))
                        .noRetryBudget()
                        .idempotent()
                        .telemetry(prometheus)
                        .build();
                MetricsServer server = prometheus.serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            for (int i = 0; i < 50; i++) {
                failOnce(levee, "op" + i);
            }
            failOnce(levee, "GET http://shop/stock/4711");
            failOnce(levee, "");
            String text = get(server, "").body();
            assertThat(text.lines().filter(line -> line.startsWith("retry_count_total{")))
                    .hasSize(4)
                    .anyMatch(line -> line.contains("endpoint=\"_OTHER\"") && line.endsWith(" 49.0"));
            assertThat(text).contains("levee_label_overflows_total{label=\"endpoint\"} 49.0");
            assertThat(text).doesNotContain("4711");
        }
    }

    private static void failOnce(Levee levee, String operation) {
        levee.execute(Call.named(operation), attempt -> {
            if (attempt.number() == 0) {
                throw new IOException("reset");
            }
            return "7";
        });
    }

    @Test
    void theHandlerSpeaksTheFormatThatIsAskedFor() throws Exception {
        PrometheusRegistry registry = new PrometheusRegistry();
        Gauge.builder().name("own").help("The application's own").register(registry);
        LeveePrometheus prometheus = LeveePrometheus.of(registry);
        try (MetricsServer server = prometheus.serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            assertThat(get(server, "").headers().firstValue("content-type").orElse(""))
                    .startsWith("text/plain");
            assertThat(get(server, "", "Accept", OPEN_METRICS).body()).endsWith("# EOF\n");
            assertThat(get(server, "?name[]=own".replace("[", "%5B").replace("]", "%5D"))
                            .body())
                    .contains("own 0.0")
                    .doesNotContain("levee_");
            HttpResponse<byte[]> zipped = http.send(
                    HttpRequest.newBuilder(uri(server, ""))
                            .header("Accept-Encoding", "gzip")
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertThat(new String(
                            new GZIPInputStream(new java.io.ByteArrayInputStream(zipped.body())).readAllBytes(),
                            java.nio.charset.StandardCharsets.UTF_8))
                    .contains("own 0.0");
            assertThat(http.send(
                                    HttpRequest.newBuilder(uri(server, ""))
                                            .DELETE()
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(405);
            registry.register((io.prometheus.metrics.model.registry.Collector) () -> {
                throw new IllegalStateException("a collector that fails");
            });
            assertThat(get(server, "").statusCode()).isEqualTo(500);
            assertThat(get(server, "").body())
                    .contains("a collector that fails")
                    .doesNotContain("\tat ");
            int port = server.port();
            assertThatThrownBy(() -> prometheus.serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(String.valueOf(port))
                    .hasMessageContaining("in use");
        }
    }

    private HttpResponse<String> get(MetricsServer server, String query, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(server, query));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(MetricsServer server, String query) {
        return URI.create("http://127.0.0.1:" + server.port() + "/metrics" + query);
    }

    @Test
    void oneRegistryHasThemOnce() {
        PrometheusRegistry registry = new PrometheusRegistry();
        LeveePrometheus first = LeveePrometheus.of(registry);
        assertThat(LeveePrometheus.of(registry)).isSameAs(first);
        assertThatThrownBy(() -> LeveePrometheus.of(registry, MetricOptions.defaults()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("before the first Levee");
    }

    @Test
    void aLeveeThatNamesNoTelemetryIsInTheDefaultRegistry() {
        assertThat(ServiceLoader.load(io.levee.Telemetry.class).stream().map(ServiceLoader.Provider::type))
                .contains(PrometheusTelemetry.class);
        try (Levee levee = Levee.named("found by itself").build()) {
            levee.call(attempt -> "7");
            assertThat(PrometheusRegistry.defaultRegistry.scrape().toString()).isNotNull();
            assertThat(PrometheusRegistry.defaultRegistry.scrape("levee_calls"::equals).stream()
                            .flatMap(snapshot -> snapshot.getDataPoints().stream())
                            .map(point -> point.getLabels().get("upstream")))
                    .contains("found by itself");
        }
    }

    @Test
    void aCallThatSucceedsAtOnceAllocatesNothing() throws Exception {
        Levee levee = Levee.named("hot")
                .limiter(Limiter.perSecond(1e9).burst(1_000_000))
                .breaker(Breaker.failureRate(0.5))
                .bulkhead(Bulkhead.inFlight(10))
                .telemetry(LeveePrometheus.of(new PrometheusRegistry()))
                .build();
        AttemptBody<String, RuntimeException> body = attempt -> "7";
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        int calls = 20_000;
        for (int i = 0; i < calls; i++) {
            levee.call(body);
        }
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < calls; i++) {
            levee.call(body);
        }
        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(calls);
        assertThat(levee.callAsync(attempt -> CompletableFuture.completedFuture("7"))
                        .get())
                .isEqualTo("7");
        levee.close();
    }
}
