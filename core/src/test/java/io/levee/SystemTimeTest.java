package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SystemTimeTest {
    private final TimeSource time = TimeSource.system();

    @Test
    void isNeverNegativeAndNeverRunsBackwards() {
        long before = time.nanoTime();
        assertThat(before).isNotNegative();
        for (int i = 0; i < 1_000_000; i++) {
            long now = time.nanoTime();
            if (now < before) {
                assertThat(now).isGreaterThanOrEqualTo(before);
            }
            before = now;
        }
    }

    @Test
    void schedulesOnTheThreadOfTheJvm() throws Exception {
        BlockingQueue<Thread> ranOn = new ArrayBlockingQueue<>(1);
        time.schedule(0, () -> ranOn.add(Thread.currentThread()));
        assertThat(ranOn.take().getName()).isEqualTo("levee-timer");
    }

    @Test
    void aConditionThatHoldsEndsTheWaitBeforeItBegins() throws Exception {
        assertThat(time.await(Long.MAX_VALUE, () -> true)).isTrue();
        assertThat(time.await(0, () -> true)).isTrue();
    }

    @Test
    void anInstantThatHasPassedEndsTheWaitAtOnce() throws Exception {
        assertThat(time.await(time.nanoTime(), () -> false)).isFalse();
        assertThat(time.await(0, () -> false)).isFalse();
    }

    @RepeatedTest(20)
    void neverAnswersFalseBeforeTheInstant() throws Exception {
        long at = time.nanoTime() + 2_345_678;
        assertThat(time.await(at, () -> false)).isFalse();
        assertThat(time.nanoTime()).isGreaterThanOrEqualTo(at);
    }

    @Test
    void aWakeUpWithoutTheConditionDoesNotEndTheWait() throws Exception {
        AtomicInteger tested = new AtomicInteger();
        assertThat(time.await(time.nanoTime() + 3_600 * Nanos.PER_SECOND, () -> {
                    // A permit is left on this thread: the next park returns at once.
                    LockSupport.unpark(Thread.currentThread());
                    return tested.incrementAndGet() == 3;
                }))
                .isTrue();
        assertThat(tested).hasValue(3);
    }

    @Test
    void manyWakeUpsDoNotMakeItAnswerFalseEarly() throws Exception {
        Thread waiter = Thread.currentThread();
        AtomicBoolean over = new AtomicBoolean();
        Thread waker = new Thread(() -> {
            while (!over.get()) {
                time.wake(waiter);
            }
        });
        waker.start();
        try {
            for (int i = 0; i < 20; i++) {
                long at = time.nanoTime() + 500_000;
                assertThat(time.await(at, () -> false)).isFalse();
                assertThat(time.nanoTime()).isGreaterThanOrEqualTo(at);
            }
        } finally {
            over.set(true);
            waker.join();
        }
    }

    @Test
    void anInterruptedThreadDoesNotWaitAndItsFlagIsClearedThen() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> time.await(Long.MAX_VALUE, () -> false)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    @DisplayName("a condition that holds wins over an interrupt, and the flag then stays for whoever looks next")
    void theConditionIsTestedBeforeTheInterrupt() throws Exception {
        Thread.currentThread().interrupt();
        assertThat(time.await(Long.MAX_VALUE, () -> true)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void wakeLetsAWaiterWithoutTimeLimitSeeItsCondition() {
        AtomicBoolean condition = new AtomicBoolean();
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread waiter = new Thread(() -> waitFor(condition, answer));
        waiter.start();
        untilParked(waiter);
        time.wake(waiter);
        untilParked(waiter);
        assertThat(answer).as("woken, but the condition does not hold").isNotDone();
        condition.set(true);
        time.wake(waiter);
        assertThat(answer.join()).isTrue();
    }

    @Test
    void anInterruptEndsAWaitWithoutTimeLimit() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread waiter = new Thread(() -> waitFor(new AtomicBoolean(), answer));
        waiter.start();
        untilParked(waiter);
        waiter.interrupt();
        assertThatThrownBy(answer::join).hasCauseInstanceOf(InterruptedException.class);
    }

    private void waitFor(AtomicBoolean condition, CompletableFuture<Boolean> answer) {
        try {
            answer.complete(time.await(Long.MAX_VALUE, condition::get));
        } catch (InterruptedException e) {
            answer.completeExceptionally(e);
        }
    }

    private static void untilParked(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }
}
