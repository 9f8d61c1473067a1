package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The invariants of the engine, one by one. Numbers 6 (the key) and 8 (the body) concern what a transport sends and are
 * tested with real servers in the adapters; 4 (the wall clock) also by the rule that no class of core reads it.
 */
class InvariantsTest {
    private final ManualTime time = new ManualTime();

    private Levee.Builder levee() {
        return Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .idempotent()
                .retry(RetryPolicy.fixed(Duration.ofMillis(100)).attempts(4));
    }

    @ParameterizedTest
    @EnumSource
    void invariant1EveryAttemptPassesTheLimiterAndTheBreaker(Driver driver) throws Exception {
        Levee levee = levee().limiter(Limiter.perSecond(1).burst(1)).build();
        List<Long> seconds = new ArrayList<>();
        long start = time.nanoTime();
        driver.call(levee, time, Call.<String>named("stock"), attempt -> {
            seconds.add((time.nanoTime() - start) / Nanos.PER_SECOND);
            if (attempt.number() < 3) {
                throw new ConnectException();
            }
            return "7";
        });
        assertThat(seconds).containsExactly(0L, 1L, 2L, 3L);

        Levee broken = levee().breaker(Breaker.consecutiveFailures(2)).build();
        AtomicInteger attempts = new AtomicInteger();
        Throwable caught = catchThrowable(() -> driver.call(broken, time, Call.<String>named("stock"), attempt -> {
            attempts.incrementAndGet();
            throw new ConnectException();
        }));
        assertThat(attempts).hasValue(2);
        assertThat(caught).isInstanceOf(ConnectException.class);
        assertThat(Decision.of(caught).stop()).isEqualTo(StopReason.BREAKER_OPEN);
    }

    /** The throttle rejects all it may: the retry that would be sent has been counted, rejected, and not been made. */
    @ParameterizedTest
    @EnumSource
    void invariant1EveryAttemptPassesTheThrottle(Driver driver) throws Exception {
        Levee levee = levee().random(() -> 0)
                .noRetryBudget()
                .throttle(Throttle.adaptive().minimumPerSecond(0.02)) // active from the third request
                .build();
        AtomicInteger attempts = new AtomicInteger();
        Result<String> result = driver.execute(levee, time, Call.named("stock"), attempt -> {
            attempts.incrementAndGet();
            throw new ConnectException();
        });
        assertThat(attempts).hasValue(3);
        assertThat(result.failure()).isInstanceOf(ConnectException.class);
        assertThat(result.decision().stop()).isEqualTo(StopReason.THROTTLED);
        assertThat(result.decision().rejectionProbability()).isEqualTo(0.8, within(0.001));
        assertThat(result.decision().toString()).contains("throttle rejects 80 %");
        assertThat(levee.throttle().snapshot(time.nanoTime())).isEqualTo(new Throttle.Snapshot(4, 0, 4 / 5.0));

        Result<String> first = driver.execute(levee, time, Call.named("stock"), attempt -> "7");
        assertThat(first.failure()).isInstanceOf(ThrottledException.class);
        assertThat(first.attempts()).isZero();
        assertThat(first.decision().reason()).contains("the throttle rejects a share of the attempts");
    }

    @ParameterizedTest
    @EnumSource
    void invariant1EveryAttemptPassesTheConcurrencyLimitAndTellsItHowItWent(Driver driver) throws Exception {
        Levee levee = levee().concurrencyLimit(ConcurrencyLimit.adaptive()
                        .between(1, 10)
                        .initial(10)
                        .window(Duration.ofMillis(10))
                        .maxWait(Duration.ZERO))
                .build();
        ConcurrencyLimit limit = levee.concurrencyLimit();
        List<Integer> inside = new ArrayList<>();
        driver.execute(levee, time, Call.<String>named("stock"), attempt -> {
            inside.add(limit.inFlight());
            throw new ConnectException();
        });
        assertThat(inside).containsExactly(1, 1, 1, 1);
        for (int i = 0; i < 6; i++) {
            driver.execute(levee, time, Call.<String>named("stock"), attempt -> {
                throw new ConnectException();
            });
        }
        assertThat(limit.limit()).as("10 drops, none of them in use").isLessThan(10);
        assertThat(limit.inFlight()).isZero();

        for (int i = limit.limit(); i > 0; i--) {
            limit.tryEnter(time.nanoTime());
        }
        AtomicInteger attempts = new AtomicInteger();
        Result<String> full =
                driver.execute(levee, time, Call.named("stock"), attempt -> "attempt " + attempts.incrementAndGet());
        assertThat(attempts).hasValue(0);
        assertThat(full.failure()).isInstanceOf(LimitFullException.class);
        assertThat(full.decision().stop()).isEqualTo(StopReason.LIMIT_FULL);
        assertThat(full.decision().concurrencyLimit()).isEqualTo(limit.limit());
    }

