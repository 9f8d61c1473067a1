package io.levee;

import static io.levee.Breaker.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Breaker.Snapshot;
import io.levee.Breaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many threads at one breaker: what must be exact is exact, whatever the schedule. */
class BreakerConcurrencyTest {
    private static final int THREADS = 8;
    private static final long SECOND = Nanos.PER_SECOND;
    private static final long START = 1_600 * SECOND;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** Runs the task on all threads, which set off together, and hands their errors on. */
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

    @FunctionalInterface
    private interface Task {
        void run(int thread) throws Exception;
    }

    @Test
    void ofManyCallersAtTheEndOfTheOpenTimeExactlyOneIsTheProbe() throws Exception {
        int rounds = 2_000;
        Breaker breaker =
                Breaker.consecutiveFailures(1).openFor(Duration.ofSeconds(1)).build();
        AtomicInteger[] probes = new AtomicInteger[rounds];
        CyclicBarrier roundOver = new CyclicBarrier(THREADS);
        for (int i = 0; i < rounds; i++) {
            probes[i] = new AtomicInteger();
        }
        breaker.onFailure(breaker.tryAcquire(START), START, -1);
        onAllThreads(thread -> {
            for (int round = 0; round < rounds; round++) {
                long now = START + (round + 1L) * 100 * SECOND; // beyond the open time and beyond a lease
                long stamp = breaker.tryAcquire(now);
                if (stamp != REFUSED) {
                    probes[round].incrementAndGet();
                }
                roundOver.await();
                if (stamp != REFUSED && round % 2 == 0) { // every other probe is lost
                    breaker.onFailure(stamp, now, -1);
                }
                roundOver.await();
            }
        });
        assertThat(probes).allSatisfy(probe -> assertThat(probe).hasValue(1));
    }

    @Test
    void theRowsLastFailureOpensOnce() throws Exception {
        for (int round = 0; round < 500; round++) {
            Breaker breaker = Breaker.consecutiveFailures(THREADS).build();
            AtomicInteger told = new AtomicInteger();
            breaker.onTransition((from, to, reason, now, figures) -> told.incrementAndGet());
            long stamp = breaker.tryAcquire(START);
            onAllThreads(thread -> breaker.onFailure(stamp, START, -1));
            assertThat(breaker.state()).isEqualTo(State.OPEN);
            assertThat(breaker.generation()).isEqualTo(1);
            assertThat(told).hasValue(1);
        }
    }

    @Test
    void overTimeNoCallIsLostOrCountedTwiceWhileBucketsTurn() throws Exception {
        int each = 20_000;
        int failing = 3;
        Breaker breaker = Breaker.failureRate(1.0)
                .overTime(Duration.ofSeconds(16))
                .minimumCalls(100_000)
                .slowCalls(Duration.ofSeconds(1), 1.0)
                .build();
        long stamp = breaker.tryAcquire(START);
        // The buckets hold other laps before: every thread wants to be the one that empties each.
        for (int second = 0; second < 16; second++) {
            breaker.onFailure(stamp, START - (16 - second) * SECOND, -1);
        }
        onAllThreads(thread -> {
            for (int i = 0; i < each; i++) {
                long now = START + 15 * SECOND * i / each;
                if (thread < failing) {
                    breaker.onFailure(stamp, now, 2 * SECOND);
                } else {
                    breaker.onSuccess(stamp, now, 0);
                }
            }
        });
        assertThat(breaker.snapshot(START + 15 * SECOND))
                .isEqualTo(new Snapshot(State.CLOSED, 0, failing * each, THREADS * each, failing * each, 0));
    }

    @Test
    void overCallsEveryOutcomeHasItsPlace() throws Exception {
        int each = 1_000;
        int failing = 3;
        Breaker breaker =
                Breaker.failureRate(1.0).overCalls(10_000).minimumCalls(10_000).build();
        long stamp = breaker.tryAcquire(START);
        onAllThreads(thread -> {
            for (int i = 0; i < each; i++) {
                if (thread < failing) {
                    breaker.onFailure(stamp, START, -1);
                } else {
                    breaker.onSuccess(stamp, START, -1);
                }
            }
        });
        assertThat(breaker.snapshot(START))
                .isEqualTo(new Snapshot(State.CLOSED, 0, failing * each, THREADS * each, 0, 0));
    }

    @Test
    void afterAStormTheLastCallsAreAllThatCounts() throws Exception {
        Breaker breaker =
                Breaker.failureRate(1.0).overCalls(100).minimumCalls(100).build();
        long stamp = breaker.tryAcquire(START);
        // Success and failure in turn on each thread: never 100 failures in the last 100.
        onAllThreads(thread -> {
            for (int i = 0; i < 20_000; i++) {
                breaker.onSuccess(stamp, START, -1);
                breaker.onFailure(stamp, START, -1);
            }
        });
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        for (int i = 0; i < 100; i++) {
            breaker.onSuccess(stamp, START, -1);
        }
        assertThat(breaker.snapshot(START)).isEqualTo(new Snapshot(State.CLOSED, 0, 0, 100, 0, 0));
    }

    /** Everything at once: the transitions told form one chain without gap, fork or repetition. */
    @Test
    void transitionsFormOneChain() throws Exception {
        record Told(State from, State to, long generation) {}

        Breaker breaker = Breaker.failureRate(0.5)
                .overTime(Duration.ofSeconds(1))
                .minimumCalls(5)
                .slowCalls(Duration.ofMillis(2), 0.9)
                .openFor(Duration.ofMillis(5))
                .growing(2, Duration.ofMillis(50))
                .probeLease(Duration.ofMillis(20))
                .build();
        ConcurrentLinkedQueue<Told> told = new ConcurrentLinkedQueue<>();
        breaker.onTransition((from, to, reason, now, figures) -> told.add(new Told(from, to, figures.generation())));
        AtomicLong clock = new AtomicLong(START);
        onAllThreads(thread -> {
            SplittableRandom random = new SplittableRandom(thread);
            for (int i = 0; i < 20_000; i++) {
                long stamp = breaker.tryAcquire(clock.addAndGet(random.nextLong(1_000_000)));
                int what = random.nextInt(1_000);
                long now = clock.get();
                if (what < 600) {
                    breaker.onSuccess(stamp, now, random.nextLong(4_000_000));
                } else if (what < 900) {
                    breaker.onFailure(stamp, now, random.nextLong(4_000_000));
                } else if (what < 990) {
                    breaker.onIgnored(stamp);
                } else if (what < 992) {
                    breaker.forceOpen();
                } else if (what < 994) {
                    breaker.forceClosed();
                } else {
                    breaker.release();
                }
            }
        });
        List<Told> chain =
                told.stream().sorted(Comparator.comparingLong(Told::generation)).toList();
        assertThat(chain).hasSizeGreaterThan(1_000);
        State state = State.CLOSED;
        for (int i = 0; i < chain.size(); i++) {
            assertThat(chain.get(i).generation()).isEqualTo(i + 1);
            assertThat(chain.get(i).from()).isEqualTo(state);
            state = chain.get(i).to();
        }
        assertThat(breaker.state()).isEqualTo(state);
        assertThat(breaker.generation()).isEqualTo(chain.size());
        assertThat(chain.stream().map(Told::to)).contains(State.values());
    }
}
