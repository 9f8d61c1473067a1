package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads at one limiter: the bound holds, no permit is lost, no ticket has two outcomes. */
@Timeout(60) // a hang is the failure, not slowness
class LimiterThreadsTest {
    private static final int THREADS = 4;

    @Test
    void hammeredInRealTimeItNeverGrantsMore() throws Exception {
        TimeSource time = TimeSource.system();
        for (LimiterRule rule : List.of(
                LimiterRule.perSecond(1e6).withBurst(1),
                LimiterRule.perSecond(2e6).withBurst(50),
                LimiterRule.perSecond(3_333).withBurst(7))) {
            Limiter limiter =
                    Limiter.perSecond(rule.permitsPerSecond).burst(rule.burst).build(time);
            long[] grants = sortedGrants(limiter, time, 100_000, false);
            assertThat(grants.length).isGreaterThanOrEqualTo((int) rule.burst);
            assertWithin(grants, rule.incrementNanos, rule.burst);
        }
    }

    @Test
    void permitsGivenBackInRealTimeNeverMakeItGrantMore() throws Exception {
        TimeSource time = TimeSource.system();
        LimiterRule rule = LimiterRule.perSecond(200_000).withBurst(3);
        Limiter limiter =
                Limiter.perSecond(rule.permitsPerSecond).burst(rule.burst).build(time);
        assertWithin(sortedGrants(limiter, time, 100_000, true), rule.incrementNanos, rule.burst);
    }

    @Test
    void changedAllTheTimeItNeverGrantsMoreThanTheLargerRules() throws Exception {
        TimeSource time = TimeSource.system();
        LimiterRule one = LimiterRule.perSecond(1e6).withBurst(2);
        LimiterRule other = LimiterRule.perSecond(1e5).withBurst(20);
        Limiter limiter =
                Limiter.perSecond(one.permitsPerSecond).burst(one.burst).build(time);
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService changers = Executors.newFixedThreadPool(2);
        try {
            for (LimiterRule rule : List.of(one, other)) {
                changers.execute(() -> {
                    while (!over.get()) {
                        limiter.change(rule.permitsPerSecond, rule.burst);
                    }
                });
            }
            long[] grants = sortedGrants(limiter, time, 50_000, true);
            assertThat(grants).isNotEmpty();
            assertWithin(grants, one.incrementNanos, other.burst);
        } finally {
            over.set(true);
            changers.shutdown();
        }
        assertThat(changers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        limiter.change(1000, 5);
        assertThat(limiter.permitsPerSecond()).isEqualTo(1000);
        assertThat(limiter.burst()).isEqualTo(5);
    }

    /** The instants of the permits that were used. With some given back: one in three. */
    private static long[] sortedGrants(Limiter limiter, TimeSource time, int triesPerThread, boolean someGivenBack)
            throws Exception {
        long[] all = new long[THREADS * triesPerThread];
        AtomicInteger count = new AtomicInteger();
        inParallel(thread -> {
            for (int i = 0; i < triesPerThread; i++) {
                long now = time.nanoTime();
                if (limiter.tryAcquire(now)) {
                    if (someGivenBack && i % 3 == 0) {
                        limiter.giveBack(now);
                    } else {
                        all[count.getAndIncrement()] = now;
                    }
                }
            }
        });
        long[] grants = Arrays.copyOf(all, count.get());
        Arrays.sort(grants);
        return grants;
    }

    /** For all i up to j: (j - i + 1 - burst) x increment is at most the time between them. One pass, over j. */
    private static void assertWithin(long[] sorted, long increment, long burst) {
        long latest = Long.MIN_VALUE; // the largest of sorted[i] - i x increment
        for (int j = 0; j < sorted.length; j++) {
            latest = Math.max(latest, sorted[j] - j * increment);
            assertThat(sorted[j])
                    .as("grant %d of %d at increment %d, burst %d", j, sorted.length, increment, burst)
                    .isGreaterThanOrEqualTo(latest + (j + 1 - burst) * increment);
        }
    }

    /**
     * The clock stands still, so there are exactly as many permits as the burst has. Threads take, give back, wait and
     * cancel at random; in the end those used and those left are the burst again, and nobody waits beside a permit.
     */
    @RepeatedTest(20)
    void noPermitIsLostAndNoTicketHasTwoOutcomes() throws Exception {
        int burst = 24;
        ManualTime time = new ManualTime();
        PermitQueue queue = new PermitQueue(LimiterRule.perSecond(1).withBurst(burst), 1_000, time);
        AtomicInteger used = new AtomicInteger();
        ConcurrentLinkedQueue<Waiter> kept = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Waiter> all = new ConcurrentLinkedQueue<>();
        long now = time.nanoTime();
        inParallel(thread -> {
            RandomSource random = RandomSource.seeded(thread);
            List<Waiter> mine = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                switch ((int) random.nextBelow(4)) {
                    case 0 -> {
                        if (queue.tryTake(now)) {
                            new Limiter.Ticket(queue, now).cancel();
                        }
                    }
                    case 1 -> {
                        Waiter waiter = new Waiter();
                        Limiter.Ticket ticket = queue.join(now, random.nextBelow(2) == 0, Nanos.NEVER, waiter);
                        if (ticket != null) {
                            waiter.ticket = ticket;
                            waiter.immediate = ticket.isImmediate();
                            mine.add(waiter);
                            all.add(waiter);
                        }
                    }
                    default -> {
                        if (mine.size() > 5) {
                            Waiter waiter = mine.remove((int) random.nextBelow(mine.size()));
                            if (random.nextBelow(200) == 0) {
                                kept.add(waiter);
                            } else {
                                assertThat(waiter.ticket.cancel()).isTrue();
                                assertThat(waiter.ticket.cancel()).isFalse();
                            }
                        }
                    }
                }
            }
            kept.addAll(mine);
        });
        for (Waiter waiter : all) {
            assertThat(waiter.told.get()).isBetween(0, waiter.immediate ? 0 : 1);
        }
        for (Waiter waiter : kept) {
            boolean granted = waiter.ticket.isGranted();
            assertThat(granted).isEqualTo(waiter.immediate || waiter.told.get() == 1);
            used.addAndGet(granted ? 1 : 0);
        }
        assertThat(queue.waiting()).isEqualTo(kept.size() - used.get());
        if (queue.waiting() > 0) {
            assertThat(used).as("nobody waits beside a permit").hasValue(burst);
            assertThat(time.pending()).isEqualTo(1);
        }
        kept.stream().filter(waiter -> !waiter.ticket.isGranted()).forEach(waiter -> waiter.ticket.cancel());
        assertThat(queue.firsts.size() + queue.retries.size()).isZero();
        assertThat(time.pending()).isZero();
        while (queue.tryTake(now)) {
            used.incrementAndGet();
        }
        assertThat(used).hasValue(burst);
    }

