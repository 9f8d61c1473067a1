package io.levee.slf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.levee.Breaker;
import io.levee.Call;
import io.levee.CallView;
import io.levee.Levee;
import io.levee.Outcome;
import io.levee.RetryPolicy;
import io.levee.TelemetrySink;
import io.levee.test.VirtualTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import net.logstash.logback.encoder.LogstashEncoder;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What real Logback writes, as JSON and as plain text. */
class LeveeSlf4jTest {
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger logger = context.getLogger("io.levee");
    private final ByteArrayOutputStream json = new ByteArrayOutputStream();
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    private OutputStreamAppender<ILoggingEvent> jsonAppender;
    private OutputStreamAppender<ILoggingEvent> textAppender;

    LeveeSlf4jTest() {
        logger.setAdditive(false);
        LogstashEncoder encoder = new LogstashEncoder();
        jsonAppender = appender(encoder, json);
        PatternLayoutEncoder plain = new PatternLayoutEncoder();
        plain.setPattern("%level %logger [%X{user}] %msg %kvp%n");
        textAppender = appender(plain, text);
    }

    private OutputStreamAppender<ILoggingEvent> appender(Encoder<ILoggingEvent> encoder, ByteArrayOutputStream out) {
        encoder.setContext(context);
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(out);
        appender.start();
        logger.addAppender(appender);
        return appender;
    }

    @AfterEach
    void stop() {
        MDC.clear();
        logger.detachAndStopAllAppenders();
    }

    private Levee.Builder inventory(LeveeSlf4j.Builder logs) {
        return inventory(logs, Duration.ofMillis(2));
    }

    private Levee.Builder inventory(LeveeSlf4j.Builder logs, Duration backoff) {
        return Levee.named("inventory")
                .idempotent()
                .noRetryBudget()
                .retry(RetryPolicy.fixed(backoff).attempts(3))
                .telemetry(logs.build(), levee -> new TelemetrySink() {
                    @Override
                    public Object callStarted(CallView call) {
                        return this;
                    }

                    @Override
                    public String traceparent(Object state) {
                        return TRACEPARENT;
                    }
                });
    }