    @ParameterizedTest
    @EnumSource
    void aSuccessTellsTheConcurrencyLimitHowLongItTook(Driver driver) throws Exception {
        Levee levee = levee().concurrencyLimit(ConcurrencyLimit.adaptive().window(Duration.ofMillis(10)))
                .build();
        for (int i = 0; i < 11; i++) {
            driver.call(levee, time, Call.<String>named("stock"), attempt -> {
                time.advance(Duration.ofMillis(8));
                return "7";
            });
        }
        assertThat(levee.state().concurrencyLimit().meanNanos())
                .isBetween(8 * Nanos.PER_MILLI - 1_024, 8 * Nanos.PER_MILLI + 1_024);
    }

    @ParameterizedTest
    @EnumSource
    void whatTheDownstreamAnsweredIsNoRefusal(Driver driver) throws Exception {
        Levee levee = levee().throttle(Throttle.adaptive()).build();
        for (Exception answered :
                List.of(new IllegalStateException("no such item"), new java.util.concurrent.CancellationException())) {
            driver.execute(levee, time, Call.named("stock"), attempt -> {
                throw answered;
            });
        }
        assertThat(levee.state().throttle().accepts()).isEqualTo(2);
        driver.execute(levee, time, Call.<String>named("place").notIdempotent(), attempt -> {
            throw new SocketTimeoutException("Read timed out");
        });
        assertThat(levee.state().throttle()).isEqualTo(new Throttle.Snapshot(3, 2, 0));
    }

