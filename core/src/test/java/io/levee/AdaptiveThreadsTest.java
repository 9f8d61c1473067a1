package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many threads at one throttle, one concurrency limit, one latency window: what must be exact is exact. */
class AdaptiveThreadsTest {
    private static final int THREADS = 8;
    private static final long SECOND = Nanos.PER_SECOND;
    private static final long START = 16_000 * SECOND;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @FunctionalInterface
    private interface Task {
        void run(int thread) throws Exception;
    }

    private void onAllThreads(Task task) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            running.add(threads.submit(() -> {
                start.await();
                task.run(thread);
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
    }

    @Test
    void theThrottleLosesNoRequestAndNoRefusalWhileBucketsTurn() throws Exception {
        int each = 20_000;
        Throttle throttle = Throttle.adaptive().build(RandomSource.system());
        // The buckets hold another lap before: every thread wants to be the one that empties each.
        for (int i = 0; i < 16; i++) {
            throttle.onSent(START - (120 - i * 7) * SECOND);
        }
        onAllThreads(thread -> {
            for (int i = 0; i < each; i++) {
                long now = START + 110 * SECOND * i / each;
                throttle.onSent(now);
                if (thread % 2 == 0) {
                    throttle.onRefused(now);
                }
            }
        });
        Throttle.Snapshot figures = throttle.snapshot(START + 110 * SECOND);
        assertThat(figures.requests()).isEqualTo(THREADS * each);
        assertThat(figures.accepts()).isEqualTo(THREADS * each / 2);
    }

    @Test
    void whatIsRejectedAndWhatIsSentAddsUp() throws Exception {
        int each = 20_000;
        Throttle throttle = Throttle.adaptive().build(RandomSource.system());
        AtomicInteger sent = new AtomicInteger();
        onAllThreads(thread -> {
            for (int i = 0; i < each; i++) {
                if (throttle.tryAcquire(START)) {
                    throttle.onSent(START);
                    throttle.onRefused(START);
                    sent.incrementAndGet();
                }
            }
        });
        assertThat(throttle.snapshot(START).requests()).isEqualTo(THREADS * each);
        assertThat(throttle.snapshot(START).accepts()).isZero();
        assertThat(sent.get()).as("a tenth, and what came before it was active").isBetween(15_000, 19_000);
    }

    @Test
    void theConcurrencyLimitHoldsWhileItMoves() throws Exception {
        ConcurrencyLimit limit = ConcurrencyLimit.adaptive()
                .between(2, 6)
                .window(java.time.Duration.ofMillis(10))
                .build(TimeSource.system(), Nanos.PER_SECOND);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicLong clock = new AtomicLong(TimeSource.system().nanoTime());
        onAllThreads(thread -> {
            for (int i = 0; i < 50_000; i++) {
                long at = clock.get();
                if (limit.tryEnter(at) || limit.tryEnterUnheld(at)) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                    long now = clock.addAndGet(100_000);
                    switch (i % 5) {
                        case 0 -> limit.leave();
                        case 1 -> limit.leaveDropped(now, true);
                        default -> limit.leave(now, i % 7 * Nanos.PER_MILLI);
                    }
                }
                assertThat(limit.limit()).isBetween(2, 6);
            }
        });
        assertThat(limit.inFlight()).isZero();
        assertThat(limit.tryEnterUnheld(clock.get())).isTrue();
        limit.leave(clock.get(), Nanos.PER_MILLI);
        assertThat(limit.holdNanos(clock.get())).as("after an answer").isZero();
        assertThat(most).hasValueBetween(1, 6);
        assertThat(limit.snapshot().usualNanos()).isPositive();
    }

    @Test
    void theLatencyWindowCountsEachDuration() throws Exception {
        LatencyWindow window = new LatencyWindow(0.5, 60 * SECOND, THREADS * 10_000, START);
        onAllThreads(thread -> {
            for (int i = 0; i < 10_000; i++) {
                window.record((thread + 1) * Nanos.PER_MILLI);
            }
        });
        long four = 4 * Nanos.PER_MILLI;
        assertThat(window.percentileNanos(START)).isBetween(four, four + four / 16 + 1_024);
    }

    @Test
    void nothingIsAllocatedOnTheWay() {
        Throttle throttle = Throttle.adaptive().build(RandomSource.system());
        ConcurrencyLimit limit = ConcurrencyLimit.adaptive().build(TimeSource.system(), Nanos.PER_SECOND);
        LatencyWindow window = new LatencyWindow(0.95, 60 * SECOND, 100, START);
        Runnable turn = () -> {
            if (throttle.tryAcquire(START)) {
                throttle.onSent(START);
            }
            if (limit.tryEnter(START)) {
                limit.leave(START, 100_000);
            }
            window.record(100_000);
        };
        Runnable refused = () -> {
            if (throttle.tryAcquire(START)) {
                throttle.onSent(START);
                throttle.onRefused(START);
            }
        };
        assertThat(Allocation.ofWarm(turn)).isLessThan(Allocation.CALLS);
        assertThat(Allocation.ofWarm(refused)).isLessThan(Allocation.CALLS);
    }
}
