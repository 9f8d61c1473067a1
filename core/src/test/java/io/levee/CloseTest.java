package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing a Levee: whatever a call is waiting for, it ends at once, and nothing is left behind. */
@Timeout(60)
class CloseTest {
    private final ManualTime time = new ManualTime();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void threadsEnd() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    /** On the real clock, where a wait would last an hour. */
    private static Levee.Builder slow() {
        return Levee.named("closing")
                .noDeadline()
                .retry(RetryPolicy.fixed(Duration.ofHours(1)).attempts(3));
    }

    private Levee.Builder manual() {
        return Levee.named("closing")
                .time(time)
                .executor(Runnable::run)
                .retry(RetryPolicy.fixed(Duration.ofSeconds(1)).attempts(3));
    }

    private static Throwable failure(CompletableFuture<?> future) {
        return catchThrowable(() -> {
            try {
                future.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
    }

    private void nothingIsLeft(Levee levee) {
        LeveeState state = levee.state();
        assertThat(state.pending()).isZero();
        assertThat(state.closed()).isTrue();
        if (levee.limiter() != null) {
            assertThat(levee.limiter().waiting()).isZero();
        }
        if (levee.bulkhead() != null) {
            assertThat(levee.bulkhead().inFlight()).isZero();
        }
    }

    /** Of synchronous attempts one timer entry a thread stays, by design (Watch); asynchronous calls leave none. */
    private void noTimerIsLeft() {
        assertThat(time.pending()).isZero();
    }

    @Test
    void aSynchronousBackoffEnds() throws Exception {
        Levee levee = slow().bulkhead(Bulkhead.inFlight(5)).build();
        ConnectException last = new ConnectException();
        AtomicInteger attempts = new AtomicInteger();
        Future<Throwable> caught = threads.submit(() -> catchThrowable(() -> levee.call(attempt -> {
            attempts.incrementAndGet();
            throw last;
        })));
        Awaitility.await().until(() -> levee.state().pending() == 1);
        levee.close();
        assertThat(caught.get(30, TimeUnit.SECONDS))
                .isInstanceOf(LeveeClosedException.class)
                .hasCause(last);
        assertThat(attempts).hasValue(1);
        nothingIsLeft(levee);
    }

    @Test
    void aSynchronousWaitForAPermitEnds() throws Exception {
        Levee levee =
                slow().limiter(Limiter.per(Duration.ofHours(1), 1).burst(1)).build();
        levee.call(attempt -> "takes the only permit");
        AtomicInteger attempts = new AtomicInteger();
        Future<Throwable> caught =
                threads.submit(() -> catchThrowable(() -> levee.call(attempt -> attempts.incrementAndGet())));
        Awaitility.await()
                .until(() -> levee.limiter().waiting() == 1 && levee.state().pending() == 1);
        levee.close();
        assertThat(caught.get(30, TimeUnit.SECONDS)).isInstanceOf(LeveeClosedException.class);
        assertThat(attempts).hasValue(0);
        nothingIsLeft(levee);
    }

    @Test
    void aSynchronousAttemptThatRunsKeepsItsResultAndIsNotRetried() throws Exception {
        Levee levee = slow().idempotent().build();
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch closed = new CountDownLatch(1);
        AtomicInteger attempts = new AtomicInteger();
        Future<String> succeeds = threads.submit(() -> levee.<String, InterruptedException>call(attempt -> {
            running.countDown();
            closed.await();
            return "7";
        }));
        Future<Throwable> fails = threads.submit(() -> catchThrowable(() -> levee.call(attempt -> {
            attempts.incrementAndGet();
            running.countDown();
            closed.await();
            throw new ConnectException();
        })));
        running.await();
        levee.close();
        closed.countDown();
        assertThat(succeeds.get(30, TimeUnit.SECONDS)).isEqualTo("7");
        Throwable failure = fails.get(30, TimeUnit.SECONDS);
        assertThat(failure).isInstanceOf(LeveeClosedException.class).hasCauseInstanceOf(ConnectException.class);
        assertThat(Decision.of(failure).stop()).isEqualTo(StopReason.CLOSED);
        assertThat(attempts).hasValue(1);
        nothingIsLeft(levee);
    }

    @Test
    void asynchronousCallsEndWhateverTheyWaitFor() {
        Levee levee = manual().limiter(Limiter.perSecond(0.1).burst(2))
                .bulkhead(Bulkhead.inFlight(5))
                .noDeadline()
                .build();
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<String> inAttempt = levee.callAsync(attempt -> stage);
        CompletableFuture<String> inBackoff =
                levee.callAsync(attempt -> CompletableFuture.failedFuture(new ConnectException()));
        CompletableFuture<String> forPermit = levee.callAsync(attempt -> new CompletableFuture<>());
        assertThat(List.of(inAttempt, inBackoff, forPermit)).noneMatch(CompletableFuture::isDone);
        assertThat(levee.state().pending()).isEqualTo(3);
        levee.close();
        for (CompletableFuture<String> each : List.of(inAttempt, inBackoff, forPermit)) {
            assertThat(failure(each)).isInstanceOf(LeveeClosedException.class);
        }
        assertThat(stage).isCancelled();
        assertThat(failure(inBackoff)).hasCauseInstanceOf(ConnectException.class);
        nothingIsLeft(levee);
        noTimerIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void aCallAfterClosingIsRefusedWithoutAnAttempt(Driver driver) {
        Levee levee = manual().build();
        levee.close();
        AtomicInteger attempts = new AtomicInteger();
        Throwable refused = catchThrowable(
                () -> driver.call(levee, time, Call.<Integer>named("stock"), attempt -> attempts.incrementAndGet()));
        assertThat(refused).isInstanceOf(LeveeClosedException.class);
        assertThat(Decision.of(refused).stop()).isEqualTo(StopReason.CLOSED);
        assertThat(attempts).hasValue(0);
        nothingIsLeft(levee);
    }

    @ParameterizedTest
    @EnumSource
    void aCallMayCloseItsOwnLevee(Driver driver) {
        Levee levee = manual().build();
        Throwable failed = catchThrowable(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> {
            levee.close();
            throw new ConnectException();
        }));
        assertThat(failed).isInstanceOf(LeveeClosedException.class);
        nothingIsLeft(levee);
    }

    @Test
    void closingTwiceDoesNothing() {
        Levee levee = manual().build();
        levee.close();
        levee.close();
        assertThat(levee.state().closed()).isTrue();
    }

    @Test
    void theFallbackAnswersForACallThatClosingEnded() throws Exception {
        Levee levee = manual().build();
        CompletableFuture<String> call = levee.callAsync(
                Call.<String>named("stock").fallback("0"),
                attempt -> CompletableFuture.failedFuture(new ConnectException()));
        levee.close();
        assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("0");
        nothingIsLeft(levee);
        noTimerIsLeft();
    }

    @Test
    void theListenersHearOfTheEndsAndTheirThreadEnds() {
        List<LeveeEvent> heard = Collections.synchronizedList(new ArrayList<>());
        Levee levee = manual().listener(heard::add).build();
        levee.callAsync(attempt -> new CompletableFuture<>());
        levee.close();
        assertThat(heard).singleElement().isInstanceOfSatisfying(LeveeEvent.CallEnded.class, ended -> {
            assertThat(ended.decision().stop()).isEqualTo(StopReason.CLOSED);
            assertThat(ended.failure()).isInstanceOf(LeveeClosedException.class);
        });
        Awaitility.await().until(() -> leveeThreads().isEmpty());
        nothingIsLeft(levee);
    }

    private static List<String> leveeThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter("levee-events-closing"::equals)
                .collect(Collectors.toList());
    }

    /** Calls of all kinds race with the closing: each ends, and what they held is given back. */
    @RepeatedTest(30)
    void closingInTheMiddleOfTrafficLeavesNothing() throws Exception {
        Levee levee = Levee.named("closing")
                .idempotent()
                .noRetryBudget()
                .noDeadline()
                .retry(RetryPolicy.fixed(Duration.ofMillis(2)).attempts(50))
                .limiter(Limiter.perSecond(2_000).burst(10))
                .bulkhead(Bulkhead.inFlight(50))
                .listener(event -> {})
                .build();
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger other = new AtomicInteger();
        List<Future<?>> callers = new ArrayList<>();
        List<CompletableFuture<?>> futures = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 4; i++) {
            callers.add(threads.submit(() -> {
                for (int n = 0; !levee.state().closed() && n < 100_000; n++) {
                    int kind = n % 3;
                    if (kind == 0) {
                        futures.add(levee.callAsync(attempt -> CompletableFuture.failedFuture(new ConnectException())));
                    } else if (kind == 1) {
                        futures.add(levee.callAsync(attempt -> new CompletableFuture<>()));
                    } else {
                        Throwable thrown = catchThrowable(() -> levee.call(attempt -> {
                            throw new ConnectException();
                        }));
                        (thrown instanceof LeveeException || thrown instanceof ConnectException ? ended : other)
                                .incrementAndGet();
                    }
                }
            }));
        }
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> levee.state().pending() > 10);
        levee.close();
        for (Future<?> caller : callers) {
            caller.get(30, TimeUnit.SECONDS);
        }
        for (CompletableFuture<?> future : futures) {
            assertThat(failure(future)).isInstanceOfAny(LeveeException.class, ConnectException.class);
        }
        assertThat(other).hasValue(0);
        nothingIsLeft(levee);
    }
}