    @ParameterizedTest
    @EnumSource
    void invariant2NoAttemptStartsAfterTheDeadlineAndNoBackoffIsSleptPastIt(Driver driver) {
        Levee levee = levee().deadline(Duration.ofMillis(250)).build();
        List<Long> starts = new ArrayList<>();
        long start = time.nanoTime();
        Throwable caught = catchThrowable(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> {
            starts.add((time.nanoTime() - start) / Nanos.PER_MILLI);
            throw new ConnectException();
        }));
        assertThat(starts).containsExactly(0L, 100L, 200L);
        assertThat(time.nanoTime() - start).isEqualTo(200 * Nanos.PER_MILLI);
        assertThat(caught).isInstanceOf(ConnectException.class);
        assertThat(Decision.of(caught).stop()).isEqualTo(StopReason.DEADLINE);
    }

    @ParameterizedTest
    @EnumSource
    void invariant2AWaitForAPermitThatWouldCrossTheDeadlineFailsAtOnce(Driver driver) throws Exception {
        Levee levee = levee().limiter(Limiter.perSecond(0.1).burst(1))
                .deadline(Duration.ofSeconds(5))
                .build();
        driver.call(levee, time, Call.<String>named("stock"), attempt -> "7");
        long start = time.nanoTime();
        Throwable caught = catchThrowable(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> "7"));
        assertThat(caught).isInstanceOf(NoPermitException.class);
        assertThat(time.nanoTime()).isEqualTo(start);
    }

    @Test
    void invariant3ACancelledCallSendsNothingMoreAndLeavesNothingBehind() {
        Levee levee = levee().limiter(Limiter.perSecond(0.1).burst(2))
                .bulkhead(Bulkhead.inFlight(5))
                .deadline(Duration.ofSeconds(60))
                .build();
        AtomicInteger attempts = new AtomicInteger();
        List<CompletableFuture<String>> running = new ArrayList<>();
        CompletableFuture<String> inAttempt = levee.callAsync(attempt -> {
            attempts.incrementAndGet();
            CompletableFuture<String> stage = new CompletableFuture<>();
            running.add(stage);
            return stage;
        });
        CompletableFuture<String> inBackoff = levee.callAsync(attempt -> {
            attempts.incrementAndGet();
            return CompletableFuture.failedFuture(new ConnectException());
        });
        CompletableFuture<String> inLimiter = levee.callAsync(attempt -> {
            attempts.incrementAndGet();
            return new CompletableFuture<>();
        });
        assertThat(levee.limiter().waiting()).isEqualTo(1);
        for (CompletableFuture<String> call : List.of(inAttempt, inBackoff, inLimiter)) {
            assertThat(call.cancel(true)).isTrue();
        }
        time.advance(Duration.ofMinutes(5));
        assertThat(attempts).hasValue(2);
        assertThat(running.get(0)).isCancelled();
        assertThat(levee.limiter().waiting()).isZero();
        assertThat(levee.bulkhead().inFlight()).isZero();
        assertThat(levee.state().pending()).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void invariant3ACancelledHedgedCallLeavesNothingBehind() {
        Levee levee = levee().hedge(Hedge.after(Duration.ofMillis(5)))
                .bulkhead(Bulkhead.inFlight(5))
                .concurrencyLimit(ConcurrencyLimit.adaptive())
                .build();
        List<CompletableFuture<String>> running = new ArrayList<>();
        CompletableFuture<String> call = levee.callAsync(attempt -> {
            CompletableFuture<String> stage = new CompletableFuture<>();
            running.add(stage);
            return stage;
        });
        time.advance(Duration.ofMillis(5));
        assertThat(levee.bulkhead().inFlight()).isEqualTo(2);
        call.cancel(true);
        time.advance(Duration.ofMinutes(5));
        assertThat(running).hasSize(2).allSatisfy(stage -> assertThat(stage).isCancelled());
        assertThat(levee.bulkhead().inFlight()).isZero();
        assertThat(levee.concurrencyLimit().inFlight()).isZero();
        assertThat(levee.state().pending()).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void invariant3AnInterruptEndsTheBackoffAndTheFlagStaysSet() {
        Levee levee = levee().build();
        AtomicInteger attempts = new AtomicInteger();
        Throwable caught;
        try {
            caught = catchThrowable(() -> levee.call(attempt -> {
                attempts.incrementAndGet();
                Thread.currentThread().interrupt();
                throw new ConnectException();
            }));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(caught).isInstanceOf(CallCancelledException.class).hasCauseInstanceOf(ConnectException.class);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void invariant3AScopeCancelsTheCallsInsideAndWhatTheyHandedOver() {
        Levee levee = levee().build();
        Scope[] handedOver = new Scope[1];
        Throwable caught;
        try (Scope scope = Scope.open(Duration.ofSeconds(10), time)) {
            caught = catchThrowable(() -> levee.call(attempt -> {
                handedOver[0] = Scope.capture();
                scope.cancel();
                assertThat(attempt.isCancelled()).isTrue();
                throw new SocketTimeoutException();
            }));
        }
        assertThat(caught).isInstanceOf(CallCancelledException.class);
        assertThat(handedOver[0].isCancelled()).isTrue();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void invariant3NoStrayInterruptReachesTheCodeAfterTheCall() {
        Levee levee = levee().attemptTimeout(Duration.ofSeconds(1)).build();
        String answer = levee.call(attempt -> {
            time.advance(Duration.ofSeconds(2));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            return "late but there";
        });
        assertThat(answer).isEqualTo("late but there");
        assertThat(Thread.interrupted()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void invariant5WithADownstreamThatIsDownRetriesAddTheRatioAndTheReserve(Driver driver) {
        int calls = 10_000;
        Levee levee = levee().retryBudget(
                        RetryBudget.ratio(0.1).reservePerSecond(1).maxBalance(20))
                .build();
        AtomicInteger attempts = new AtomicInteger();
        long start = time.nanoTime();
        for (int i = 0; i < calls; i++) {
            time.advance(Duration.ofMillis(1));
            fails(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> {
                attempts.incrementAndGet();
                throw new ConnectException();
            }));
        }
        double seconds = (time.nanoTime() - start) / 1e9;
        assertThat(attempts.get() - calls)
                .isLessThanOrEqualTo((int) (0.1 * calls + seconds + 20))
                .isGreaterThan(calls / 20);
    }

    @Test
    void invariant5HedgesAndRetriesTogetherStayWithinTheRetryBudget() {
        int calls = 2_000;
        Levee levee = levee().retryBudget(
                        RetryBudget.ratio(0.1).reservePerSecond(1).maxBalance(20))
                .attemptTimeout(Duration.ofMillis(50))
                .hedge(Hedge.after(Duration.ofMillis(5)))
                .build();
        AtomicInteger attempts = new AtomicInteger();
        long start = time.nanoTime();
        for (int i = 0; i < calls; i++) {
            time.advance(Duration.ofMillis(1));
            levee.callAsync(attempt -> {
                attempts.incrementAndGet();
                return new CompletableFuture<String>(); // hangs
            });
        }
        time.advance(Duration.ofMinutes(1));
        double seconds = (time.nanoTime() - start) / 1e9;
        assertThat(levee.hedge().snapshot(time.nanoTime()).sent()).isGreaterThan(calls / 20);
        assertThat(attempts.get() - calls).isLessThanOrEqualTo((int) (0.1 * calls + seconds + 20));
        assertThat(levee.state().pending()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void invariant6WithoutASayOfTheCallerNothingIsDoneTwice(Driver driver) {
        Levee levee = Levee.named("orders").time(time).executor(Runnable::run).build();
        AtomicInteger sideEffects = new AtomicInteger();
        for (Exception failure : List.of(
                new IOException("reset"),
                new SocketTimeoutException("Read timed out"),
                new IllegalStateException("?"),
                new java.util.concurrent.TimeoutException())) {
            sideEffects.set(0);
            fails(() -> driver.call(levee, time, Call.<String>named("place"), attempt -> {
                sideEffects.incrementAndGet();
                throw failure;
            }));
            assertThat(sideEffects).hasValue(1);
        }
    }

    @Test
    void invariant7ALateResultOfAnEarlierGenerationChangesNothing() {
        Levee levee = levee().breaker(Breaker.consecutiveFailures(1).openFor(Duration.ofSeconds(1)))
                .build();
        CompletableFuture<String> slow = new CompletableFuture<>();
        levee.callAsync(attempt -> slow);
        fails(() -> levee.call(attempt -> {
            throw new ConnectException();
        }));
        assertThat(levee.breaker().state()).isEqualTo(Breaker.State.OPEN);
        slow.complete("late success");
        assertThat(levee.breaker().state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void invariant9TheHappyPathAllocatesNothing() {
        Levee levee = Levee.named("x")
                .limiter(Limiter.perSecond(1e9).burst(1_000_000))
                .breaker(Breaker.failureRate(0.5))
                .bulkhead(Bulkhead.inFlight(10))
                .build();
        AttemptBody<String, RuntimeException> body = attempt -> "7";
        // The measuring itself, and the timer entry that is set once in ten seconds, are some hundred bytes in all.
        assertThat(Allocation.ofWarm(() -> levee.call(body))).isLessThan(Allocation.CALLS);
    }

    @Test
    void invariant9TheHappyPathAllocatesNothingWithTheAdaptivePartsOn() {
        Levee levee = Levee.named("x")
                .throttle(Throttle.adaptive())
                .concurrencyLimit(ConcurrencyLimit.adaptive())
                .hedge(Hedge.afterPercentile(0.95))
                .build();
        AttemptBody<String, RuntimeException> body = attempt -> "7";
        // As above, and a concurrency limit's window that may end in between.
        assertThat(Allocation.ofWarm(() -> levee.call(body))).isLessThan(Allocation.CALLS);
    }

    @Test
    void invariant9TheHappyPathAllocatesNothingWithNothingSetButAName() {
        Levee levee = Levee.named("x").build();
        AttemptBody<String, RuntimeException> body = attempt -> "7";
        assertThat(Allocation.ofWarm(() -> levee.call(body))).isLessThan(Allocation.CALLS);
    }

    @Test
    void aFailedAttemptThatIsRetriedAllocatesNothingWhereNobodyIsToldOfIt() {
        Levee levee = Levee.named("x")
                .retry(RetryPolicy.fixed(Duration.ZERO).attempts(3))
                .noRetryBudget()
                .build();
        ConnectException refused = new ConnectException("refused");
        AttemptBody<String, ConnectException> body = attempt -> {
            if (attempt.number() < 2) {
                throw refused;
            }
            return "7";
        };
        assertThat(Allocation.ofWarm(() -> {
                    try {
                        levee.call(body);
                    } catch (ConnectException e) {
                        throw new AssertionError(e);
                    }
                }))
                .isLessThan(Allocation.CALLS);
    }

    @Test
    void invariant10AListenerThatThrowsOrBlocksChangesNothing() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger heard = new AtomicInteger();
        Levee throwing = levee().listener(event -> {
                    heard.incrementAndGet();
                    throw new IllegalStateException("listener");
                })
                .build();
        Levee blocking = levee().listener(event -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })
                .build();
        for (Levee levee : List.of(throwing, blocking)) {
            for (int i = 0; i < 20_000; i++) {
                assertThat(levee.call(attempt -> 7).intValue()).isEqualTo(7);
            }
        }
        Awaitility.await().until(() -> heard.get() > 0 && throwing.state().listenerFailures() > 0);
        assertThat(blocking.state().eventsDropped()).isGreaterThan(10_000);
        throwing.close();
        blocking.close();
        never.countDown();
    }

    private static void fails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThat(catchThrowable(call)).isNotNull();
    }
}
