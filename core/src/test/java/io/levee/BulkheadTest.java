package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BulkheadTest {
    @Test
    void refusesWhenFullAndLetsInAgainWhenSomebodyLeft() {
        Bulkhead bulkhead = Bulkhead.inFlight(2).build();
        assertThat(bulkhead.tryEnter()).isTrue();
        assertThat(bulkhead.tryEnter()).isTrue();
        assertThat(bulkhead.tryEnter()).isFalse();
        assertThat(bulkhead.inFlight()).isEqualTo(2);
        bulkhead.leave();
        assertThat(bulkhead.inFlight()).isEqualTo(1);
        assertThat(bulkhead.tryEnter()).isTrue();
        assertThat(bulkhead).hasToString("Bulkhead[2 of 2 in flight]");
    }

    @Test
    void oneSpecBuildsSeparateBulkheads() {
        Bulkhead.Spec spec = Bulkhead.inFlight(1);
        assertThat(spec.build().tryEnter()).isTrue();
        assertThat(spec.build().tryEnter()).isTrue();
        assertThat(spec).hasToString("Bulkhead.Spec[at most 1 in flight]");
    }

    @Test
    void changedWhileInUse() {
        Bulkhead bulkhead = Bulkhead.inFlight(2).build();
        bulkhead.tryEnter();
        bulkhead.tryEnter();
        bulkhead.change(1);
        assertThat(bulkhead.max()).isEqualTo(1);
        assertThat(bulkhead.inFlight()).as("those who are in stay in").isEqualTo(2);
        bulkhead.leave();
        assertThat(bulkhead.tryEnter()).as("still one in").isFalse();
        bulkhead.leave();
        assertThat(bulkhead.tryEnter()).isTrue();
        bulkhead.change(2);
        assertThat(bulkhead.tryEnter()).isTrue();
    }

    @Test
    void leavingTwiceIsAnError() {
        Bulkhead bulkhead = Bulkhead.inFlight(3).build();
        bulkhead.tryEnter();
        bulkhead.leave();
        assertThatIllegalStateException()
                .isThrownBy(bulkhead::leave)
                .withMessage("bulkhead or concurrency limit left more often than entered: 0 of 3 in flight");
        assertThat(bulkhead.inFlight()).isZero();
    }

    @Test
    void whoHasLeftIsCountedWhateverBecomesOfTheSizeUnlessItWithdraws() {
        Bulkhead bulkhead = new Bulkhead(4);
        int before = bulkhead.left();
        for (int i = 0; i < 1_000; i++) {
            bulkhead.tryEnter();
            bulkhead.enter();
            bulkhead.change(1 + i % 7);
            bulkhead.leave();
            bulkhead.withdraw();
        }
        assertThat(bulkhead.left() - before).isEqualTo(1_000);
        assertThat(bulkhead.inFlight()).isZero();
    }

    @Test
    void whoMustGetInGetsInThoughItIsFull() {
        Bulkhead bulkhead = new Bulkhead(1);
        bulkhead.tryEnter();
        bulkhead.enter();
        assertThat(bulkhead.inFlight()).isEqualTo(2);
        bulkhead.leave();
        assertThat(bulkhead.tryEnter()).as("still one in").isFalse();
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bulkhead.inFlight(0))
                .withMessageContaining("max in flight must be 1 or more, is 0");
        Bulkhead bulkhead = Bulkhead.inFlight(7).build();
        assertThatIllegalArgumentException().isThrownBy(() -> bulkhead.change(-1));
        assertThat(bulkhead.max()).isEqualTo(7);
    }

    @Test
    void neverMoreThanMaxHoweverManyThreads() throws Exception {
        int threads = 4;
        Bulkhead bulkhead = Bulkhead.inFlight(3).build();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                all.add(pool.submit(() -> {
                    start.await();
                    for (int i = 0; i < 100_000; i++) {
                        if (bulkhead.tryEnter()) {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            inside.decrementAndGet();
                            bulkhead.leave();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(most).hasValueBetween(1, 3);
        assertThat(bulkhead.inFlight()).isZero();
    }
}
