package io.levee.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.Breaker;
import io.levee.Bulkhead;
import io.levee.Call;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.RetryPolicy;
import io.levee.test.ScriptedDownstream;
import io.levee.test.VirtualTime;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The figures against known calls, in virtual time. */
class MetersTest {
    private final VirtualTime time = VirtualTime.create();
    private final List<Double> latencies = new ArrayList<>();
    private final List<Double> waits = new ArrayList<>();
    private final Map<String, DoubleSupplier> series = new TreeMap<>();
    private final Meters meters =
            new Meters(MetricOptions.defaults().service("order"), (service, upstream) -> new Heard(), time::nanoTime);

    private final class Heard implements Recorder {
        @Override
        public void retryEnded(double seconds, @Nullable String traceparent) {
            latencies.add(seconds);
        }

        @Override
        public void limiterWaited(double seconds) {
            waits.add(seconds);
        }

        @Override
        public void seriesAdded(Metric metric, List<String> labels, DoubleSupplier value) {
            assertThat(series.put(metric.baseName() + labels, value)).isNull();
        }
    }

    private Levee.Builder levee(String name) {
        return Levee.named(name)
                .time(time)
                .retry(RetryPolicy.fixed(Duration.ofMillis(200)).attempts(3))
                .idempotent()
                .telemetry(meters);
    }

    private Map<String, Double> read(Metric metric) {
        Map<String, Double> values = new TreeMap<>();
        meters.read(metric, (labels, value) -> {
            if (value != 0) {
                values.put(String.join(",", labels), value);
            }
        });
        return values;
    }

    @Test
    void aRetryIsTimedFromTheFailureBeforeIt() {
        ScriptedDownstream<String> stock = ScriptedDownstream.<String>on(time)
                .failsWith(new ConnectException("refused"))
                .takes(Duration.ofMillis(30))
                .times(2)
                .thenReturns("7")
                .takes(Duration.ofMillis(50));
        levee("inventory").build().execute(Call.named("GET /stock/{sku}"), stock);
        assertThat(latencies).hasSize(2);
        assertThat(latencies.get(0)).isCloseTo(0.230, Offset.offset(1e-9));
        assertThat(latencies.get(1)).isCloseTo(0.250, Offset.offset(1e-9));
        assertThat(read(Metric.RETRIES))
                .isEqualTo(Map.of(
                        "order,inventory,GET /stock/{sku},error", 1.0, "order,inventory,GET /stock/{sku},ok", 1.0));
        assertThat(read(Metric.CALLS)).isEqualTo(Map.of("order,inventory,succeeded_after_retry", 1.0));
        assertThat(read(Metric.ATTEMPTS)).isEqualTo(Map.of("order,inventory,first", 1.0, "order,inventory,retry", 2.0));
        assertThat(read(Metric.FAILURES)).isEqualTo(Map.of("connect,order,inventory", 2.0));
        assertThat(read(Metric.AMPLIFICATION)).isEqualTo(Map.of("order,inventory", 3.0));
    }

    @Test
    void anAsynchronousCallIsCountedAlike() {
        Levee levee = levee("inventory").executor(Runnable::run).build();
        boolean[] failed = {false};
        CompletableFuture<String> call = levee.callAsync(attempt -> {
            if (!failed[0]) {
                failed[0] = true;
                return CompletableFuture.failedFuture(new ConnectException("refused"));
            }
            return CompletableFuture.completedFuture("7");
        });
        time.runUntilIdle();
        assertThat(call).isCompletedWithValue("7");
        assertThat(latencies).hasSize(1);
        assertThat(latencies.get(0)).isGreaterThanOrEqualTo(0.2).isLessThan(0.25);
        assertThat(read(Metric.RETRIES)).isEqualTo(Map.of("order,inventory,unnamed,ok", 1.0));
    }

    @Test
    void theGaugesOfFailuresAndAmplificationForgetAfterAMinute() {
        Levee levee = levee("inventory").build();
        levee.execute(Call.named("x"), attempt -> {
            throw new ConnectException("refused");
        });
        assertThat(read(Metric.FAILURE_REASONS)).isEqualTo(Map.of("connect,order,inventory", 3.0));
        assertThat(read(Metric.AMPLIFICATION)).isEqualTo(Map.of("order,inventory", 3.0));
        time.advance(Duration.ofSeconds(70));
        assertThat(read(Metric.FAILURE_REASONS)).isEmpty();
        assertThat(read(Metric.FAILURES)).isEqualTo(Map.of("connect,order,inventory", 3.0));
        levee.call(attempt -> "7");
        time.advance(Duration.ofSeconds(1));
        assertThat(read(Metric.AMPLIFICATION)).isEqualTo(Map.of("order,inventory", 1.0));
    }

