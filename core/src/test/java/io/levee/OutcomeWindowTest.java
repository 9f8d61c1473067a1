package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The windows under the breaker at their edges; what they count in general is checked against a model elsewhere. */
class OutcomeWindowTest {
    /** Buckets of 1 s. */
    private static final long WINDOW = 16 * Nanos.PER_SECOND;

    private static final long SECOND = Nanos.PER_SECOND;
    private static final long LAPS = 1L << 28;

    private final TimeWindow window = new TimeWindow(WINDOW);

    private static void counts(long pair, int calls, int marked) {
        assertThat(OutcomeWindow.calls(pair)).as("calls").isEqualTo(calls);
        assertThat(OutcomeWindow.marked(pair)).as("marked").isEqualTo(marked);
    }

    @Test
    void anOutcomeStaysFor15To16BucketsByItsPlaceInItsBucket() {
        long early = 100 * WINDOW;
        long late = early + SECOND - 1;
        window.addPlain(early);
        window.addMarked(late);
        counts(window.counts(early + WINDOW - 1), 2, 1);
        counts(window.counts(late + WINDOW - SECOND), 2, 1);
        counts(window.counts(early + WINDOW), 0, 0);
    }

    @Test
    void aBucketIsEmptiedByTheFirstOutcomeOfTheNextLap() {
        for (int i = 0; i < 5; i++) {
            window.addMarked(100 * WINDOW);
        }
        counts(window.addMarked(101 * WINDOW), 1, 1);
        counts(window.counts(101 * WINDOW), 1, 1);
    }

    @Test
    void anOutcomeOlderThanTheWindowIsInNoCount() {
        long now = 100 * WINDOW;
        window.addMarked(now);
        window.addMarked(now - WINDOW); // its slot has been taken by the one above
        window.addMarked(now - WINDOW + SECOND / 2);
        window.addMarked(now - WINDOW + SECOND); // still in, just
        window.addMarked(now - 2 * WINDOW + SECOND); // its slot holds the one above
        window.addMarked(now - 2 * WINDOW + 2 * SECOND); // its slot is free, and it must not show up for that
        counts(window.counts(now), 2, 2);
    }

    @Test
    void anOutcomeOfAnEarlierBucketIsCountedThere() {
        long now = 100 * WINDOW;
        window.addPlain(now);
        window.addMarked(now - 15 * SECOND);
        counts(window.counts(now), 2, 1);
        counts(window.counts(now + SECOND), 1, 0);
    }

    @Test
    void aWindowStartsAtInstantZero() {
        counts(window.addMarked(0), 1, 1);
        window.addPlain(1);
        counts(window.counts(0), 2, 1);
        counts(window.counts(15 * SECOND), 2, 1);
        counts(window.counts(16 * SECOND), 0, 0);
    }

    @Test
    void anUnusedBucketTakesOutcomesWhereverTheLapCounterStands() {
        for (long lap : new long[] {LAPS - 1, LAPS, LAPS / 2, LAPS - (1 << 19)}) {
            TimeWindow fresh = new TimeWindow(WINDOW);
            counts(fresh.addMarked(lap * WINDOW), 1, 1);
        }
    }

    @Test
    void theLapCounterMayComeRoundBetweenTwoOutcomes() {
        long before = LAPS * WINDOW - SECOND;
        window.addMarked(before);
        counts(window.addMarked(before + SECOND), 2, 2);
        counts(window.addMarked(before + WINDOW), 2, 2);
    }

    @Test
    void afterYearsWithoutACallCountingGoesOn() {
        window.addMarked(10 * WINDOW);
        counts(window.addMarked((LAPS / 2 + 10) * WINDOW), 1, 1);
        counts(window.addMarked((LAPS - 10 - (1 << 20)) * WINDOW), 1, 1);
    }

    @Test
    void aFullBucketKeepsTheRatioAndGoesOn() {
        long now = 100 * WINDOW;
        for (int i = 0; i < 1_000_000; i++) {
            if (i % 4 == 0) {
                window.addMarked(now);
            } else {
                window.addPlain(now);
            }
        }
        long counts = window.counts(now);
        assertThat(OutcomeWindow.calls(counts)).isBetween(TimeWindow.MOST / 2, TimeWindow.MOST);
        assertThat(OutcomeWindow.marked(counts) / (double) OutcomeWindow.calls(counts))
                .isBetween(0.25 - 2e-5, 0.25 + 2e-5);
        // Its neighbours in the same word are intact: the lap is still this one.
        counts(window.counts(now + WINDOW), 0, 0);
    }

