package io.levee.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.levee.test.VirtualTime;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The metrics in Micrometer's registries; run with the Micrometer that this is compiled against and with the newest. */
class LeveeMicrometerTest {
    private final VirtualTime time = VirtualTime.create();

    @Test
    void thisRunHasTheVersionThatItIsAbout() {
        assertThat(MeterRegistry.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString())
                .contains("micrometer-core-" + System.getProperty("levee.micrometer") + ".jar");
    }

    /** 3 calls at once, 2 after a retry that comes 200 ms after the failure, 1 that fails three times, 1 refused. */
    private Levee play(MeterRegistry registry) {
        Levee levee = Levee.named("inventory")
                .time(time)
                .retry(RetryPolicy.fixed(Duration.ofMillis(200)).attempts(3))
                .idempotent()
                .breaker(Breaker.consecutiveFailures(3))
                .limiter(Limiter.perSecond(100).burst(100))
                .bulkhead(Bulkhead.inFlight(5))
                .telemetry(LeveeMicrometer.of(registry, MetricOptions.defaults().service("order")))
                .build();
        for (int i = 0; i < 3; i++) {
            levee.call(attempt -> "7");
        }
        for (int i = 0; i < 2; i++) {
            levee.execute(Call.named("GET /stock/{sku}"), attempt -> {
                if (attempt.number() == 0) {
                    throw new ConnectException("refused");
                }
                return "7";
            });
        }
        for (int i = 0; i < 2; i++) {
            levee.execute(Call.named("GET /stock/{sku}"), attempt -> {
                throw new ConnectException("refused");
            });
        }
        return levee;
    }

    @Test
    void theFiguresAreThoseOfTheCalls() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Levee levee = play(registry)) {
            assertThat(count(registry, "levee.calls", "result", "succeeded_at_once"))
                    .isEqualTo(3);
            assertThat(count(registry, "levee.calls", "result", "succeeded_after_retry"))
                    .isEqualTo(2);
            assertThat(count(registry, "levee.calls", "result", "failed")).isEqualTo(1);
            assertThat(count(registry, "levee.calls", "result", "refused")).isEqualTo(1);
            assertThat(count(registry, "retry.count", "status", "ok")).isEqualTo(2);
            assertThat(count(registry, "retry.count", "status", "error")).isEqualTo(2);
            assertThat(count(registry, "retry.failures", "reason", "connect")).isEqualTo(5);
            assertThat(registry.get("levee.breaker.state")
                            .tag("state", "open")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(registry.get("levee.retry.budget.tokens").gauge().value())
                    .isPositive();
            Timer latency = registry.get("retry.latency").timer();
            assertThat(latency.count()).isEqualTo(4);
            assertThat(latency.totalTime(TimeUnit.SECONDS)).isCloseTo(0.8, Offset.offset(1e-6));
            assertThat(levee.breaker()).isNotNull();
        }
    }

    private static double count(MeterRegistry registry, String name, String tag, String value) {
        return registry.get(name).tag(tag, value).functionCounter().count();
    }

    @Test
    void theKeysOfAMetricsTagsAreAlwaysTheSame() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Levee levee = play(registry)) {
            levee.call(attempt -> {
                throw new IllegalStateException("another reason");
            });
        } catch (RuntimeException refused) {
            // the breaker is open
        }
        for (Metric metric : Metric.values()) {
            assertThat(registry.find(LeveeMicrometer.name(metric)).meters())
                    .as(metric.baseName())
                    .isNotEmpty()
                    .allSatisfy(
                            meter -> assertThat(meter.getId().getTags().stream().map(Tag::getKey))
                                    .containsExactlyInAnyOrderElementsOf(metric.labels()));
        }
        assertThat(registry.getMeters().stream().map(Meter::getId).map(Meter.Id::getName))
                .allMatch(name -> name.startsWith("levee.") || name.startsWith("retry."));
    }

    @Test
    void aPrometheusRegistryShowsTheNamesOfTheTable() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (Levee levee = play(registry)) {
            String text = registry.scrape();
            for (Metric metric : Metric.values()) {
                String name = metric.baseName()
                        + switch (metric.kind()) {
                            case COUNTER -> "_total";
                            case HISTOGRAM -> "_bucket";
                            case GAUGE -> "";
                        };
                List<String> lines =
                        text.lines().filter(line -> line.startsWith(name + "{")).toList();
                assertThat(lines).as(name).isNotEmpty();
            }
            assertThat(text)
                    .contains("retry_latency_seconds_bucket{service=\"order\",upstream=\"inventory\",le=\"0.25\"")
                    .contains("retry_latency_seconds_count{service=\"order\",upstream=\"inventory\"} 4");
            assertThat(levee.name()).isEqualTo("inventory");
        }
    }

    @Test
    void aLeveeThatNamesNoTelemetryIsInTheGlobalRegistry() {
        assertThat(ServiceLoader.load(io.levee.Telemetry.class).stream().map(ServiceLoader.Provider::type))
                .contains(MicrometerTelemetry.class);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Metrics.addRegistry(registry);
        try (Levee levee = Levee.named("found by itself").build()) {
            levee.call(attempt -> "7");
            assertThat(registry.get("levee.calls")
                            .tag("upstream", "found by itself")
                            .tag("result", "succeeded_at_once")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
        } finally {
            Metrics.removeRegistry(registry);
        }
    }

    @Test
    void aCallThatSucceedsAtOnceAllocatesNothing() {
        Levee levee = Levee.named("hot")
                .limiter(Limiter.perSecond(1e9).burst(1_000_000))
                .breaker(Breaker.failureRate(0.5))
                .telemetry(LeveeMicrometer.of(new SimpleMeterRegistry()))
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
        levee.close();
    }
}