    private List<JsonNode> lines(int atLeast) {
        Awaitility.await()
                .until(() -> json.toString(StandardCharsets.UTF_8).lines().count() >= atLeast);
        return json.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    private String plain(String until) {
        Awaitility.await().until(() -> text.toString(StandardCharsets.UTF_8).contains(until));
        return text.toString(StandardCharsets.UTF_8);
    }

    private static ConnectException deep() {
        ConnectException thrown = new ConnectException("no route");
        thrown.initCause(new IOException("cause"));
        thrown.addSuppressed(new IllegalStateException("suppressed"));
        return thrown;
    }

    @Test
    void eachRetryAndTheEndAreStructuredEntriesWithTheContractsFields() {
        Levee levee = inventory(LeveeSlf4j.builder()).build();
        MDC.put("user", "u-17");
        fails(() -> levee.call(Call.<String>named("GET /stock/{sku}"), attempt -> {
            throw deep();
        }));
        List<JsonNode> lines = lines(3);
        assertThat(lines).hasSize(3);
        for (int retry = 0; retry < 2; retry++) {
            JsonNode line = lines.get(retry);
            assertThat(line.get("event").asString()).isEqualTo("task_retry");
            assertThat(line.get("message").asString()).isEqualTo("task_retry");
            assertThat(line.get("level").asString()).isEqualTo("INFO");
            assertThat(line.get("retry_count").isNumber()).isTrue();
            assertThat(line.get("retry_count").asInt()).isEqualTo(retry);
            assertThat(line.get("backoff_ms").asInt()).isEqualTo(2);
            assertThat(line.get("reason").asString()).isEqualTo("connect");
        }
        JsonNode last = lines.get(2);
        assertThat(last.get("event").asString()).isEqualTo("final_error_log");
        assertThat(last.get("level").asString()).isEqualTo("ERROR");
        assertThat(last.get("retry_count").asInt()).isEqualTo(2);
        assertThat(last.get("stop").asString()).isEqualTo("ATTEMPTS");
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.get("service").asString()).isEqualTo("inventory");
            assertThat(line.get("endpoint").asString()).isEqualTo("GET /stock/{sku}");
            assertThat(line.get("trace_id").asString()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
            assertThat(line.get("span_id").asString()).isEqualTo("b7ad6b7169203331");
            assertThat(line.get("error_type").asString()).isEqualTo("java.net.ConnectException");
            assertThat(line.get("user").asString()).isEqualTo("u-17");
            String stack = line.get("error_stack").asString();
            assertThat(stack)
                    .startsWith("java.net.ConnectException: no route\n\tat io.levee.slf4j.LeveeSlf4jTest.deep")
                    .contains("Caused by: java.io.IOException: cause\n\tat ")
                    .contains("Suppressed: java.lang.IllegalStateException: suppressed\n")
                    .doesNotContain("... ");
            // Whole: each of the three throwables has the frame that is outermost.
            String outermost = new Throwable().getStackTrace()[new Throwable().getStackTrace().length - 1].toString();
            assertThat(stack.split(Pattern.quote(outermost), -1)).hasSizeGreaterThan(1);
        });
        assertThat(plain("final_error_log"))
                .contains("INFO io.levee.inventory [u-17] task_retry ")
                .contains("retry_count=\"0\"")
                .contains("backoff_ms=\"2\"")
                .contains("error_stack=\"java.net.ConnectException: no route\n\tat ")
                .contains("ERROR io.levee.inventory [u-17] final_error_log ");
        assertThat(MDC.get("user")).isEqualTo("u-17");
    }

    @Test
    void theCallersMdcGoesAlongToEveryThread() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Levee levee = inventory(LeveeSlf4j.builder(), Duration.ofMillis(400))
                    .executor(pool)
                    .build();
            ConcurrentLinkedQueue<String> inBodies = new ConcurrentLinkedQueue<>();
            MDC.put("user", "u-18");
            CompletableFuture<String> call = levee.callAsync(attempt -> {
                inBodies.add(Thread.currentThread().getName() + " " + MDC.get("user"));
                return CompletableFuture.failedFuture(new ConnectException());
            });
            MDC.put("user", "somebody else");
            fails(() -> call.get(60, TimeUnit.SECONDS));
            assertThat(lines(3))
                    .hasSize(3)
                    .allMatch(line -> line.get("user").asString().equals("u-18"));
            assertThat(inBodies).hasSize(3).allMatch(body -> body.endsWith(" u-18"));
            assertThat(inBodies.stream().filter(body -> body.startsWith("pool")))
                    .hasSize(2);
            for (int i = 0; i < 2; i++) {
                assertThat(pool.submit(() -> MDC.get("user")).get()).isNull();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void plantedSecretsAreInNoEntry() {
        List<String> secrets = List.of(
                "hunter2pass",
                "t0psecrettoken",
                "abcdEFGHbearer",
                "dXNlcjpwYXNz",
                "sessioncookie42",
                "signature77",
                "apikeyXYZ123",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
                "AKIAIOSFODNN7EXAMPLE",
                "MIIEpAIBAAKCAQEA",
                "4711-4712");
        Levee levee = inventory(LeveeSlf4j.builder().redact(Pattern.compile("\\b\\d{4}-\\d{4}\\b")))
                .build();
        Throwable inner = new IOException(
                "GET https://admin:hunter2pass@db.example/a?access_token=t0psecrettoken&x=1&sig=signature77"
                        + "\nAuthorization: Bearer abcdEFGHbearer\nProxy-Authorization: Basic dXNlcjpwYXNz\nSet-Cookie: id=sessioncookie42; Path=/"
                        + "\n{\"api_key\": \"apikeyXYZ123\"} jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl AKIAIOSFODNN7EXAMPLE"
                        + " -----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY----- card 4711-4712");
        fails(() -> levee.call(Call.<String>named("GET /stock?password=hunter2pass"), attempt -> {
            ConnectException thrown = new ConnectException("password=hunter2pass, x-api-key: apikeyXYZ123");
            thrown.initCause(inner);
            throw thrown;
        }));
        assertThat(lines(3)).hasSize(3);
        String written = json.toString(StandardCharsets.UTF_8) + plain("final_error_log");
        assertThat(secrets).allSatisfy(secret -> assertThat(written).doesNotContain(secret));
        assertThat(written).contains("REDACTED", "db.example", "GET /stock?password=REDACTED", "x=1");
    }

    @Test
    void aStormIsNotALogStormAndNothingIsLeftOutInSilence() {
        VirtualTime clock = VirtualTime.manual();
        Levee levee = inventory(LeveeSlf4j.builder().limit(2, 0.5).time(clock))
                .breaker(Breaker.consecutiveFailures(1_000_000))
                .build();
        for (int i = 0; i < 100; i++) {
            fails(() -> levee.call(attempt -> {
                throw new ConnectException();
            }));
        }
        // 2 of 200 retries and 2 of 100 ends.
        assertThat(lines(4)).hasSize(4);
        clock.advance(Duration.ofSeconds(10));
        List<JsonNode> lines = lines(6);
        assertThat(lines.subList(4, 6))
                .allSatisfy(line -> assertThat(line.get("event").asString()).isEqualTo("log_suppressed"));
        assertThat(lines.subList(4, 6))
                .extracting(line ->
                        line.get("of").asString() + " " + line.get("suppressed").asLong())
                .containsExactlyInAnyOrder("task_retry 198", "final_error_log 98");
        fails(() -> levee.call(attempt -> {
            throw new ConnectException();
        }));
        assertThat(lines(9)).hasSize(9);
    }

    @Test
    void whatHasNotGivenUpIsNotLogged() {
        Levee levee = inventory(LeveeSlf4j.builder()).build();
        Call<String> notFound = Call.<String>named("stock")
                .outcome((value, failure) -> Outcome.value(value).withStatus(404));
        assertThat(levee.call(notFound, attempt -> "gone")).isEqualTo("gone");
        levee.callAsync(attempt -> new CompletableFuture<String>()).cancel(true);
        // Something that is logged, behind it in the queue.
        levee.call(Call.<String>named("last").fallback("?"), attempt -> {
            throw new IllegalArgumentException();
        });
        List<JsonNode> lines = lines(1);
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0).get("endpoint").asString()).isEqualTo("last");
        assertThat(lines.get(0).get("level").asString()).isEqualTo("WARN");
        assertThat(lines.get(0).get("degraded").asBoolean()).isTrue();
    }

    /** Invariant 10, for logs. */
    @Test
    void anAppenderThatBlocksMakesNoCallLate() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        Courier courier = new Courier();
        courier.write(() -> {
            try {
                blocked.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        for (int i = 0; i < Courier.CAPACITY + 100; i++) {
            courier.write(() -> {});
        }
        blocked.countDown();
        assertThat(lines(1)).anySatisfy(line -> {
            assertThat(line.get("reason").asString()).isEqualTo("queue full");
            assertThat(line.get("suppressed").asLong()).isEqualTo(100);
        });
    }

    @Test
    void isFoundOnTheClassPath() {
        assertThat(io.levee.Telemetry.discovered()).hasAtLeastOneElementOfType(LeveeSlf4j.class);
    }

    private static void fails(ThrowingCallable call) {
        assertThat(catchThrowable(call)).isNotNull();
    }
}
