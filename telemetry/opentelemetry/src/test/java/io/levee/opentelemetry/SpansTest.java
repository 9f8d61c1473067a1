package io.levee.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.levee.Attempt;
import io.levee.Breaker;
import io.levee.Call;
import io.levee.Hedge;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.RetryPolicy;
import io.levee.http.LeveeHttpClient;
import io.levee.opentelemetry.LeveeOpenTelemetry.ExceptionSignal;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract's spans, by the real SDK. */
class SpansTest {
    private final InMemorySpanExporter exported = InMemorySpanExporter.create();
    private final InMemoryLogRecordExporter logs = InMemoryLogRecordExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exported))
                    .build())
            .setLoggerProvider(SdkLoggerProvider.builder()
                    .addLogRecordProcessor(SimpleLogRecordProcessor.create(logs))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    private final LeveeOpenTelemetry telemetry = LeveeOpenTelemetry.of(sdk);

    @AfterEach
    void stop() {
        sdk.close();
    }

    private Levee.Builder inventory() {
        return Levee.named("inventory")
                .idempotent()
                .retry(RetryPolicy.fixed(Duration.ofMillis(5)).attempts(3))
                .noRetryBudget()
                .telemetry(telemetry);
    }

    private <T> T traced(Callable<T> body) throws Exception {
        Span root = sdk.getTracer("test").spanBuilder("root").startSpan();
        try (Scope here = root.makeCurrent()) {
            return body.call();
        } finally {
            root.end();
        }
    }

    private SpanData one(String name) {
        List<SpanData> found = exported.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
        assertThat(found).as(name).hasSize(1);
        return found.get(0);
    }

    private List<SpanData> attempts() {
        return exported.getFinishedSpanItems().stream()
                .filter(span -> span.getAttributes().get(RetryAttributes.ATTEMPT) != null)
                .toList();
    }

    @Test
    void aCallAndItsAttemptsAreSpansOfTheCallersTraceWithTheContractsAttributes() throws Exception {
        try (FlakyServer server = new FlakyServer()) {
            Levee levee = inventory().build();
            HttpClient client = LeveeHttpClient.wrap(HttpClient.newHttpClient(), levee);
            HttpRequest request = HttpRequest.newBuilder(server.failing(2, "a?token=geheim&q=1"))
                    .build();
            HttpResponse<Void> answer = traced(() -> client.send(request, HttpResponse.BodyHandlers.discarding()));
            assertThat(answer.statusCode()).isEqualTo(200);

            SpanData root = one("root");
            SpanData call = one("retry.execute GET 127.0.0.1");
            assertThat(call.getKind()).isEqualTo(SpanKind.INTERNAL);
            assertThat(call.getTraceId()).isEqualTo(root.getTraceId());
            assertThat(call.getParentSpanId()).isEqualTo(root.getSpanId());
            assertThat(call.getAttributes().get(RetryAttributes.COUNT)).isEqualTo(2);
            assertThat(call.getAttributes().get(RetryAttributes.ATTEMPTS)).isEqualTo(3);
            assertThat(call.getAttributes().get(RetryAttributes.OUTCOME)).isEqualTo("good");
            assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(call.getAttributes().get(RetryAttributes.ERROR_TYPE)).isNull();
            assertThat(call.getEvents())
                    .extracting(event -> event.getName() + " "
                            + event.getAttributes().get(RetryAttributes.ATTEMPT) + " "
                            + event.getAttributes().get(RetryAttributes.DELAY_MS))
                    .containsExactly("retry.backoff 1 5", "retry.backoff 2 5");

            List<SpanData> attempts = attempts();
            assertThat(attempts).hasSize(3).allSatisfy(attempt -> {
                assertThat(attempt.getName()).isEqualTo("GET");
                assertThat(attempt.getKind()).isEqualTo(SpanKind.CLIENT);
                assertThat(attempt.getParentSpanId()).isEqualTo(call.getSpanId());
                assertThat(attempt.getTraceId()).isEqualTo(root.getTraceId());
                assertThat(attempt.getAttributes().get(RetryAttributes.METHOD)).isEqualTo("GET");
                assertThat(attempt.getAttributes().get(RetryAttributes.ADDRESS)).isEqualTo("127.0.0.1");
                assertThat(attempt.getAttributes().get(RetryAttributes.PORT))
                        .isEqualTo(request.uri().getPort());
                assertThat(attempt.getAttributes().get(RetryAttributes.URL))
                        .isEqualTo(
                                "http://127.0.0.1:" + request.uri().getPort() + "/fail/2/a?token=REDACTED&q=REDACTED");
            });
            for (int i = 0; i < 3; i++) {
                SpanData attempt = attempts.get(i);
                Long retry = i == 0 ? null : Long.valueOf(i);
                assertThat(attempt.getAttributes().get(RetryAttributes.ATTEMPT)).isEqualTo(i);
                assertThat(attempt.getAttributes().get(RetryAttributes.COUNT)).isEqualTo(retry);
                assertThat(attempt.getAttributes().get(RetryAttributes.RESEND_COUNT))
                        .isEqualTo(retry);
                assertThat(attempt.getAttributes().get(RetryAttributes.DELAY_MS))
                        .isEqualTo(i == 0 ? null : 5L);
                assertThat(attempt.getAttributes().get(RetryAttributes.REASON)).isEqualTo(i == 0 ? null : "status-503");
                assertThat(attempt.getAttributes().get(RetryAttributes.STATUS)).isEqualTo(i < 2 ? 503 : 200);
                assertThat(attempt.getAttributes().get(RetryAttributes.ERROR_TYPE))
                        .isEqualTo(i < 2 ? "503" : null);
                assertThat(attempt.getStatus().getStatusCode()).isEqualTo(i < 2 ? StatusCode.ERROR : StatusCode.UNSET);
                assertThat(server.traceparents().get(i))
                        .isEqualTo("00-" + root.getTraceId() + "-" + attempt.getSpanId() + "-"
                                + attempt.getSpanContext().getTraceFlags().asHex());
            }
        }
    }

    @Test
    void whatAnAttemptThrowsIsRecordedWhereTheConventionsOptInSays() {
        for (ExceptionSignal signal : ExceptionSignal.values()) {
            exported.reset();
            logs.reset();
            Levee levee = Levee.named("inventory")
                    .retry(RetryPolicy.fixed(Duration.ZERO).attempts(1))
                    .telemetry(telemetry.withExceptions(signal))
                    .build();
            fails(() -> levee.call(attempt -> {
                throw new ConnectException("no route");
            }));
            SpanData attempt = one("retry.attempt");
            assertThat(attempt.getEvents()).hasSize(signal == ExceptionSignal.LOGS ? 0 : 1);
            assertThat(logs.getFinishedLogRecordItems()).hasSize(signal == ExceptionSignal.EVENTS ? 0 : 1);
            assertThat(logs.getFinishedLogRecordItems())
                    .allMatch(log -> log.getSpanContext().getSpanId().equals(attempt.getSpanId()));
            SpanData call = one("retry.execute inventory");
            assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(call.getAttributes().get(RetryAttributes.ERROR_TYPE)).isEqualTo("java.net.ConnectException");
            assertThat(call.getAttributes().get(RetryAttributes.STOP)).isEqualTo("ATTEMPTS");
        }
        assertThat(ExceptionSignal.of("logs/dup")).isEqualTo(ExceptionSignal.BOTH);
        assertThat(ExceptionSignal.of("logs")).isEqualTo(ExceptionSignal.LOGS);
        assertThat(ExceptionSignal.of(null)).isEqualTo(ExceptionSignal.EVENTS);
    }

    @Test
    void refusalsAndWaitsForPermitsAreEvents() throws Exception {
        Levee limited = inventory()
                .limiter(Limiter.perSecond(50).burst(1))
                .breaker(Breaker.consecutiveFailures(1).openFor(Duration.ofMinutes(1)))
                .build();
        limited.call(attempt -> "7");
        traced(() -> limited.call(Call.named("waits"), attempt -> "7"));
        assertThat(one("retry.execute waits").getEvents())
                .extracting(event -> event.getName())
                .containsExactly("retry.limiter_wait");
        limited.breaker().forceOpen();
        fails(() -> limited.call(Call.named("refused"), attempt -> "7"));
        SpanData refused = one("retry.execute refused");
        assertThat(refused.getEvents()).extracting(event -> event.getName()).containsExactly("retry.refused");
        assertThat(refused.getAttributes().get(RetryAttributes.STOP)).isEqualTo("BREAKER_OPEN");
        assertThat(refused.getAttributes().get(RetryAttributes.ERROR_TYPE)).isEqualTo("BREAKER_OPEN");
        assertThat(refused.getAttributes().get(RetryAttributes.ATTEMPTS)).isZero();
        assertThat(refused.getAttributes().get(RetryAttributes.OUTCOME)).isEqualTo("bad");
    }

    @Test
    void theContextFollowsAnAsynchronousCallOverThreadsAndTimers() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Levee levee = inventory().executor(pool).build();
            List<String> seen = new ArrayList<>();
            String before = Span.current().getSpanContext().getSpanId();
            traced(() -> levee.callAsync(attempt -> {
                        seen.add(Span.current().getSpanContext().getSpanId());
                        return attempt.number() < 2
                                ? CompletableFuture.failedFuture(new ConnectException())
                                : CompletableFuture.supplyAsync(() -> "7", pool);
                    })
                    .get(60, TimeUnit.SECONDS));
            assertThat(attempts()).hasSize(3);
            assertThat(attempts()).extracting(SpanData::getSpanId).containsExactlyElementsOf(seen);
            assertThat(attempts())
                    .extracting(SpanData::getParentSpanId)
                    .containsOnly(one("retry.execute inventory").getSpanId());
            assertThat(Span.current().getSpanContext().getSpanId()).isEqualTo(before);
            // What ran an attempt is left without it.
            for (int i = 0; i < 2; i++) {
                assertThat(pool.submit(Context::current).get()).isSameAs(Context.root());
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aHedgeHasASpanOfItsOwnWithALinkToTheAttemptThatItHedges() {
        Levee levee = Levee.named("inventory")
                .idempotent()
                .hedge(Hedge.after(Duration.ofMillis(5)))
                .telemetry(telemetry)
                .build();
        Map<Integer, String> seen = new ConcurrentHashMap<>();
        Map<Integer, String> sentLate = new ConcurrentHashMap<>();
        Map<Integer, Attempt> running = new ConcurrentHashMap<>();
        String answer = levee.callAsync(attempt -> {
                    seen.put(attempt.number(), Span.current().getSpanContext().getSpanId());
                    running.put(attempt.number(), attempt);
                    if (attempt.number() == 1) {
                        running.forEach((number, one) -> one.inject((name, value) -> sentLate.put(number, value)));
                    }
                    return attempt.number() == 0
                            ? new CompletableFuture<String>()
                            : CompletableFuture.completedFuture("7");
                })
                .join();
        assertThat(answer).isEqualTo("7");
        assertThat(attempts()).hasSize(2);
        SpanData first = numbered(0);
        SpanData hedge = numbered(1);
        assertThat(seen).containsEntry(0, first.getSpanId()).containsEntry(1, hedge.getSpanId());
        assertThat(sentLate.get(0)).contains(first.getSpanId());
        assertThat(sentLate.get(1)).contains(hedge.getSpanId());
        assertThat(first.getAttributes().get(RetryAttributes.COUNT)).isNull();
        assertThat(first.getAttributes().get(RetryAttributes.ERROR_TYPE)).isNull();
        assertThat(hedge.getLinks())
                .extracting(link -> link.getSpanContext().getSpanId())
                .containsExactly(first.getSpanId());
        assertThat(hedge.getAttributes().get(RetryAttributes.COUNT)).isEqualTo(1);
        assertThat(hedge.getAttributes().get(RetryAttributes.REASON)).isEqualTo("hedge");
        assertThat(hedge.getAttributes().get(RetryAttributes.DELAY_MS)).isNotNegative();
        assertThat(one("retry.execute inventory").getAttributes().get(RetryAttributes.COUNT))
                .isEqualTo(1);
    }

    private SpanData numbered(long number) {
        return attempts().stream()
                .filter(span -> Long.valueOf(number).equals(span.getAttributes().get(RetryAttributes.ATTEMPT)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theContextHoldsOnVirtualThreads() throws Exception {
        ThreadFactory factory;
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            factory = (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                    .getMethod("factory")
                    .invoke(builder);
        } catch (NoSuchMethodException before21) {
            org.junit.jupiter.api.Assumptions.abort("virtual threads came with JDK 21");
            return;
        }
        Levee levee = inventory().build();
        int calls = 50;
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            Thread thread = factory.newThread(() -> levee.call(attempt -> {
                seen.add(Span.current().getSpanContext().getSpanId());
                if (attempt.number() == 0) {
                    throw new UncheckedIOException(new ConnectException("refused"));
                }
                return "7";
            }));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(attempts()).extracting(SpanData::getSpanId).containsExactlyInAnyOrderElementsOf(seen);
        assertThat(attempts()).hasSize(2 * calls);
        assertThat(attempts().stream().map(SpanData::getTraceId).distinct()).hasSize(calls);
    }

    @Test
    void aCancelledCallIsNoErrorAndLeavesNoSpanOpen() {
        Levee levee = inventory().build();
        CompletableFuture<String> call = levee.callAsync(attempt -> new CompletableFuture<>());
        call.cancel(true);
        SpanData span = one("retry.execute inventory");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(span.getAttributes().get(RetryAttributes.STOP)).isEqualTo("CANCELLED");
        assertThat(span.getAttributes().get(RetryAttributes.OUTCOME)).isEqualTo("withdrawn");
        assertThat(attempts()).hasSize(1);
    }

    @Test
    void urlsAreShownWithoutSecrets() {
        assertThat(SpanUrl.redacted("https://user:pw@host:8443/a/b?x=1&y=&flag&z=a=b#part"))
                .isEqualTo("https://REDACTED:REDACTED@host:8443/a/b?x=REDACTED&y=REDACTED&REDACTED&z=REDACTED");
        assertThat(SpanUrl.redacted("http://host")).isEqualTo("http://host");
        assertThat(SpanUrl.redacted("http://host/mail@example.org")).isEqualTo("http://host/mail@example.org");
        assertThat(SpanUrl.redacted("http://a:b@host?x@y")).isEqualTo("http://REDACTED:REDACTED@host?REDACTED");
        assertThat(SpanUrl.redacted("/relative?a=b")).isEqualTo("/relative?a=REDACTED");
    }

    private static void fails(ThrowingCallable call) {
        assertThat(catchThrowable(call)).isNotNull();
    }
}
