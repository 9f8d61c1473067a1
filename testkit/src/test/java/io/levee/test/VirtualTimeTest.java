package io.levee.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VirtualTimeTest {
    private final VirtualTime time = VirtualTime.create();
    private final long start = time.nanoTime();
    private final List<String> ran = new ArrayList<>();

    @Test
    void startsAboveZeroAndStandsStill() {
        assertThat(start).isPositive();
        assertThat(time.nanoTime()).isEqualTo(start);
        assertThat(time.elapsed()).isZero();
    }

    @Test
    void runsTasksByInstantThenSubmissionEachAtItsInstant() {
        time.schedule(start + 20, () -> ran.add("c" + (time.nanoTime() - start)));
        time.schedule(start + 10, () -> ran.add("a" + (time.nanoTime() - start)));
        time.schedule(start + 10, () -> ran.add("b" + (time.nanoTime() - start)));
        time.advance(Duration.ofNanos(9));
        assertThat(ran).isEmpty();
        time.advance(Duration.ofNanos(91));
        assertThat(ran).containsExactly("a10", "b10", "c20");
        assertThat(time.elapsed()).isEqualTo(Duration.ofNanos(100));
    }

    @Test
    void aTaskOfTheLimitAndWhatItSchedulesRunToo() {
        time.schedule(start + 10, () -> time.schedule(0, () -> ran.add("late")));
        time.advanceTo(start + 10);
        assertThat(ran).containsExactly("late");
        assertThat(time.pending()).isZero();
    }

    @Test
    void scheduleRunsNothingItself() {
        time.schedule(0, () -> ran.add("due"));
        assertThat(ran).isEmpty();
        time.advance(Duration.ZERO);
        assertThat(ran).containsExactly("due");
    }

    @Test
    void aCancelledTaskIsGone() {
        TimeSource.Timeout timeout = time.schedule(start + 1, () -> ran.add("cancelled"));
        assertThat(timeout.cancel()).isTrue();
        assertThat(timeout.cancel()).isFalse();
        assertThat(time.pending()).isZero();
        time.runUntilIdle();
        assertThat(ran).isEmpty();
    }

    @Test
    void runUntilIdleLeavesOnlyWhatIsNever() {
        time.schedule(Long.MAX_VALUE, () -> ran.add("never"));
        time.schedule(start + Duration.ofDays(1).toNanos(), () -> ran.add("tomorrow"));
        time.runUntilIdle();
        assertThat(ran).containsExactly("tomorrow");
        assertThat(time.elapsed()).isEqualTo(Duration.ofDays(1));
        assertThat(time.pending()).isEqualTo(1);
    }

    @Test
    void aTaskThatThrowsHarmsNoOtherAndFailsTheTest() {
        time.schedule(start, () -> {
            throw new IllegalStateException("task");
        });
        time.schedule(start, () -> ran.add("other"));
        assertThatThrownBy(() -> time.advance(Duration.ZERO))
                .isInstanceOf(AssertionError.class)
                .hasRootCauseMessage("task");
        assertThat(ran).containsExactly("other");
    }

    @Test
    void refusesToRunBackwardsOrToTheEnd() {
        assertThatThrownBy(() -> time.advance(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> time.advanceTo(start - 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> time.advanceTo(Long.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aWaitMovesTheClockAndIsRemembered() throws Exception {
        assertThat(time.await(start + Duration.ofMinutes(30).toNanos(), () -> false))
                .isFalse();
        assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(30));
        assertThat(time.await(start, () -> false)).isFalse();
        assertThat(time.waits()).containsExactly(Duration.ofMinutes(30));
        assertThat(time.waiting()).isZero();
    }

    @Test
    void aWaitEndsWhereATaskMakesItsConditionTrue() throws Exception {
        AtomicBoolean condition = new AtomicBoolean();
        time.schedule(start + 5, () -> condition.set(true));
        time.schedule(start + 6, () -> ran.add("after the wait"));
        assertThat(time.await(Long.MAX_VALUE, condition::get)).isTrue();
        assertThat(time.waits()).containsExactly(Duration.ofNanos(5));
        assertThat(ran).isEmpty();
    }

    @Test
    void anInterruptFromATaskEndsTheWaitAtItsInstant() {
        Thread self = Thread.currentThread();
        time.schedule(start + 5, self::interrupt);
        assertThatThrownBy(() -> time.await(start + 100, () -> false)).isInstanceOf(InterruptedException.class);
        assertThat(self.isInterrupted()).isFalse();
        assertThat(time.elapsed()).isEqualTo(Duration.ofNanos(5));
    }

    @Test
    void aTaskCanWait() throws Exception {
        time.schedule(start + 5, () -> {
            try {
                assertThat(time.await(start + 50, () -> false)).isFalse();
                ran.add("waited");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(time.await(start + 10, () -> false)).isFalse();
        assertThat(ran).containsExactly("waited");
        assertThat(time.elapsed()).isEqualTo(Duration.ofNanos(50));
    }

    @Test
    void theClockStopsAtTheInstantOfAnotherThreadsWait() {
        VirtualTime manual = VirtualTime.manual();
        long from = manual.nanoTime();
        CompletableFuture<Long> leftAt = waitOnAnotherThread(manual, from + 40);
        manual.schedule(from + 50, () -> ran.add("left at " + (leftAt.join() - from)));
        manual.advance(Duration.ofNanos(100));
        assertThat(ran).containsExactly("left at 40");
    }

    @Test
    void aManualClockIsNotMovedByAWait() {
        VirtualTime manual = VirtualTime.manual();
        CompletableFuture<Long> leftAt = waitOnAnotherThread(manual, manual.nanoTime() + 40);
        manual.advance(Duration.ofNanos(39));
        assertThat(leftAt).isNotDone();
        assertThat(manual.waits()).containsExactly(Duration.ofNanos(39));
        manual.advance(Duration.ofNanos(1));
        assertThat(leftAt.join()).isEqualTo(manual.nanoTime());
    }

    @Test
    void wakeReachesAWaitWithoutLimit() {
        AtomicBoolean condition = new AtomicBoolean();
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                answer.complete(time.await(Long.MAX_VALUE, condition::get));
            } catch (InterruptedException e) {
                answer.completeExceptionally(e);
            }
        });
        waiter.start();
        while (time.waiting() == 0) {
            Thread.onSpinWait();
        }
        condition.set(true);
        time.wake(waiter);
        assertThat(answer.join()).isTrue();
    }

    private static CompletableFuture<Long> waitOnAnotherThread(VirtualTime clock, long at) {
        CompletableFuture<Long> leftAt = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        boolean unused = clock.await(at, () -> false);
                        leftAt.complete(clock.nanoTime());
                    } catch (InterruptedException e) {
                        leftAt.completeExceptionally(e);
                    }
                })
                .start();
        while (clock.waiting() == 0) {
            Thread.onSpinWait();
        }
        return leftAt;
    }
}
