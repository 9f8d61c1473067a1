package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The timer's thread on the real clock, which is what it is for. Nothing here asserts that something is fast: each test
 * waits for an event, and the class's time limit only ends a test that would hang.
 */
@Timeout(60)
class TimerThreadTest {
    private static final long MILLI = Nanos.PER_MILLI;
    private static final long LONG_IDLE = 600 * Nanos.PER_SECOND;

    private final List<TimerThread> made = new ArrayList<>();

    private TimerThread timer(long idleNanos) {
        TimerThread timer = new TimerThread(TimeSource.system(), idleNanos);
        made.add(timer);
        return timer;
    }

    private static long now() {
        return TimeSource.system().nanoTime();
    }

    @AfterEach
    void noTaskIsLeft() {
        assertThat(made).allSatisfy(timer -> assertThat(Timers.pending(timer)).isZero());
    }

    @RepeatedTest(20)
    void runsAfterTheInstantAndNeverBefore() throws Exception {
        TimerThread timer = timer(LONG_IDLE);
        BlockingQueue<Long> ranAt = new ArrayBlockingQueue<>(1);
        long at = now() + 3 * MILLI + 12_345;
        timer.schedule(at, () -> ranAt.add(now()));
        assertThat(ranAt.take()).isGreaterThanOrEqualTo(at);
    }

    @Test
    void anInstantThatHasPassedRunsAtOnce() throws Exception {
        CountDownLatch ran = new CountDownLatch(3);
        TimerThread timer = timer(LONG_IDLE);
        timer.schedule(0, ran::countDown);
        timer.schedule(-1, ran::countDown);
        timer.schedule(now(), ran::countDown);
        ran.await();
    }

    @Test
    @DisplayName("an earlier task wakes the thread that sleeps towards a later one")
    void anEarlierTaskComesFirst() throws Exception {
        TimerThread timer = timer(LONG_IDLE);
        AtomicBoolean laterRan = new AtomicBoolean();
        TimeSource.Timeout later = timer.schedule(now() + 500 * Nanos.PER_SECOND, () -> laterRan.set(true));
        Thread thread = Timers.thread(timer);
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        CountDownLatch ran = new CountDownLatch(1);
        timer.schedule(now() + MILLI, ran::countDown);
        ran.await();
        assertThat(laterRan).isFalse();
        assertThat(later.cancel()).isTrue();
    }

    @Test
    void aTaskCanScheduleAndCancel() throws Exception {
        TimerThread timer = timer(LONG_IDLE);
        AtomicBoolean victimRan = new AtomicBoolean();
        TimeSource.Timeout victim = timer.schedule(now() + 500 * Nanos.PER_SECOND, () -> victimRan.set(true));
        BlockingQueue<Boolean> cancelled = new ArrayBlockingQueue<>(1);
        timer.schedule(0, () -> timer.schedule(0, () -> cancelled.add(victim.cancel())));
        assertThat(cancelled.take()).isTrue();
        assertThat(victimRan).isFalse();
    }

    @Test
    void cancelAnswersFalseOnceTheTaskHasStartedAndTheSecondTime() throws Exception {
        TimerThread timer = timer(LONG_IDLE);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        TimeSource.Timeout running = timer.schedule(0, () -> {
            started.countDown();
            awaitUnchecked(release);
        });
        started.await();
        assertThat(running.cancel()).isFalse();
        // The timer's thread is busy: this one is due and can still be taken back.
        AtomicBoolean ran = new AtomicBoolean();
        TimeSource.Timeout waiting = timer.schedule(0, () -> ran.set(true));
        assertThat(waiting.cancel()).isTrue();
        assertThat(waiting.cancel()).isFalse();
        release.countDown();
        runBarrier(timer);
        assertThat(ran).isFalse();
    }

