package io.levee.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.levee.Call;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.opentelemetry.OtlpReceiver.Received;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What arrives at an OTLP receiver, counted there. */
class RetrySamplingTest {
    private OtlpReceiver receiver;
    private OpenTelemetrySdk sdk;
    private Levee levee;

    @BeforeEach
    void start() throws Exception {
        receiver = new OtlpReceiver();
    }

    @AfterEach
    void stop() {
        if (sdk != null) {
            sdk.close();
        }
        receiver.close();
    }

    private RetrySampling sampling(RetrySampling made) {
        sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(made.sampler())
                        .addSpanProcessor(made.exportTo(OtlpHttpSpanExporter.builder()
                                .setEndpoint(receiver.endpoint() + "/v1/traces")
                                .build()))
                        .build())
                .build();
        levee = Levee.named("inventory")
                .idempotent()
                .noRetryBudget()
                .retry(RetryPolicy.fixed(Duration.ZERO).attempts(3))
                .telemetry(LeveeOpenTelemetry.of(sdk))
                .build();
        return made;
    }

    /** A request of a service: work before, a call that may be retried, work after. Six spans, seven with a retry. */
    private void request(int number, boolean retried, SpanContext remoteParent) {
        Tracer tracer = sdk.getTracer("service");
        Context parent = remoteParent == null ? Context.root() : Context.root().with(Span.wrap(remoteParent));
        Span server = tracer.spanBuilder("request " + number).setParent(parent).startSpan();
        try (Scope here = server.makeCurrent()) {
            tracer.spanBuilder("before").startSpan().end();
            levee.call(Call.<String>named("stock"), attempt -> {
                tracer.spanBuilder("inside").startSpan().end();
                if (retried && attempt.number() == 0) {
                    throw Unchecked.of(new ConnectException());
                }
                return "7";
            });
            tracer.spanBuilder("after").startSpan().end();
        } finally {
            server.end();
        }
    }

    private static final class Unchecked {
        @SuppressWarnings("unchecked")
        static <X extends Throwable> X of(Throwable thrown) throws X {
            throw (X) thrown;
        }
    }

    private Map<String, List<Received>> traces() {
        assertThat(sdk.getSdkTracerProvider()
                        .forceFlush()
                        .join(60, TimeUnit.SECONDS)
                        .isSuccess())
                .isTrue();
        return receiver.spans().stream().collect(Collectors.groupingBy(Received::trace));
    }

    @Test
    void diagnosisModeKeepsEveryTraceWithARetryWholeAndTheShareBesides() {
        RetrySampling sampling = sampling(RetrySampling.builder().ratio(0).build());
        for (int i = 0; i < 1_000; i++) {
            request(i, i % 50 == 0, null);
        }
        assertThat(traces()).as("the sampler alone").isEmpty();

        sampling.diagnosis(true);
        for (int i = 0; i < 1_000; i++) {
            request(i, i % 50 == 0, null);
        }
        assertThat(traces()).hasSize(20);
        assertThat(traces().values()).allSatisfy(trace -> {
            assertThat(trace)
                    .extracting(Received::name)
                    .containsExactlyInAnyOrder(
                            trace.stream()
                                    .map(Received::name)
                                    .filter(name -> name.startsWith("request"))
                                    .findFirst()
                                    .orElse("?"),
                            "before",
                            "retry.execute stock",
                            "retry.attempt stock",
                            "inside",
                            "retry.attempt stock",
                            "inside",
                            "after");
            assertThat(trace).allMatch(span -> (span.span().getFlags() & 1) == 1);
            assertThat(trace).anyMatch(span -> Long.valueOf(1).equals(span.number("http.retry_count")));
        });
        assertThat(sampling.kept()).isZero();
        assertThat(sampling.dropped()).isZero();

        sampling.diagnosis(false);
        int before = receiver.spans().size();
        request(0, true, null);
        traces();
        assertThat(receiver.spans()).hasSize(before);
    }

    /** As a request whose call is retried, with the mode switched before its second attempt. */
    private void switchedInMidCall(RetrySampling sampling, boolean on) {
        sampling.diagnosis(!on);
        Span server =
                sdk.getTracer("service").spanBuilder("request").setNoParent().startSpan();
        try (Scope here = server.makeCurrent()) {
            levee.call(Call.<String>named("stock"), attempt -> {
                if (attempt.number() == 0) {
                    sampling.diagnosis(on);
                    throw Unchecked.of(new ConnectException());
                }
                return "7";
            });
        } finally {
            server.end();
        }
    }

    @Test
    void aTraceInProgressEndsAsItBeganWhenTheModeIsSwitched() {
        RetrySampling sampling = sampling(RetrySampling.builder().ratio(0).build());
        switchedInMidCall(sampling, true);
        assertThat(traces()).as("begun without").isEmpty();
        assertThat(sampling.kept()).isZero();
        switchedInMidCall(sampling, false);
        assertThat(traces().values())
                .singleElement()
                .satisfies(trace -> assertThat(trace)
                        .extracting(Received::name)
                        .containsExactlyInAnyOrder(
                                "request", "retry.execute stock", "retry.attempt stock", "retry.attempt stock"));
        request(0, true, null);
        assertThat(traces()).as("it is off").hasSize(1);
    }

    @Test
    void theShareIsTakenFromTheParentAndByRatio() {
        sampling(RetrySampling.builder().ratio(1).build());
        request(0, false, null);
        assertThat(traces().values())
                .singleElement()
                .satisfies(trace -> assertThat(trace).hasSize(6));
        request(1, false, remote(TraceFlags.getDefault(), TraceState.getDefault()));
        assertThat(traces()).hasSize(1);
        request(2, false, remote(TraceFlags.getSampled(), TraceState.getDefault()));
        assertThat(traces()).hasSize(2);
        assertThat(RetrySampling.create()
                        .sampler()
                        .shouldSample(
                                Context.root(),
                                "ffffffffffffffff0000000000000000",
                                "x",
                                io.opentelemetry.api.trace.SpanKind.INTERNAL,
                                io.opentelemetry.api.common.Attributes.empty(),
                                List.of()))
                .isNotNull();
    }

    private static SpanContext remote(TraceFlags flags, TraceState state) {
        return SpanContext.createFromRemoteParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", flags, state);
    }

    @Test
    void whatWasNotTakenByChanceCarriesNoThresholdAndSaysWhy() {
        sampling(RetrySampling.builder().ratio(0).build()).diagnosis(true);
        TraceState state = TraceState.builder()
                .put("ot", "th:fd70a4;rv:abcdef01234567")
                .put("vendor", "x")
                .build();
        request(0, true, remote(TraceFlags.getDefault(), state));
        assertThat(traces().get("0af7651916cd43dd8448eb211c80319c")).hasSize(8).allSatisfy(span -> {
            assertThat(span.span().getTraceState())
                    .contains("vendor=x")
                    .contains("ot=rv:abcdef01234567")
                    .doesNotContain("th:");
        });
        // All but what the retry itself did: that is sampled because its parent is.
        assertThat(receiver.spans().stream().filter(span -> "retry".equals(span.text("sampling.reason"))))
                .hasSize(7);
    }

    @Test
    void theBoundsHoldAndWhatTheyCostIsCountedAsAMetric() {
        InMemoryMetricReader reader = InMemoryMetricReader.create();
        SdkMeterProvider meters =
                SdkMeterProvider.builder().registerMetricReader(reader).build();
        RetrySampling sampling = sampling(RetrySampling.builder()
                .ratio(0)
                .maxTraces(2)
                .maxSpansPerTrace(3)
                .maxSpans(5)
                .build());
        sampling.metrics(meters).diagnosis(true);
        Tracer tracer = sdk.getTracer("service");
        Span[] roots = new Span[3];
        for (int i = 0; i < 3; i++) {
            roots[i] = tracer.spanBuilder("root").setNoParent().startSpan();
            for (int child = 0; child < 4; child++) {
                tracer.spanBuilder("child")
                        .setParent(Context.root().with(roots[i]))
                        .startSpan()
                        .end();
            }
        }
        // 3 + 2 are kept, 1 + 2 too many; the third trace drives the first out, and then has room for 3.
        assertThat(sampling.kept()).isEqualTo(5);
        assertThat(sampling.dropped()).isEqualTo(1 + 2 + 3 + 1);
        for (Span root : roots) {
            root.end();
        }
        assertThat(sampling.kept()).isZero();
        assertThat(reader.collectAllMetrics().stream()
                        .filter(metric -> metric.getName().equals("levee.sampling.dropped"))
                        .flatMap(metric -> metric.getLongSumData().getPoints().stream())
                        .mapToLong(point -> point.getValue())
                        .sum())
                .isEqualTo(sampling.dropped());
        meters.close();
    }

    @Test
    void aFileSwitchesTheModeWhileTracesRun(@TempDir Path scratch) throws Exception {
        Path file = scratch.resolve("levee-diagnosis.yaml");
        RetrySampling sampling = sampling(RetrySampling.builder().ratio(0).build());
        sampling.follow(file, Duration.ofMillis(5));
        ExecutorService service = Executors.newSingleThreadExecutor();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger requests = new AtomicInteger();
        Future<?> running = service.submit(() -> {
            while (!stop.get()) {
                request(requests.incrementAndGet(), requests.get() % 10 == 0, null);
            }
        });
        try {
            await().until(() -> requests.get() >= 100);
            assertThat(traces()).as("without a file").isEmpty();
            Files.writeString(file, "# INC-12\ndiagnosis: true\n");
            await().until(() -> traces().size() >= 20);
            Files.writeString(file, "diagnosis = false");
            await().until(() -> !sampling.isDiagnosis());
            Files.delete(file);
        } finally {
            stop.set(true);
        }
        running.get();
        service.shutdown();
        // Whole ones only, but for the one that was under way at each change.
        assertThat(traces().values().stream().filter(trace -> trace.size() == 8).count())
                .isGreaterThanOrEqualTo(traces().size() - 2);
        assertThat(sampling.kept()).isZero();
    }

    @Test
    void aFileThatSaysNothingUsefulChangesNothingAndTheApiHoldsUntilItSaysSomethingElse(@TempDir Path scratch)
            throws Exception {
        Path file = scratch.resolve("levee-diagnosis.properties");
        RetrySampling sampling = RetrySampling.create();
        sampling.diagnosis(true);
        try (DiagnosisFile followed = new DiagnosisFile(file, sampling, Duration.ofDays(1))) {
            for (String useless : List.of("", "other: false", "diagnosis: off", "diagnosis:", "diagnosis: \\uZ")) {
                Files.writeString(file, useless);
                followed.look();
                assertThat(sampling.isDiagnosis()).as(useless).isTrue();
            }
            Files.writeString(file, "telemetry:\n  diagnosis: false\n");
            followed.look();
            assertThat(sampling.isDiagnosis()).isFalse();
            sampling.diagnosis(true);
            followed.look();
            assertThat(sampling.isDiagnosis())
                    .as("the file says the same as before")
                    .isTrue();
            Files.delete(file);
            sampling.diagnosis(false);
            followed.look();
            assertThat(sampling.isDiagnosis()).as("as it was before the file").isTrue();
        }
    }

    @Test
    void settingsOutOfRangeAreRefusedByName() {
        assertThatThrownBy(() -> RetrySampling.builder().ratio(1.5)).hasMessage("ratio must be from 0 to 1, is 1.5");
        assertThatThrownBy(() -> RetrySampling.builder().maxTraces(0)).hasMessage("maxTraces must be 1 or more, is 0");
        assertThatThrownBy(() -> RetrySampling.builder().maxAge(Duration.ZERO))
                .hasMessage("maxAge must be more than zero, is PT0S");
    }
}