    @Test
    void aBucketFullOfMarkedCallsDoesNotSpillOver() {
        long now = 100 * WINDOW;
        for (int i = 0; i <= TimeWindow.MOST; i++) {
            window.addMarked(now);
        }
        counts(window.counts(now), TimeWindow.MOST / 2 + 1, TimeWindow.MOST / 2 + 1);
    }

    @Test
    void aCountWindowHoldsExactlyTheLastOnes() {
        for (int size : new int[] {1, 2, 63, 64, 65, 128, 10_000}) {
            CountWindow last = new CountWindow(size);
            for (int i = 0; i < size; i++) {
                counts(last.addMarked(0), i + 1, i + 1);
            }
            for (int i = 0; i < size; i++) {
                counts(last.counts(0), size, size - i);
                last.addPlain(0);
            }
            counts(last.counts(0), size, 0);
        }
    }

    /** A plain outcome that takes no place must not be missed by those that come after a mark. */
    @Test
    void aCountWindowHoldsTheLastOnesInAnyOrderOfMarks() {
        SplittableRandom random = new SplittableRandom(7);
        for (int size : new int[] {1, 2, 5, 64, 100}) {
            CountWindow window = new CountWindow(size);
            ArrayDeque<Boolean> last = new ArrayDeque<>();
            for (int i = 0; i < 20_000; i++) {
                // Stretches without a mark, longer than the window, and stretches with many.
                boolean marked = i / 500 % 2 == 1 && random.nextInt(3) == 0;
                if (marked) {
                    window.addMarked(0);
                } else {
                    window.addPlain(0);
                }
                last.add(marked);
                if (last.size() > size) {
                    last.remove();
                }
                counts(window.counts(0), last.size(), (int)
                        last.stream().filter(mark -> mark).count());
            }
        }
    }

    @Test
    void aCountWindowForgetsTheMarksOfManyThreads() throws InterruptedException {
        CountWindow window = new CountWindow(100);
        Runnable work = () -> {
            for (int i = 0; i < 50_000; i++) {
                if (i % 3 == 0) {
                    window.addMarked(0);
                } else {
                    window.addPlain(0);
                }
            }
        };
        List<Thread> threads = List.of(new Thread(work), new Thread(work), new Thread(work));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < 100; i++) {
            window.addPlain(0);
        }
        counts(window.counts(0), 100, 0);
        counts(window.addMarked(0), 100, 1);
        for (int i = 0; i < 99; i++) {
            window.addPlain(0);
        }
        counts(window.counts(0), 100, 1);
        window.addPlain(0);
        counts(window.counts(0), 100, 0);
    }

    @Test
    void aFullBucketKeepsTheWeightsOfThreads() throws InterruptedException {
        long now = 100 * WINDOW;
        Thread plain = new Thread(() -> {
            for (int i = 0; i < 100_000; i++) {
                window.addPlain(now);
            }
        });
        Runnable marking = () -> {
            for (int i = 0; i <= TimeWindow.MOST; i++) {
                window.addMarked(now);
            }
        };
        Thread marked = new Thread(marking);
        while (marked.getId() % TimeWindow.STRIPES == plain.getId() % TimeWindow.STRIPES) {
            marked = new Thread(marking); // numbers go up by one
        }
        for (Thread thread : List.of(plain, marked)) {
            thread.start();
            thread.join();
        }
        counts(window.counts(now), 50_000 + TimeWindow.MOST / 2 + 1, TimeWindow.MOST / 2 + 1);
    }

    @Test
    void aSuccessEndsARunOfFailures() {
        FailureRun run = new FailureRun();
        run.addPlain(0);
        counts(run.counts(0), 0, 0);
        run.addMarked(0);
        counts(run.addMarked(0), 2, 2);
        run.addPlain(0);
        counts(run.counts(0), 0, 0);
    }
}