    @Test
    void aTaskThatThrowsGoesToTheHandlerAndHarmsNoOther() throws Exception {
        TimerThread timer = timer(LONG_IDLE);
        BlockingQueue<Throwable> reported = new LinkedBlockingQueue<>();
        CountDownLatch ready = new CountDownLatch(1);
        timer.schedule(0, () -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {
                reported.add(failure);
                throw new IllegalStateException("a handler that throws");
            });
            ready.countDown();
        });
        ready.await();
        Thread thread = Timers.thread(timer);
        timer.schedule(0, () -> {
            throw new IllegalArgumentException("task");
        });
        timer.schedule(0, () -> {
            throw new StackOverflowError("task");
        });
        runBarrier(timer);
        assertThat(reported).extracting(Throwable::getMessage).containsExactly("task", "task");
        assertThat(Timers.thread(timer)).isSameAs(thread);
    }

    @Test
    void anInterruptFlagThatATaskLeavesDoesNotStayOnTheThread() throws Exception {
        TimerThread timer = timer(LONG_IDLE);
        timer.schedule(0, () -> Thread.currentThread().interrupt());
        BlockingQueue<Boolean> flag = new ArrayBlockingQueue<>(1);
        timer.schedule(0, () -> flag.add(Thread.currentThread().isInterrupted()));
        assertThat(flag.take()).isFalse();
    }

    @Test
    void theThreadIsADaemonOfItsOwn() {
        TimerThread timer = timer(LONG_IDLE);
        assertThat(Timers.thread(timer)).as("before anything is scheduled").isNull();
        InheritableThreadLocal<String> callers = new InheritableThreadLocal<>();
        callers.set("caller's");
        AtomicReference<String> seen = new AtomicReference<>("nothing yet");
        CountDownLatch ran = new CountDownLatch(1);
        timer.schedule(0, () -> {
            seen.set(callers.get());
            ran.countDown();
        });
        Thread thread = Timers.thread(timer);
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).isEqualTo("levee-timer");
        assertThat(thread.getContextClassLoader()).isNull();
        awaitUnchecked(ran);
        assertThat(seen).hasValue(null);
    }

    @Test
    void theThreadEndsWhenIdleAndANewOneComesOnDemand() throws Exception {
        TimerThread timer = timer(MILLI);
        runBarrier(timer);
        Thread first = Timers.thread(timer);
        if (first != null) {
            first.join();
        }
        assertThat(Timers.thread(timer)).isNull();
        runBarrier(timer);
    }

    @Test
    void theThreadStaysWhileSomethingIsPending() throws Exception {
        TimerThread timer = timer(1);
        TimeSource.Timeout pending = timer.schedule(Nanos.NEVER, () -> {});
        Thread thread = Timers.thread(timer);
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < 50; i++) {
            LockSupport.unpark(thread); // parking may end for no reason
            runBarrier(timer);
        }
        assertThat(Timers.thread(timer)).isSameAs(thread);
        pending.cancel();
        // Nothing wakes a thread for a cancelled task; the next task does, and then it is idle.
        runBarrier(timer);
        thread.join();
    }

    @Test
    @DisplayName("no task is lost in the race between a thread that ends and one that schedules")
    void restartsWithoutLosingATask() throws Exception {
        TimerThread timer = timer(0); // ends whenever it has nothing to do: the race comes with nearly every task
        int threads = 0;
        Thread last = null;
        for (int i = 0; i < 5_000; i++) {
            CountDownLatch ran = new CountDownLatch(1);
            timer.schedule(0, ran::countDown);
            ran.await(); // a lost task would hang here
            Thread thread = Timers.thread(timer);
            if (thread != last) {
                threads++;
                last = thread;
            }
        }
        assertThat(threads).as("threads started: the race did happen").isGreaterThan(1);
    }

    @Test
    @DisplayName("four threads schedule and cancel: every task either ran or was cancelled, exactly once, never early")
    void everyTaskRunsOrIsCancelledExactlyOnce() throws Exception {
        int callers = 4;
        int each = 20_000;
        TimerThread timer = timer(LONG_IDLE);
        AtomicIntegerArray ran = new AtomicIntegerArray(callers * each);
        AtomicIntegerArray cancelled = new AtomicIntegerArray(callers * each);
        AtomicReference<String> early = new AtomicReference<>();
        CountDownLatch over = new CountDownLatch(callers * each);
        List<Thread> threads = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
            int base = caller * each;
            long seed = caller;
            threads.add(new Thread(() -> {
                SplittableRandom random = new SplittableRandom(seed);
                List<Runnable> cancels = new ArrayList<>();
                for (int i = 0; i < each; i++) {
                    int id = base + i;
                    long at = now() + random.nextLong(4 * MILLI);
                    TimeSource.Timeout timeout = timer.schedule(at, () -> {
                        if (now() < at) {
                            early.set("task " + id);
                        }
                        ran.incrementAndGet(id);
                        over.countDown();
                    });
                    cancels.add(() -> {
                        if (timeout.cancel()) {
                            cancelled.incrementAndGet(id);
                            over.countDown();
                        }
                    });
                    if (random.nextInt(4) == 0) {
                        cancels.remove(random.nextInt(cancels.size())).run();
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        over.await();
        runBarrier(timer);
        for (int id = 0; id < callers * each; id++) {
            assertThat(ran.get(id) + cancelled.get(id)).as("task " + id).isEqualTo(1);
        }
        assertThat(early.get()).isNull();
    }

    @Test
    void aMillionScheduledAndCancelledLeaveNothing() {
        TimerThread timer = timer(LONG_IDLE);
        List<TimeSource.Timeout> timeouts = new ArrayList<>(1_000_000);
        long from = now() + 500 * Nanos.PER_SECOND;
        for (int i = 0; i < 1_000_000; i++) {
            timeouts.add(timer.schedule(from + i * 100_000L, () -> {}));
        }
        assertThat(Timers.pending(timer)).isEqualTo(1_000_000);
        assertThat(timeouts).allMatch(TimeSource.Timeout::cancel);
        assertThat(Timers.pending(timer)).isZero();
    }

    @Test
    void refusesANullTask() {
        assertThatThrownBy(() -> timer(0).schedule(0, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("task");
    }

    /** Returns when the timer has run everything that was due before. */
    private static void runBarrier(TimerThread timer) throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        timer.schedule(0, ran::countDown);
        assertThat(ran.await(50, TimeUnit.SECONDS)).isTrue();
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