    @Test
    void waitersInRealTimeAreAllServedOnce() throws Exception {
        TimeSource time = TimeSource.system();
        Limiter limiter = Limiter.perSecond(5_000).burst(10).build(time);
        int waiters = 200;
        CountDownLatch served = new CountDownLatch(THREADS * waiters);
        List<Waiter> all = new ArrayList<>();
        inParallel(thread -> {
            for (int i = 0; i < waiters; i++) {
                Waiter waiter = new Waiter();
                waiter.then = served::countDown;
                Limiter.Ticket ticket = limiter.acquire(time.nanoTime(), i % 2 == 0, Nanos.NEVER, waiter);
                if (ticket.isImmediate()) {
                    waiter.run();
                }
                synchronized (all) {
                    all.add(waiter);
                }
            }
        });
        assertThat(served.await(50, TimeUnit.SECONDS)).isTrue();
        assertThat(all).hasSize(THREADS * waiters).allMatch(waiter -> waiter.told.get() == 1);
        assertThat(limiter.waiting()).isZero();
    }

    private static final class Waiter implements Runnable {
        final AtomicInteger told = new AtomicInteger();
        Limiter.Ticket ticket;
        boolean immediate;
        Runnable then = () -> {};

        @Override
        public void run() {
            told.incrementAndGet();
            then.run();
        }
    }

    private interface Body {
        void run(int thread) throws Exception;
    }

    private static void inParallel(Body body) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> bodies = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                bodies.add(() -> {
                    start.await();
                    body.run(thread);
                    return null;
                });
            }
            for (Future<Void> one : pool.invokeAll(bodies)) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
