package io.levee;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.levee.test.VirtualTime;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Races at a {@link Watch}: an interrupt stops the attempt that it is meant for, or nothing. The status of an attempt is
 * what {@link Watch#end} answers: 0 not stopped, 3 timed out, 4 cancelled.
 */
public class WatchStress {
    private WatchStress() {}

    /** The flag of the calling thread, which it loses. */
    private static int strayInterrupt() {
        return Flag.of(Thread.interrupted());
    }

    @JCStressTest
    @Description("Two attempts one after the other, and one cancellation. Result: the status of each attempt; a stray "
            + "interrupt after the second.")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "the cancellation met no attempt")
    @Outcome(
            id = {"4, 0, 0", "0, 4, 0"},
            expect = ACCEPTABLE,
            desc = "one attempt was stopped")
    @Outcome(id = "4, 4, .", expect = FORBIDDEN, desc = "STOPPED_TWICE: one cancellation stopped two attempts")
    @Outcome(id = ".*, [1-9]", expect = FORBIDDEN, desc = "STRAY_INTERRUPT: the interrupt outlived its attempt")
    @State
    public static class EndAndCancel {
        private Thread owner;
        private volatile Watch watch;

        @Actor
        public void owner(III_Result r) {
            owner = Thread.currentThread();
            Watch mine = new Watch(owner);
            watch = mine;
            mine.begin(TimeSource.system(), Nanos.NEVER, true);
            r.r1 = mine.end();
            mine.begin(TimeSource.system(), Nanos.NEVER, true);
            r.r2 = mine.end();
            r.r3 = strayInterrupt();
        }

        @Actor
        public void canceller() {
            Watch seen = watch;
            for (int looks = 0; seen == null && looks < 1_000; looks++) {
                Thread.onSpinWait();
                seen = watch;
            }
            if (seen != null) {
                seen.cancel();
            }
        }

        @Arbiter
        public void after(III_Result r) {
            if (owner.isInterrupted()) {
                r.r3 = 2;
            }
        }
    }

    @JCStressTest
    @Description(
            "An attempt ends at the instant at which its time is up. Result: its status; a stray interrupt after it.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "ended in time")
    @Outcome(id = "3, 0", expect = ACCEPTABLE, desc = "timed out, and the interrupt was taken back")
    @Outcome(id = ".*, [1-9]", expect = FORBIDDEN, desc = "STRAY_INTERRUPT: the interrupt outlived its attempt")
    @State
    public static class EndAndAlarm {
        private final VirtualTime time = VirtualTime.manual();
        private final long due = time.nanoTime() + Nanos.PER_SECOND;
        private Thread owner;

        @Actor
        public void owner(II_Result r) {
            owner = Thread.currentThread();
            Watch mine = new Watch(owner);
            mine.begin(time, due, false);
            r.r1 = mine.end();
            r.r2 = strayInterrupt();
        }

        @Actor
        public void clock() {
            time.advanceTo(due);
        }

        @Arbiter
        public void after(II_Result r) {
            if (owner.isInterrupted()) {
                r.r2 = 2;
            }
        }
    }

    @JCStressTest
    @Description("The alarm of one attempt goes off while the next one, which trusts in it, begins. "
            + "Result: the next attempt was stopped when its own time was up.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "stopped")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "ALARM_LOST: nothing watches an attempt that runs")
    @State
    public static class NextAttemptAndAlarm {
        private final VirtualTime time = VirtualTime.manual();
        private final long start = time.nanoTime();
        /** Never started: its flag can be read at the end, whoever reads it, and is nobody else's. */
        private final Thread owner = new Thread(() -> {}, "owner");

        private final Watch watch = new Watch(owner);

        public NextAttemptAndAlarm() {
            watch.begin(time, start + Nanos.PER_SECOND, false);
        }

        @Actor
        public void owner() {
            watch.end();
            watch.begin(time, start + 2 * Nanos.PER_SECOND, false);
        }

        @Actor
        public void clock() {
            time.advanceTo(start + Nanos.PER_SECOND);
        }

        @Arbiter
        public void after(I_Result r) {
            // The first attempt may have been stopped: then the flag is up, which on a thread that never ran nobody
            // takes down. The status tells of the second alone.
            time.advanceTo(start + 2 * Nanos.PER_SECOND);
            r.r1 = Flag.of(watch.end() == Watch.TIMED_OUT);
        }
    }

    @JCStressTest
    @Description("An attempt makes a scope, and ends at the instant at which its time is up; another attempt follows. "
            + "Result: the status of the first; its scope was cancelled; that of the second was.")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "ended in time")
    @Outcome(id = "3, 1, 0", expect = ACCEPTABLE, desc = "timed out, and what it had started with it")
    @Outcome(id = "3, 0, 0", expect = FORBIDDEN, desc = "SCOPE_MISSED: what the attempt started goes on")
    @Outcome(id = "0, 1, 0", expect = FORBIDDEN, desc = "CANCELLED_IN_TIME: the attempt was not stopped")
    @Outcome(id = ".*, 1", expect = FORBIDDEN, desc = "STRAY_CANCELLATION: it reached the next attempt")
    @State
    public static class ScopeAndAlarm {
        private final VirtualTime time = VirtualTime.manual();
        private final long due = time.nanoTime() + Nanos.PER_SECOND;
        private final Scope first = scope();
        private final Scope second = scope();

        private Scope scope() {
            return new Scope(null, time, due, Runnable::run);
        }

        @Actor
        public void owner(III_Result r) {
            Watch mine = new Watch(Thread.currentThread());
            mine.begin(time, due, false);
            mine.stopToo(first);
            r.r1 = mine.end();
            mine.started = null;
            mine.begin(time, Nanos.NEVER, true);
            mine.stopToo(second);
            mine.end();
        }

        @Actor
        public void clock() {
            time.advanceTo(due);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r2 = Flag.of(first.isCancelled());
            r.r3 = Flag.of(second.isCancelled());
        }
    }
}
