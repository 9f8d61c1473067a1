package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadline and cancellation as a tree, on one thread and handed over to others. */
@Timeout(60)
class ScopeTest {
    private final ManualTime time = new ManualTime();
    private final ExecutorService other = Executors.newSingleThreadExecutor();

    @AfterEach
    void nothingIsLeftOnAnyThread() throws Exception {
        assertThat(Scope.current()).isNull();
        assertThat(there(Scope::current)).isNull();
        other.shutdownNow();
        assertThat(other.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    private <T> T there(Callable<T> task) throws Exception {
        return other.submit(task).get(30, TimeUnit.SECONDS);
    }

    private Levee levee() {
        return Levee.named("x")
                .time(time)
                .executor(Runnable::run)
                .retry(RetryPolicy.fixed(Duration.ofSeconds(1)).attempts(3))
                .build();
    }

    private static long millis(long nanos) {
        return nanos / Nanos.PER_MILLI;
    }

    // --- the deadline ----------------------------------------------------------------------------------------------

    @Test
    void aWrappedTaskHasTheDeadlineOnAnotherThread() throws Exception {
        Levee levee = levee();
        try (Scope scope = Scope.open(Duration.ofSeconds(2), time)) {
            assertThat(there(scope.wrap((Callable<Scope>) Scope::current))).isSameAs(scope);
            assertThat(there(scope.wrap(() -> levee.<Long, RuntimeException>call(Attempt::remainingNanos))))
                    .isEqualTo(2 * Nanos.PER_SECOND);
            AtomicReference<Scope> seen = new AtomicReference<>();
            there(Executors.callable(scope.wrap((Runnable) () -> seen.set(Scope.current()))));
            assertThat(seen).hasValue(scope);
        }
    }

    @Test
    void anAsynchronousCallThatIsStartedThereHasIt() throws Exception {
        Levee levee = levee();
        try (Scope scope = Scope.open(Duration.ofSeconds(2), time)) {
            CompletableFuture<Long> left = there(scope.wrap(
                    () -> levee.callAsync(attempt -> CompletableFuture.completedFuture(attempt.remainingNanos()))));
            assertThat(left.get()).isEqualTo(2 * Nanos.PER_SECOND);
        }
    }

    @Test
    void aDeadlineIsShortenedInsideAndNeverExtended() {
        try (Scope outer = Scope.open(Duration.ofSeconds(5), time)) {
            try (Scope longer = Scope.open(Duration.ofSeconds(60), time)) {
                assertThat(millis(longer.remainingNanos())).isEqualTo(5_000);
                try (Scope shorter = Scope.open(Duration.ofSeconds(1), time)) {
                    assertThat(millis(shorter.remainingNanos())).isEqualTo(1_000);
                    assertThat(millis(Scope.capture().remainingNanos())).isEqualTo(1_000);
                    try (Scope plain = Scope.open()) {
                        assertThat(millis(plain.remainingNanos())).isEqualTo(1_000);
                    }
                }
            }
            time.advance(Duration.ofSeconds(9));
            assertThat(outer.remainingNanos()).isZero();
        }
    }

    @Test
    void whatIsCapturedInAnAttemptHasTheAttemptsDeadline() throws Exception {
        Levee levee = Levee.named("x")
                .time(time)
                .deadline(Duration.ofSeconds(30))
                .attemptTimeout(Duration.ofMillis(800))
                .build();
        long left = levee.<Long, Exception>call(attempt -> {
            Scope captured = Scope.capture();
            return there(captured.wrap(
                    () -> levee.<Long, RuntimeException>call(Call.<Long>named("nested"), Attempt::remainingNanos)));
        });
        assertThat(millis(left)).isEqualTo(800);
    }

    @Test
    void withoutAnEnclosingScopeThereIsNoDeadlineAndNoCancellation() {
        Scope captured = Scope.capture();
        assertThat(captured.remainingNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(captured.isCancelled()).isFalse();
    }

    @Test
    void aCallAfterTheDeadlineMakesNoAttempt() throws Exception {
        Levee levee = levee();
        AtomicInteger attempts = new AtomicInteger();
        try (Scope scope = Scope.open(Duration.ofSeconds(1), time)) {
            time.advance(Duration.ofSeconds(1));
            Throwable refused = there(scope.wrap(() -> catchThrowable(() -> levee.call(attempt -> {
                return attempts.incrementAndGet();
            }))));
            assertThat(refused).isInstanceOf(DeadlineExceededException.class);
        }
        assertThat(attempts).hasValue(0);
    }

    // --- cancellation ----------------------------------------------------------------------------------------------

    @Test
    void cancellingEndsABackoffOnAnotherThread() throws Exception {
        Levee levee = Levee.named("x")
                .retry(RetryPolicy.fixed(Duration.ofHours(1)).attempts(3))
                .noDeadline()
                .build();
        try (Scope scope = Scope.open()) {
            AtomicInteger attempts = new AtomicInteger();
            Future<Throwable> caught = other.submit(scope.wrap(() -> catchThrowable(() -> levee.call(attempt -> {
                attempts.incrementAndGet();
                throw new ConnectException();
            }))));
            Awaitility.await().until(() -> levee.state().pending() == 1);
            scope.cancel();
            assertThat(caught.get(30, TimeUnit.SECONDS)).isInstanceOf(CallCancelledException.class);
            assertThat(attempts).hasValue(1);
            assertThat(there(Thread::interrupted)).isFalse();
        }
        levee.close();
    }

    @Test
    void cancellingInterruptsAnAttemptOnAnotherThread() throws Exception {
        Levee levee = Levee.named("x").build();
        try (Scope scope = Scope.open()) {
            CountDownLatch running = new CountDownLatch(1);
            AtomicBoolean interrupted = new AtomicBoolean();
            Future<Throwable> caught = other.submit(scope.wrap(() -> catchThrowable(() -> levee.call(attempt -> {
                running.countDown();
                try {
                    new CountDownLatch(1).await();
                    return "never";
                } catch (InterruptedException stopped) {
                    interrupted.set(true);
                    throw stopped;
                }
            }))));
            running.await();
            scope.cancel();
            assertThat(caught.get(30, TimeUnit.SECONDS)).isInstanceOf(CallCancelledException.class);
            assertThat(interrupted).isTrue();
            assertThat(there(Thread::interrupted)).as("the thread is as it was").isFalse();
        }
        levee.close();
    }

    @Test
    void cancellingAbandonsAsynchronousCallsThatWereStartedThere() throws Exception {
        Levee levee = levee();
        try (Scope scope = Scope.open(Duration.ofSeconds(20), time)) {
            CompletableFuture<String> stage = new CompletableFuture<>();
            CompletableFuture<String> call = there(scope.wrap(() -> levee.callAsync(attempt -> stage)));
            scope.cancel();
            assertThat(call).isCompletedExceptionally();
            assertThat(stage).isCancelled();
        }
        assertThat(time.pending()).isZero();
    }

    private Levee.Builder timingOutAfterASecond() {
        return Levee.named("x")
                .time(time)
                .idempotent()
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(2))
                .attemptTimeout(Duration.ofSeconds(1));
    }

    @Test
    void whatASynchronousAttemptStartedIsCancelledAtTheInstantOfItsTimeout() {
        Levee levee = timingOutAfterASecond().executor(Runnable::run).build();
        long due = time.nanoTime() + Nanos.PER_SECOND;
        List<Long> told = new ArrayList<>();
        CompletableFuture<String> stage = new CompletableFuture<>();
        String answer = levee.call(attempt -> {
            Scope captured = Scope.capture();
            captured.onCancel(() -> told.add(time.nanoTime()));
            CompletableFuture<String> child;
            try (Scope.Attachment here = captured.attach();
                    Scope inner = Scope.open()) {
                inner.onCancel(() -> told.add(time.nanoTime()));
                child = Levee.named("y").noDeadline().noAttemptTimeout().build().callAsync(nested -> stage);
            }
            time.advanceTo(due - 1);
            assertThat(captured.isCancelled()).isFalse();
            time.advance(Duration.ofSeconds(5));
            assertThat(captured.isCancelled()).as("while the body runs on").isTrue();
            assertThat(child).isCompletedExceptionally();
            return "late but there";
        });
        assertThat(answer).isEqualTo("late but there");
        assertThat(told).containsExactly(due, due);
        assertThat(stage).isCancelled();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void whatIsCapturedAfterTheTimeoutIsCancelledFromTheStartAndTheNextAttemptsIsNot() throws Exception {
        Levee levee = timingOutAfterASecond().executor(Runnable::run).build();
        List<Boolean> cancelled = new ArrayList<>();
        levee.<String, ConnectException>call(attempt -> {
            if (attempt.number() == 0) {
                time.advance(Duration.ofSeconds(1));
                cancelled.add(Scope.capture().isCancelled());
                throw new ConnectException();
            }
            cancelled.add(Scope.capture().isCancelled());
            return "7";
        });
        assertThat(cancelled).containsExactly(true, false);
    }

    @Test
    void anExecutorThatTakesNothingMoreLeavesTheCancellationToTheEndOfTheAttempt() {
        Levee levee = timingOutAfterASecond()
                .executor(task -> {
                    throw new RejectedExecutionException("shut down");
                })
                .build();
        Scope[] captured = new Scope[1];
        levee.call(attempt -> {
            captured[0] = Scope.capture();
            time.advance(Duration.ofSeconds(1));
            assertThat(captured[0].isCancelled()).isFalse();
            return "7";
        });
        assertThat(captured[0].isCancelled()).isTrue();
    }

    @Test
    void anInterruptedAttemptCancelsWhatItStarted() {
        Levee levee = timingOutAfterASecond().build();
        Scope[] captured = new Scope[2];
        Throwable thrown = catchThrowable(() -> levee.call(attempt -> {
            captured[0] = Scope.capture();
            throw new InterruptedException();
        }));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(thrown).isInstanceOf(InterruptedException.class);
        levee.call(attempt -> {
            captured[1] = Scope.capture();
            return "7";
        });
        assertThat(captured[0].isCancelled()).isTrue();
        assertThat(captured[1].isCancelled())
                .as("an attempt that succeeds cancels nothing")
                .isFalse();
    }

    @Test
    void cancellationGoesDownTheTreeAndNotUp() {
        try (Scope outer = Scope.open();
                Scope middle = Scope.open();
                Scope inner = Scope.open()) {
            middle.cancel();
            assertThat(List.of(outer.isCancelled(), middle.isCancelled(), inner.isCancelled()))
                    .containsExactly(false, true, true);
        }
    }

    @Test
    void whatWasStartedInAScopeThatIsClosedIsStillCancelledWithTheOuterOne() {
        Levee levee = levee();
        try (Scope outer = Scope.open(Duration.ofSeconds(20), time)) {
            CompletableFuture<String> call;
            AtomicBoolean told = new AtomicBoolean();
            try (Scope inner = Scope.open(Duration.ofSeconds(10), time)) {
                call = levee.callAsync(attempt -> new CompletableFuture<>());
                inner.onCancel(() -> told.set(true));
            }
            assertThat(call).isNotDone();
            outer.cancel();
            assertThat(call).isCompletedExceptionally();
            assertThat(told).isTrue();
        }
        assertThat(time.pending()).isZero();
    }

    @Test
    void whatAnAttemptHandedOverIsStillCancelledAfterTheAttemptHasEnded() {
        Levee levee = levee();
        try (Scope outer = Scope.open(Duration.ofSeconds(20), time)) {
            CompletableFuture<CompletableFuture<String>> handed = new CompletableFuture<>();
            levee.call(attempt -> {
                Scope captured = Scope.capture();
                captured.wrap((Runnable) () -> handed.complete(levee.callAsync(nested -> new CompletableFuture<>())))
                        .run();
                return "7";
            });
            assertThat(handed.join()).isNotDone();
            outer.cancel();
            assertThat(handed.join()).isCompletedExceptionally();
        }
    }

    @Test
    void aScopeThatWasUsedAndLeftHoldsOnToNothing() {
        Levee levee = levee();
        try (Scope outer = Scope.open(Duration.ofSeconds(20), time)) {
            for (int i = 0; i < 100; i++) {
                Scope.capture();
                try (Scope inner = Scope.open()) {
                    levee.call(attempt -> Scope.capture());
                    inner.onCancel(() -> {}).close();
                }
            }
            assertThat(outer.members).isNull();
        }
    }

    @Test
    void aCancelledScopeTakesNoMore() {
        Levee levee = levee();
        AtomicInteger attempts = new AtomicInteger();
        try (Scope outer = Scope.open();
                Scope inner = Scope.open()) {
            outer.cancel();
            Throwable sync = catchThrowable(() -> levee.call(attempt -> attempts.incrementAndGet()));
            assertThat(sync).isInstanceOf(CallCancelledException.class);
            assertThat(levee.callAsync(attempt -> CompletableFuture.completedFuture(attempts.incrementAndGet())))
                    .isCompletedExceptionally();
            AtomicBoolean ran = new AtomicBoolean();
            inner.onCancel(() -> ran.set(true));
            assertThat(ran).isTrue();
            try (Scope late = Scope.open()) {
                assertThat(late.isCancelled()).isTrue();
            }
        }
        assertThat(attempts).hasValue(0);
    }

    @Test
    void anActionRunsOnceAndOneThatThrowsKeepsNoOtherFromRunning() {
        Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
        List<Throwable> uncaught = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
        try {
            Scope scope = Scope.capture();
            AtomicInteger runs = new AtomicInteger();
            IllegalStateException broken = new IllegalStateException("action");
            scope.onCancel(runs::incrementAndGet);
            scope.onCancel(() -> {
                throw broken;
            });
            scope.onCancel(runs::incrementAndGet);
            scope.onCancel(runs::incrementAndGet).close();
            scope.cancel();
            scope.cancel();
            assertThat(runs).hasValue(2);
            assertThat(uncaught).containsExactly(broken);
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(before);
        }
    }

    @RepeatedTest(50)
    void callsThatJoinAndLeaveWhileTheyAreCancelledAllEnd() throws Exception {
        Levee levee = Levee.named("x")
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(1_000_000))
                .noRetryBudget()
                .build();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Scope outer = Scope.open()) {
            AtomicBoolean cancelled = new AtomicBoolean();
            AtomicInteger late = new AtomicInteger();
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(threads.submit(Scope.capture().wrap(() -> {
                    while (!outer.isCancelled()) {
                        try (Scope inner = Scope.open()) {
                            var unused = catchThrowable(() -> levee.call(attempt -> {
                                if (ThreadLocalRandom.current().nextInt(4) == 0) {
                                    throw new ConnectException();
                                }
                                return null;
                            }));
                            levee.callAsync(attempt -> CompletableFuture.failedFuture(new ConnectException()));
                        }
                    }
                    boolean after = cancelled.get();
                    var refused = catchThrowable(() -> levee.call(attempt -> after ? late.incrementAndGet() : 0));
                    return null;
                })));
            }
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> levee.state().pending() > 0);
            outer.cancel();
            cancelled.set(true);
            for (Future<?> each : all) {
                each.get(30, TimeUnit.SECONDS);
            }
            assertThat(late).as("attempts of calls made after the cancellation").hasValue(0);
            // A call that another thread was just driving is ended by that thread.
            Awaitility.await().until(() -> levee.state().pending() == 0 && outer.members == null);
        } finally {
            threads.shutdownNow();
            levee.close();
        }
    }

    // --- misuse ----------------------------------------------------------------------------------------------------

    @Test
    void aScopeIsClosedWhereItWasOpened() throws Exception {
        Scope scope = Scope.open();
        Throwable misuse = there(() -> catchThrowable(scope::close));
        assertThat(misuse)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must be closed on the thread that it was bound to")
                .hasMessageContaining(Thread.currentThread().getName());
        assertThat(Scope.current()).as("the misuse changed nothing").isSameAs(scope);
        scope.close();
        assertThat(Scope.current()).isNull();
        scope.close();
        assertThat(Scope.current()).isNull();
    }

    @Test
    void anAttachmentIsClosedWhereItWasMade() throws Exception {
        Scope captured = Scope.capture();
        try (Scope.Attachment here = captured.attach()) {
            assertThat(Scope.current()).isSameAs(captured);
            Throwable misuse = there(() -> catchThrowable(here::close));
            assertThat(misuse).isInstanceOf(IllegalStateException.class);
            assertThat(Scope.current()).isSameAs(captured);
        }
    }

    @Test
    void attachingRestoresWhatWasBoundBefore() {
        Scope captured = Scope.capture();
        try (Scope scope = Scope.open(Duration.ofSeconds(1), time)) {
            try (Scope.Attachment here = captured.attach()) {
                assertThat(Scope.current()).isSameAs(captured);
                assertThat(levee().<Long, RuntimeException>call(Attempt::remainingNanos))
                        .as("the captured scope's own deadline: none but the call's")
                        .isEqualTo(7 * Nanos.PER_SECOND);
            }
            assertThat(Scope.current()).isSameAs(scope);
        }
    }

    @Test
    void aTaskThatThrowsLeavesTheThreadUnbound() throws Exception {
        IllegalStateException broken = new IllegalStateException("task");
        try (Scope scope = Scope.open()) {
            Callable<Object> task = scope.wrap(() -> {
                throw broken;
            });
            assertThat(there(() -> catchThrowable(task::call))).isSameAs(broken);
            assertThat(there(Scope::current)).isNull();
        }
    }

    @Test
    void anAttemptIsOfNoUseOnAnotherThread() throws Exception {
        Throwable misuse = levee().<Throwable, Exception>call(attempt -> there(() -> catchThrowable(attempt::number)));
        assertThat(misuse).isInstanceOf(IllegalStateException.class).hasMessageContaining("Scope.capture()");
    }

    @Test
    void aNegativeTimeIsRefused() {
        assertThatThrownBy(() -> Scope.open(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeout must not be negative");
        assertThat(Scope.current()).isNull();
    }

    @Test
    void attachmentsAreClosedInTheReverseOrderAndASecondCloseDoesNothing() {
        Scope a = Scope.capture();
        Scope b = Scope.capture();
        Scope.Attachment outer = a.attach();
        Scope.Attachment inner = b.attach();
        assertThatThrownBy(outer::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("reverse order");
        assertThat(Scope.current()).isSameAs(b);
        inner.close();
        outer.close();
        assertThat(Scope.current()).isNull();
        try (Scope.Attachment again = b.attach()) {
            inner.close();
            outer.close();
            assertThat(Scope.current()).isSameAs(b);
        }
        assertThat(Scope.current()).isNull();
    }
}
