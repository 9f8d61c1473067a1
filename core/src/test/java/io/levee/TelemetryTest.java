package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a sink is told, in which order and on which thread; whoever drives the call. */
class TelemetryTest {
    private final ManualTime time = new ManualTime();
    private final Recorder recorder = new Recorder();

    private Levee.Builder inventory() {
        return Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .idempotent()
                .retry(RetryPolicy.fixed(Duration.ofMillis(100)).attempts(3));
    }

    private Levee.Builder told() {
        return inventory().telemetry(levee -> recorder);
    }

    private Levee.Builder toldOfOneAttempt() {
        return Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .idempotent()
                .retry(RetryPolicy.fixed(Duration.ZERO).attempts(1))
                .telemetry(levee -> recorder);
    }

    @Test
    void telemetryThatLacksAJarIsLeftOutInOneLine() {
        Logger logger = Logger.getLogger("io.levee");
        List<LogRecord> said = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                said.add(line);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Telemetry lacking = levee -> {
            throw new NoClassDefFoundError("org/slf4j/LoggerFactory");
        };
        logger.addHandler(handler);
        try {
            String answer = inventory().telemetry(lacking).build().call(attempt -> "7");
            assertThat(answer).isEqualTo("7");
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(said).singleElement().satisfies(line -> {
            assertThat(line.getMessage())
                    .contains("telemetry left out: " + lacking.getClass().getName())
                    .contains("org/slf4j/LoggerFactory");
            assertThat(line.getThrown()).isNull();
        });
    }

    @ParameterizedTest
    @EnumSource
    void aCallIsToldFromItsStartToItsEndInOrder(Driver driver) throws Exception {
        Levee levee = told().build();
        String answer = driver.call(levee, time, Call.<String>named("stock"), attempt -> {
            recorder.log.add("body " + attempt.number() + " in " + recorder.current.get());
            time.advance(Duration.ofMillis(7));
            if (attempt.number() < 2) {
                throw new ConnectException("no");
            }
            return "7";
        });

        assertThat(answer).isEqualTo("7");
        assertThat(recorder.log)
                .containsExactly(
                        "call stock",
                        "start 0",
                        "body 0 in span 0",
                        "left 0",
                        "end 0 RETRYABLE NEVER_SENT ConnectException 7 ms",
                        "retry after 0 in 100 ms: connect",
                        "start 1",
                        "body 1 in span 1",
                        "left 1",
                        "end 1 RETRYABLE NEVER_SENT ConnectException 7 ms",
                        "retry after 1 in 100 ms: connect",
                        "start 2",
                        "body 2 in span 2",
                        "left 2",
                        "end 2 SUCCESS ANSWERED null 7 ms",
                        "ended null after 3 attempts, 221 ms, null");
        assertThat(recorder.current.get()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatGivesUpShowsTheRecordThatItsExceptionCarries(Driver driver) {
        Levee levee = toldOfOneAttempt().build();
        Throwable caught = catchThrowable(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> {
            throw new ConnectException("no");
        }));
        assertThat(recorder.log)
                .containsExactly(
                        "call stock",
                        "start 0",
                        "left 0",
                        "end 0 RETRYABLE NEVER_SENT ConnectException 0 ms",
                        "ended ATTEMPTS after 1 attempts, 0 ms, ConnectException");
        assertThat(recorder.last).isEqualTo(Decision.of(caught)).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void aRefusalIsToldWithoutAnAttempt(Driver driver) {
        Levee levee = toldOfOneAttempt()
                .breaker(Breaker.consecutiveFailures(1).openFor(Duration.ofMinutes(1)))
                .build();
        fails(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> {
            throw new ConnectException();
        }));
        assertThat(recorder.log).contains("breaker CLOSED to OPEN");
        recorder.log.clear();
        fails(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> "7"));
        assertThat(recorder.log)
                .containsExactly("call stock", "ended BREAKER_OPEN after 0 attempts, 0 ms, BreakerOpenException");
        assertThat(recorder.last.stop()).isEqualTo(StopReason.BREAKER_OPEN);
        assertThat(recorder.last.fate()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void aWaitForAPermitIsToldBeforeTheAttempt(Driver driver) throws Exception {
        Levee levee = told().limiter(Limiter.perSecond(1).burst(1)).build();
        driver.call(levee, time, Call.<String>named("stock"), attempt -> "7");
        recorder.log.clear();
        driver.call(levee, time, Call.<String>named("stock"), attempt -> "7");
        assertThat(recorder.log)
                .containsExactly(
                        "call stock",
                        "waited 1000 ms",
                        "start 0",
                        "left 0",
                        "end 0 SUCCESS ANSWERED null 0 ms",
                        "ended null after 1 attempts, 1000 ms, null");
    }

    @ParameterizedTest
    @EnumSource
    void aValueThatIsRejectedIsToldWithItsStatus(Driver driver) throws Exception {
        Levee levee = toldOfOneAttempt().build();
        Call<String> call = Call.<String>named("GET /stock/{sku}")
                .outcome((value, failure) -> Outcome.value(value).withStatus(503));
        assertThat(driver.call(levee, time, call, attempt -> "busy")).isEqualTo("busy");
        assertThat(recorder.log).contains("status 503", "ended ATTEMPTS after 1 attempts, 0 ms, RetriesEndedException");
    }

    @Test
    void aCancelledAsynchronousAttemptEndsOnceAndWithoutTheFailureOfAnEarlierOne() {
        Levee levee = told().build();
        CompletableFuture<String> call = levee.callAsync(attempt -> attempt.number() == 0
                ? CompletableFuture.failedFuture(new ConnectException())
                : new CompletableFuture<>());
        time.advance(Duration.ofMillis(100));
        recorder.log.clear();
        call.cancel(true);
        assertThat(recorder.log)
                .containsExactly(
                        "end 1 null SENT_NO_ANSWER null 0 ms",
                        "ended CANCELLED after 2 attempts, 100 ms, CallCancelledException");
    }

    @Test
    void anAttemptsThreadIsLeftAsItWasFoundWhenItsStageCompletesElsewhere() {
        Levee levee = told().build();
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<String> call = levee.callAsync(attempt -> stage);
        assertThat(recorder.log).containsExactly("call ", "start 0", "left 0");
        assertThat(recorder.current.get()).isNull();
        stage.complete("7");
        assertThat(call).isCompletedWithValue("7");
        assertThat(recorder.log)
                .endsWith("end 0 SUCCESS ANSWERED null 0 ms", "ended null after 1 attempts, 0 ms, null");
    }

    @Test
    void anAsynchronousBodyThatThrowsIsLeftBeforeItsAttemptEnds() {
        Levee levee = told().build();
        CompletableFuture<String> call = levee.callAsync(attempt -> {
            throw new ConnectException();
        });
        time.advance(Duration.ofSeconds(1));
        assertThat(call).isCompletedExceptionally();
        assertThat(recorder.log.stream().map(line -> line.substring(0, 5)))
                .containsExactly(
                        "call ", "start", "left ", "end 0", "retry", "start", "left ", "end 1", "retry", "start",
                        "left ", "end 2", "ended");
    }

    @Test
    void anExecutorThatRefusesEndsTheCallWithoutAdmittingAnAttemptThatIsNotMade() {
        AtomicBoolean full = new AtomicBoolean();
        Levee levee = Levee.named("inventory")
                .time(time)
                .idempotent()
                .executor(task -> {
                    if (full.get()) {
                        throw new RejectedExecutionException();
                    }
                    task.run();
                })
                .bulkhead(Bulkhead.inFlight(1))
                .retry(RetryPolicy.fixed(Duration.ofMillis(100)).attempts(3))
                .telemetry(l -> recorder)
                .build();
        CompletableFuture<String> call =
                levee.callAsync(attempt -> CompletableFuture.failedFuture(new ConnectException()));
        full.set(true);
        time.advance(Duration.ofMillis(100));
        assertThat(call).isCompletedExceptionally();
        assertThat(levee.bulkhead().inFlight()).isZero();
        assertThat(recorder.log.stream().filter(line -> line.startsWith("start")))
                .hasSize(1);
        assertThat(recorder.log.stream().filter(line -> line.startsWith("ended")))
                .hasSize(1);
    }

    @Test
    void aPolicyThatThrowsDoesNotEndTheAttemptTwice() {
        Levee broken = Levee.named("inventory")
                .time(time)
                .retry(tryCount -> {
                    throw new IllegalStateException("policy");
                })
                .telemetry(l -> recorder)
                .build();
        fails(() -> broken.call(attempt -> {
            throw new ConnectException();
        }));
        assertThat(recorder.log.stream().filter(line -> line.startsWith("end ")))
                .hasSize(1);
        assertThat(recorder.log).endsWith("ended RULE_FAILED after 1 attempts, 0 ms, ConnectException");
    }

    @ParameterizedTest
    @EnumSource
    void headersComeFromTheSinkThatHasThem(Driver driver) throws Exception {
        Levee levee = inventory().telemetry(l -> new Counter(), l -> recorder).build();
        List<String> sent = new ArrayList<>();
        driver.call(levee, time, Call.<String>named("stock"), attempt -> {
            attempt.inject((name, value) -> sent.add(name + ": " + value));
            if (attempt.number() == 0) {
                throw new ConnectException();
            }
            return "7";
        });
        assertThat(sent).containsExactly("traceparent: span 0", "traceparent: span 1");
    }

    /** Invariant 10, for sinks: each method throws, for each driver, and the call goes as without. */
    @ParameterizedTest
    @EnumSource
    void invariant10ASinkThatThrowsChangesNothingAndIsCounted(Driver driver) throws Exception {
        Levee levee = inventory()
                .limiter(Limiter.perSecond(1).burst(1))
                .breaker(Breaker.consecutiveFailures(1).openFor(Duration.ofMillis(50)))
                .telemetry(l -> new Thrower(true), l -> recorder, l -> new Thrower(false), l -> {
                    throw new IllegalStateException("provider");
                })
                .build();
        String answer = driver.call(levee, time, Call.<String>named("stock"), attempt -> {
            attempt.inject((name, value) -> {});
            if (attempt.number() == 0) {
                throw new ConnectException();
            }
            return "7";
        });
        assertThat(answer).isEqualTo("7");
        assertThat(recorder.log)
                .endsWith("end 1 SUCCESS ANSWERED null 0 ms", "ended null after 2 attempts, 1000 ms, null");
        assertThat(levee.state().listenerFailures()).isGreaterThan(15);
        levee.close();
        assertThat(recorder.log).endsWith("closed");
    }

    @Test
    void closingIsToldOnce() {
        Levee levee = told().build();
        levee.close();
        levee.close();
        assertThat(recorder.log).containsExactly("closed");
    }

    @Test
    void namingNoneSwitchesTelemetryOffAndTheSettingIsMadeOnce() {
        Levee.Builder none = inventory().telemetry();
        assertThat(catchThrowable(() -> none.telemetry(l -> recorder))).isInstanceOf(IllegalStateException.class);
        none.build().call(attempt -> "7");
        assertThat(recorder.log).isEmpty();
    }

    @Test
    void whatLiesOnTheClassPathIsFoundOnceAndTold() {
        int before = Found.CALLS.get();
        assertThat(Telemetry.discovered()).hasSize(1).first().isInstanceOf(Found.class);
        assertThat(Telemetry.discovered()).isEqualTo(Telemetry.discovered());
        Levee.named(Found.DOWNSTREAM).build().call(attempt -> "7");
        Levee.named(Found.DOWNSTREAM).telemetry().build().call(attempt -> "7");
        assertThat(Found.CALLS.get() - before).isEqualTo(1);
    }

    @Test
    void invariant9TheHappyPathAllocatesNothingForASinkThatOnlyCounts() {
        Counter counter = new Counter();
        Levee levee = Levee.named("x")
                .limiter(Limiter.perSecond(1e9).burst(1_000_000))
                .breaker(Breaker.failureRate(0.5))
                .telemetry(l -> counter, l -> new Counter())
                .build();
        AttemptBody<String, RuntimeException> body = attempt -> "7";
        assertThat(Allocation.ofWarm(() -> levee.call(body))).isLessThan(Allocation.CALLS);
        assertThat(counter.calls.sum()).isEqualTo(2 * Allocation.CALLS);
        assertThat(counter.attempts.sum()).isEqualTo(2 * Allocation.CALLS);
    }

    @Test
    void theResultIsWhatTheCallWasForItsCaller() {
        List<String> results = new ArrayList<>();
        TelemetrySink sink = new TelemetrySink() {
            @Override
            public void callEnded(CallView call, @Nullable Object state) {
                results.add(call.call().endpoint() + " " + call.result());
            }
        };
        Levee levee = Levee.named("x")
                .retry(RetryPolicy.fixed(Duration.ZERO).attempts(1))
                .telemetry(l -> sink)
                .build();
        Call<Integer> status = Call.<Integer>named("GET /a")
                .outcome((value, thrown) ->
                        thrown == null ? Outcome.value(value).withStatus(value) : Outcome.failure(thrown));
        levee.call(status, attempt -> 200);
        levee.call(status, attempt -> 404);
        levee.call(status, attempt -> 429);
        levee.call(status, attempt -> 500);
        levee.call(status.fallback(200), attempt -> 503);
        levee.callAsync(Call.<Integer>named(""), attempt -> new CompletableFuture<>())
                .toCompletableFuture()
                .cancel(true);
        levee.close();
        assertThat(catchThrowable(() -> levee.call(status, attempt -> 200))).isInstanceOf(LeveeClosedException.class);
        assertThat(results)
                .containsExactly(
                        "GET /a GOOD",
                        "GET /a GOOD",
                        "GET /a BAD",
                        "GET /a BAD",
                        "GET /a DEGRADED",
                        "null WITHDRAWN",
                        "GET /a BAD");
    }

    @Test
    void aHedgeIsToldWhileTheFirstAttemptRunsAndBothAreToldToHaveEnded() {
        List<Long> retryMillis = new ArrayList<>();
        TelemetrySink latency = new TelemetrySink() {
            @Override
            public void attemptEnded(CallView call, @Nullable Object state) {
                retryMillis.add(call.retryNanos() / Nanos.PER_MILLI);
            }
        };
        Levee levee = inventory()
                .hedge(Hedge.after(Duration.ofMillis(20)))
                .telemetry(l -> recorder, l -> latency)
                .build();
        List<CompletableFuture<String>> stages = new ArrayList<>();
        List<Attempt> attempts = new ArrayList<>();
        CompletableFuture<String> call = levee.callAsync(Call.<String>named("stock"), attempt -> {
            attempts.add(attempt);
            stages.add(new CompletableFuture<>());
            return stages.get(stages.size() - 1);
        });
        time.advance(Duration.ofMillis(20));
        List<String> headers = new ArrayList<>();
        attempts.forEach(attempt -> attempt.inject((name, value) -> headers.add(value)));
        assertThat(headers).as("asked for while both run").containsExactly("span 0", "span 1");
        time.advance(Duration.ofMillis(5));
        stages.get(1).complete("7");
        assertThat(call).isCompletedWithValue("7");
        assertThat(recorder.log)
                .containsExactly(
                        "call stock",
                        "start 0",
                        "left 0",
                        "start 1",
                        "left 1",
                        "end 0 null SENT_NO_ANSWER null 25 ms",
                        "end 1 SUCCESS ANSWERED null 5 ms",
                        "ended null after 2 attempts, 25 ms, null");
        assertThat(retryMillis).containsExactly(0L, 5L);
    }

    private static void fails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThat(catchThrowable(call)).isNotNull();
    }

    /** Writes down what it is told, and binds the running attempt to the thread. */
    private static final class Recorder implements TelemetrySink {
        final List<String> log = new ArrayList<>();
        final ThreadLocal<@Nullable String> current = new ThreadLocal<>();
        Decision last;

        private static final class State {
            String span = "none";
        }

        @Override
        public Object callStarted(CallView call) {
            log.add("call " + call.call().operation());
            return new State();
        }

        @Override
        public void limiterWaited(CallView call, Object state, long waitedNanos) {
            log.add("waited " + waitedNanos / Nanos.PER_MILLI + " ms");
        }

        @Override
        public void attemptStarted(CallView call, Object state) {
            log.add("start " + call.attempt());
            ((State) state).span = "span " + call.attempt();
            current.set(((State) state).span);
        }

        @Override
        public void attemptLeft(Object state) {
            log.add("left " + ((State) state).span.substring(5));
            current.remove();
        }

        @Override
        public void attemptEnded(CallView call, Object state) {
            if (call.outcome() != null && call.outcome().status() > 0) {
                log.add("status " + call.outcome().status());
            }
            log.add("end " + call.attempt() + ' '
                    + (call.verdict() == null ? null : call.verdict().kind()) + ' ' + call.fate() + ' '
                    + name(call.thrown()) + ' ' + call.attemptNanos() / Nanos.PER_MILLI + " ms");
        }

        @Override
        public void retryScheduled(CallView call, Object state, Decision decision) {
            assertThat(call.traceparent()).isEqualTo(((State) state).span);
            log.add("retry after " + decision.attempt() + " in " + decision.backoffNanos() / Nanos.PER_MILLI + " ms: "
                    + decision.rule());
        }

        @Override
        public void callEnded(CallView call, Object state) {
            last = call.decision();
            log.add("ended " + call.stop() + " after " + call.attemptsMade() + " attempts, "
                    + call.elapsedNanos() / Nanos.PER_MILLI + " ms, " + name(call.thrown()));
        }

        @Override
        public void breakerChanged(LeveeEvent.BreakerChanged change) {
            log.add("breaker " + change.from() + " to " + change.to());
        }

        @Override
        public void closed() {
            log.add("closed");
        }

        @Override
        public String traceparent(Object state) {
            return ((State) state).span;
        }

        @Override
        public void inject(Object state, int attempt, BiConsumer<String, String> header) {
            header.accept("traceparent", "span " + attempt);
        }

        private static @Nullable String name(@Nullable Throwable thrown) {
            return thrown == null ? null : thrown.getClass().getSimpleName();
        }
    }

    /** Only counts. */
    private static final class Counter implements TelemetrySink {
        final LongAdder calls = new LongAdder();
        final LongAdder attempts = new LongAdder();

        @Override
        public boolean timesEveryCall() {
            return false;
        }

        @Override
        public void attemptEnded(CallView call, @Nullable Object state) {
            attempts.increment();
        }

        @Override
        public void callEnded(CallView call, @Nullable Object state) {
            calls.increment();
        }
    }

    /** Throws wherever it is asked. */
    private static final class Thrower implements TelemetrySink {
        private final boolean keepsState;

        Thrower(boolean keepsState) {
            this.keepsState = keepsState;
        }

        @Override
        public Object callStarted(CallView call) {
            if (keepsState) {
                return this;
            }
            throw new AssertionError("callStarted");
        }

        @Override
        public void limiterWaited(CallView call, Object state, long waitedNanos) {
            throw new AssertionError("limiterWaited");
        }

        @Override
        public void attemptStarted(CallView call, Object state) {
            throw new AssertionError("attemptStarted");
        }

        @Override
        public void attemptLeft(Object state) {
            throw new AssertionError("attemptLeft");
        }

        @Override
        public void attemptEnded(CallView call, Object state) {
            throw new AssertionError("attemptEnded");
        }

        @Override
        public void retryScheduled(CallView call, Object state, Decision decision) {
            throw new AssertionError("retryScheduled");
        }

        @Override
        public void callEnded(CallView call, Object state) {
            throw new StackOverflowError("callEnded");
        }

        @Override
        public void breakerChanged(LeveeEvent.BreakerChanged change) {
            throw new AssertionError("breakerChanged");
        }

        @Override
        public void closed() {
            throw new AssertionError("closed");
        }

        @Override
        public String traceparent(Object state) {
            throw new AssertionError("traceparent");
        }

        @Override
        public void inject(Object state, int attempt, BiConsumer<String, String> header) {
            throw new AssertionError("inject");
        }
    }

    /** Named in META-INF/services of the tests. Tells of one downstream only, so that other tests run without it. */
    public static final class Found implements Telemetry, TelemetrySink {
        static final String DOWNSTREAM = "telemetry-that-is-found";
        static final AtomicInteger CALLS = new AtomicInteger();

        @Override
        public @Nullable TelemetrySink sink(Levee levee) {
            return levee.name().equals(DOWNSTREAM) ? this : null;
        }

        @Override
        public void callEnded(CallView call, @Nullable Object state) {
            CALLS.incrementAndGet();
        }
    }
}
