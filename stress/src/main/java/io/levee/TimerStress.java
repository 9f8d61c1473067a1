package io.levee;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Races at a {@link TimerThread}, against its real thread. */
public class TimerStress {
    /** Long beyond any wait of a machine that works: what is not seen by then was lost. */
    private static final long LOST_AFTER_SECONDS = 30;

    private TimerStress() {}

    private static TimerThread timer(long idleNanos) {
        return new TimerThread(TimeSource.system(), idleNanos);
    }

    private static boolean hasCome(CountDownLatch latch) {
        try {
            return latch.await(LOST_AFTER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("a stray interrupt", interrupted);
        }
    }

    @JCStressTest
    @Description("A task that is due is cancelled by the one who scheduled it and by another, while the timer's thread "
            + "wants to run it. Result: each has cancelled it; times it ran.")
    @Outcome(
            id = {"1, 0, 0", "0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "cancelled, did not run")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "ran")
    @Outcome(id = "0, 0, 0", expect = FORBIDDEN, desc = "TASK_LOST: neither cancelled nor run")
    @Outcome(
            id = {"1, 0, [1-9]", "0, 1, [1-9]"},
            expect = FORBIDDEN,
            desc = "RAN_AFTER_CANCEL: cancel said that it would not run")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TWICE: run twice, or cancelled twice")
    @State
    public static class CancelAndFire {
        private static final TimerThread TIMER = timer(600 * Nanos.PER_SECOND);
        private final AtomicInteger ran = new AtomicInteger();
        private volatile TimeSource.Timeout task;

        @Actor
        public void scheduler(III_Result r) {
            TimeSource.Timeout mine = TIMER.schedule(0, ran::incrementAndGet);
            task = mine;
            r.r1 = Flag.of(mine.cancel());
        }

        @Actor
        public void other(III_Result r) {
            TimeSource.Timeout seen = task;
            r.r2 = Flag.of(seen != null && seen.cancel());
        }

        @Arbiter
        public void after(III_Result r) {
            // What is due runs in order of scheduling, one after the other: after this one the other has run or never
            // will.
            CountDownLatch last = new CountDownLatch(1);
            TIMER.schedule(0, last::countDown);
            r.r3 = hasCome(last) ? ran.get() : -1;
        }
    }

    @JCStressTest
    @Description("Two schedule at a timer whose thread ends whenever it is idle. Result: times each task ran.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "each ran once")
    @Outcome(id = ".*0.*", expect = FORBIDDEN, desc = "TASK_LOST: scheduled as the thread ended, and never run")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TWICE: run by two threads")
    @State
    public static class ScheduleAsTheThreadEnds {
        private static final TimerThread TIMER = timer(0);
        private final AtomicInteger first = new AtomicInteger();
        private final AtomicInteger second = new AtomicInteger();
        private final CountDownLatch both = new CountDownLatch(2);

        @Actor
        public void one() {
            TIMER.schedule(0, () -> {
                first.incrementAndGet();
                both.countDown();
            });
        }

        @Actor
        public void other() {
            TIMER.schedule(0, () -> {
                second.incrementAndGet();
                both.countDown();
            });
        }

        @Arbiter
        public void after(II_Result r) {
            hasCome(both);
            r.r1 = first.get();
            r.r2 = second.get();
        }
    }
}