    @Test
    void whatLeveeHeldBackIsCountedByWhatHeldIt() {
        Levee levee = levee("payments")
                .breaker(Breaker.consecutiveFailures(1))
                .limiter(Limiter.perSecond(10).burst(1))
                .bulkhead(Bulkhead.inFlight(5))
                .build();
        for (int i = 0; i < 3; i++) {
            levee.execute(Call.<String>named("charge").fallback("later"), attempt -> {
                throw new ConnectException("refused");
            });
        }
        assertThat(read(Metric.REFUSALS)).isEqualTo(Map.of("order,payments,breaker_open", 3.0));
        assertThat(read(Metric.STOPS)).isEqualTo(Map.of("order,payments,breaker_open", 3.0));
        assertThat(read(Metric.CALLS)).isEqualTo(Map.of("order,payments,failed", 1.0, "order,payments,refused", 2.0));
        assertThat(read(Metric.FALLBACKS)).isEqualTo(Map.of("order,payments", 3.0));
        assertThat(read(Metric.BREAKER_STATE)).isEqualTo(Map.of("order,payments,open", 1.0));
        assertThat(read(Metric.BREAKER_TRANSITIONS)).isEqualTo(Map.of("order,payments,open", 1.0));
        assertThat(read(Metric.LIMITER_RATE)).isEqualTo(Map.of("order,payments", 10.0));
        assertThat(read(Metric.RETRY_BUDGET).get("order,payments")).isGreaterThan(9);
        levee.close();
        assertThat(read(Metric.BREAKER_STATE)).isEmpty();
        assertThat(read(Metric.RETRY_BUDGET)).isEmpty();
        assertThat(read(Metric.STOPS)).isNotEmpty();
    }

    @Test
    void aWaitForAPermitIsObserved() {
        Levee levee = levee("pricing").limiter(Limiter.perSecond(10).burst(1)).build();
        levee.call(attempt -> "7");
        levee.call(attempt -> "7");
        assertThat(waits).hasSize(1);
        assertThat(waits.get(0)).isCloseTo(0.1, Offset.offset(1e-6));
    }

    @Test
    void leveesOfOneNameAreOneSeries() {
        Levee one = levee("inventory").build();
        Levee other = levee("inventory").build();
        one.call(attempt -> "7");
        other.call(attempt -> "7");
        assertThat(read(Metric.CALLS)).isEqualTo(Map.of("order,inventory,succeeded_at_once", 2.0));
        assertThat(series.get("levee_calls[order, inventory, succeeded_at_once]")
                        .getAsDouble())
                .isEqualTo(2);
    }

    @Test
    void everySeriesThatIsReadWasAnnounced() {
        Levee levee = levee("inventory")
                .breaker(Breaker.consecutiveFailures(2))
                .limiter(Limiter.perSecond(1000))
                .bulkhead(Bulkhead.inFlight(5))
                .build();
        levee.execute(Call.named("x"), attempt -> {
            throw new ConnectException("refused");
        });
        for (Metric metric : Metric.values()) {
            if (metric.kind() != Metric.Kind.HISTOGRAM && metric != Metric.LABEL_OVERFLOW) {
                meters.read(metric, (labels, value) -> {
                    assertThat(labels).hasSameSizeAs(metric.labels());
                    DoubleSupplier announced = series.get(metric.baseName() + labels);
                    assertThat(announced).as("%s %s", metric, labels).isNotNull();
                    assertThat(announced.getAsDouble()).isEqualTo(value);
                });
            }
        }
        assertThatThrownBy(() -> meters.read(Metric.RETRY_LATENCY, (labels, value) -> {}))
                .hasMessageContaining("histogram");
    }

    @Test
    void theServiceIsNamedAsOpenTelemetryIsTold() {
        Map<String, String> none = Map.of();
        assertThat(MetricOptions.serviceName(none::get, none::get)).isEqualTo("unknown_service:java");
        assertThat(MetricOptions.serviceName(
                        none::get, Map.of("OTEL_RESOURCE_ATTRIBUTES", "a=b, service.name=order")::get))
                .isEqualTo("order");
        assertThat(MetricOptions.serviceName(
                        none::get,
                        Map.of("OTEL_SERVICE_NAME", "cart", "OTEL_RESOURCE_ATTRIBUTES", "service.name=order")::get))
                .isEqualTo("cart");
        assertThat(MetricOptions.serviceName(
                        Map.of("otel.service.name", "x")::get, Map.of("OTEL_SERVICE_NAME", "y")::get))
                .isEqualTo("x");
        assertThatThrownBy(() -> MetricOptions.defaults().service(" ")).hasMessageContaining("blank");
        assertThatThrownBy(() -> MetricOptions.defaults().maxEndpoints(0)).hasMessageContaining("is 0");
    }

    /** The page says what is on the wire, row by row. */
    @Test
    void theDocumentationHasEveryNameWithItsLabels() throws Exception {
        String page = Files.readString(Path.of("..", "..", "docs", "observability.md"));
        Set<String> rows = Pattern.compile("(?m)^\\| `([a-z_]+)`.*? \\| (counter|gauge|histogram) \\| ([a-z, ]+) \\|")
                .matcher(page)
                .results()
                .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3))
                .collect(Collectors.toCollection(HashSet::new));
        for (Metric metric : Metric.values()) {
            String suffix = switch (metric.kind()) {
                case COUNTER -> "_total counter ";
                case GAUGE -> " gauge ";
                case HISTOGRAM -> "_bucket histogram ";
            };
            assertThat(rows.remove(metric.baseName() + suffix + String.join(", ", metric.labels())))
                    .as("a row for %s", metric.baseName())
                    .isTrue();
        }
        assertThat(rows).isEmpty();
    }
}
