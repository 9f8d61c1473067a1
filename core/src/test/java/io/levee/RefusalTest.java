package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A refused call is cheap to refuse and says as much as any other; its record is made when somebody asks. */
class RefusalTest {
    private final ManualTime time = new ManualTime();

    private Levee.Builder inventory() {
        return Levee.named("inventory").time(time).executor(Runnable::run).deadline(Duration.ofSeconds(3));
    }

    private static Levee forcedOpen(Levee levee) {
        levee.breaker().forceOpen();
        return levee;
    }

    @ParameterizedTest
    @EnumSource
    void anOpenBreakersRefusalHasTheWholeRecord(Driver driver) {
        Levee levee = forcedOpen(
                inventory().breaker(Breaker.consecutiveFailures(1)).idempotent().build());
        Throwable caught = catchThrowable(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> "7"));
        assertThat(caught).isInstanceOf(BreakerOpenException.class).hasNoCause();
        Decision decision = Decision.of(caught);
        assertThat(decision)
                .isEqualTo(new Decision(
                        "inventory",
                        "stock",
                        StopReason.BREAKER_OPEN,
                        Decision.NO_RULE,
                        "the breaker is open",
                        null,
                        0,
                        null,
                        0,
                        0,
                        3 * Nanos.PER_SECOND,
                        10.1,
                        0,
                        0,
                        Breaker.State.FORCED_OPEN,
                        Double.NaN,
                        -1,
                        true,
                        true,
                        false));
        assertThat(((LeveeException) caught).decision()).isSameAs(decision);
        assertThat(caught).hasMessage(decision.toString());
    }

    @ParameterizedTest
    @EnumSource
    void aFullBulkheadAndAnEmptyLimiterSayWhichOfThemItWas(Driver driver) throws Exception {
        Levee full = inventory().bulkhead(Bulkhead.inFlight(1)).noRetryBudget().build();
        full.bulkhead().tryEnter();
        Throwable caught = catchThrowable(() -> driver.call(full, time, Call.<String>named("stock"), attempt -> "7"));
        assertThat(caught).isInstanceOf(BulkheadFullException.class);
        assertThat(Decision.of(caught).stop()).isEqualTo(StopReason.BULKHEAD_FULL);
        assertThat(Decision.of(caught).retryBudgetLeft()).isNaN();
        assertThat(Decision.of(caught).breakerState()).isNull();

        Levee empty = inventory().limiter(Limiter.perSecond(0.1).burst(1)).build();
        driver.call(empty, time, Call.<String>named("stock"), attempt -> "7");
        Throwable late = catchThrowable(() -> driver.call(empty, time, Call.<String>named("stock"), attempt -> "7"));
        assertThat(late).isInstanceOf(NoPermitException.class);
        assertThat(Decision.of(late).stop()).isEqualTo(StopReason.NO_PERMIT);
    }

    @ParameterizedTest
    @EnumSource
    void whatThrottleAndConcurrencyLimitSayFitsIntoTheShortRecordAsWell(Driver driver) {
        Levee levee = inventory()
                .throttle(Throttle.adaptive().minimumPerSecond(0))
                .concurrencyLimit(ConcurrencyLimit.adaptive().between(3, 3).maxWait(Duration.ZERO))
                .random(() -> 0)
                .build();
        for (int i = 0; i < 3; i++) {
            levee.concurrencyLimit().tryEnter(time.nanoTime());
        }
        Throwable full = catchThrowable(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> "7"));
        assertThat(full).isInstanceOf(LimitFullException.class);
        assertThat(Decision.of(full).stop()).isEqualTo(StopReason.LIMIT_FULL);
        assertThat(Decision.of(full).concurrencyLimit()).isEqualTo(3);
        assertThat(Decision.of(full).rejectionProbability()).isZero();
        assertThat(Decision.of(full).idempotent()).isFalse();

        // 98 refused of 99, K = 2: (99 - 2) / 100 = 0.97, and 0.9 at most.
        for (int i = 0; i < 99; i++) {
            levee.throttle().onSent(time.nanoTime());
        }
        for (int i = 0; i < 98; i++) {
            levee.throttle().onRefused(time.nanoTime());
        }
        Throwable throttled = catchThrowable(
                () -> driver.call(levee, time, Call.<String>named("stock").idempotent(), attempt -> "7"));
        assertThat(throttled).isInstanceOf(ThrottledException.class);
        Decision decision = Decision.of(throttled);
        assertThat(decision.stop()).isEqualTo(StopReason.THROTTLED);
        assertThat(decision.rejectionProbability()).isEqualTo(0.9);
        assertThat(decision.concurrencyLimit()).isEqualTo(3);
        assertThat(decision.idempotent()).isTrue();
        assertThat(throttled).hasMessageContaining("throttle rejects 90 %").hasMessageContaining("concurrency limit 3");
    }

    @Test
    void aLimitTooLargeForTheShortRecordIsToldAllTheSame() {
        Levee levee = forcedOpen(inventory()
                .breaker(Breaker.consecutiveFailures(1))
                .concurrencyLimit(ConcurrencyLimit.adaptive().between(70_000, 100_000))
                .build());
        Throwable caught = catchThrowable(() -> levee.call(attempt -> "7"));
        assertThat(caught).isInstanceOf(BreakerOpenException.class);
        assertThat(Decision.of(caught).concurrencyLimit()).isEqualTo(100_000);
    }

    /** By the bytes that the thread has allocated: with compressed pointers, as every heap under 32 GB has. */
    @Test
    void aRefusalAllocatesItsExceptionAndThatHas64Bytes() {
        Levee open = forcedOpen(
                Levee.named("x").breaker(Breaker.consecutiveFailures(1)).build());
        Levee full = Levee.named("x").bulkhead(Bulkhead.inFlight(1)).build();
        full.bulkhead().tryEnter();
        Levee limited = Levee.named("x")
                .concurrencyLimit(ConcurrencyLimit.adaptive().between(1, 1).maxWait(Duration.ZERO))
                .build();
        limited.concurrencyLimit().tryEnter(TimeSource.system().nanoTime());
        Levee empty =
                Levee.named("x").limiter(Limiter.per(Duration.ofDays(1), 1)).build();
        empty.call(attempt -> 7);
        Levee throttled = Levee.named("x")
                .throttle(Throttle.adaptive().minimumPerSecond(0).maxRejection(0.99))
                .random(() -> 0)
                .build();
        long now = TimeSource.system().nanoTime();
        for (int i = 0; i < 10_000; i++) {
            throttled.throttle().onSent(now);
            throttled.throttle().onRefused(now);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        int calls = 5_000;
        for (Levee refusing : List.of(open, full, limited, empty, throttled)) {
            AttemptBody<String, RuntimeException> body = attempt -> {
                throw new AssertionError("nothing is to be sent");
            };
            refusals(refusing, body, calls);
            long before = threads.getThreadAllocatedBytes(thread);
            assertThat(refusals(refusing, body, calls)).isEqualTo(calls);
            long each = (threads.getThreadAllocatedBytes(thread) - before) / calls;
            assertThat(each).as(refusing.state().toString()).isLessThanOrEqualTo(64);
        }
    }

    private static int refusals(Levee levee, AttemptBody<String, RuntimeException> body, int calls) {
        int refused = 0;
        for (int i = 0; i < calls; i++) {
            try {
                levee.call(body);
            } catch (LeveeException refusal) {
                refused++;
            }
        }
        return refused;
    }

    @ParameterizedTest
    @EnumSource
    void theFallbackAnswersARefusalAndTheResultIsMarkedAsDegraded(Driver driver) throws Exception {
        Levee levee =
                forcedOpen(inventory().breaker(Breaker.consecutiveFailures(1)).build());
        assertThat(driver.call(levee, time, Call.<String>named("stock").fallback("0"), attempt -> "7"))
                .isEqualTo("0");
        Result<String> result = levee.execute(Call.<String>named("stock").fallback("0"), attempt -> "7");
        assertThat(result.decision().degraded()).isTrue();
        assertThat(result.decision().stop()).isEqualTo(StopReason.BREAKER_OPEN);
    }

    @Test
    void aRefusalIsTheEventsRecordAsWell() {
        List<LeveeEvent> events = new CopyOnWriteArrayList<>();
        Levee levee = inventory()
                .breaker(Breaker.consecutiveFailures(1))
                .listener(events::add)
                .build();
        levee.breaker().forceOpen();
        Throwable caught = catchThrowable(() -> levee.call(attempt -> "7"));
        Awaitility.await().until(() -> events.stream().anyMatch(LeveeEvent.CallEnded.class::isInstance));
        LeveeEvent.CallEnded ended = (LeveeEvent.CallEnded) events.get(events.size() - 1);
        assertThat(ended.failure()).isSameAs(caught);
        assertThat(ended.decision()).isSameAs(Decision.of(caught));
        levee.close();
    }

    @Test
    void aRefusalThatTravelledThroughSerializationHasNoRecordButBreaksNothing() throws Exception {
        Levee levee =
                forcedOpen(inventory().breaker(Breaker.consecutiveFailures(1)).build());
        Throwable caught = catchThrowable(() -> levee.call(attempt -> "7"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(caught);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            Object back = in.readObject();
            assertThat(back).isInstanceOf(BreakerOpenException.class);
            assertThat((Throwable) back).hasMessage(null);
            assertThat(((LeveeException) back).decision()).isNotNull();
        }
    }

    @Test
    void aCallThatNeedsNoClockStillWaitsOutItsBackoff() throws Exception {
        Levee levee = Levee.named("inventory")
                .time(time)
                .idempotent()
                .retry(RetryPolicy.fixed(Duration.ofMillis(50)).attempts(3))
                .noDeadline()
                .noAttemptTimeout()
                .noRetryBudget()
                .build();
        long start = time.nanoTime();
        String answer = levee.call(attempt -> {
            if (attempt.number() < 2) {
                throw new java.net.ConnectException("refused");
            }
            return "7";
        });
        assertThat(answer).isEqualTo("7");
        assertThat(time.nanoTime() - start).isEqualTo(100 * Nanos.PER_MILLI);
    }

    @Test
    void whatANestedAttemptHandedOnIsCancelledWithTheAttemptRoundIt() {
        Levee inner = Levee.named("stock").time(time).build();
        Scope[] handedOn = new Scope[1];
        try (Scope scope = Scope.open(Duration.ofSeconds(5), time)) {
            Throwable caught = catchThrowable(() -> inventory()
                    .build()
                    .call(outerAttempt -> inner.call(innerAttempt -> {
                        handedOn[0] = Scope.capture();
                        scope.cancel();
                        return "7";
                    })));
            assertThat(caught).isNull();
        }
        assertThat(handedOn[0].isCancelled()).isTrue();
    }

    /** Cancels a scope at the instant at which the engine sets its watch: after the attempt was admitted, before it runs. */
    private record CancellingTime(TimeSource real, Scope scope) implements TimeSource {
        @Override
        public long nanoTime() {
            return real.nanoTime();
        }

        @Override
        public Timeout schedule(long atNanos, Runnable task) {
            scope.cancel();
            return real.schedule(atNanos, task);
        }

        @Override
        public boolean await(long atNanos, java.util.function.BooleanSupplier condition) throws InterruptedException {
            return real.await(atNanos, condition);
        }

        @Override
        public void wake(Thread thread) {
            real.wake(thread);
        }
    }

    @Test
    void aCallThatIsCancelledBetweenItsAdmissionAndItsAttemptSendsNothing() {
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        try (Scope scope = Scope.open(Duration.ofSeconds(5), time)) {
            Levee levee = Levee.named("inventory")
                    .time(new CancellingTime(time, scope))
                    .bulkhead(Bulkhead.inFlight(1))
                    .build();
            Throwable caught = catchThrowable(() -> levee.call(attempt -> attempts.add(attempt.number())));
            assertThat(caught).isInstanceOf(CallCancelledException.class);
            assertThat(Decision.of(caught).fate()).isNull();
            assertThat(levee.state().inFlight()).isZero();
        }
        assertThat(attempts).isEmpty();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
