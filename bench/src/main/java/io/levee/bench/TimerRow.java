package io.levee.bench;

import io.levee.TimeSource;
import io.netty.util.HashedWheelTimer;
import io.netty.util.TimerTask;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A timer in which 100,000 waits are pending is given one more, which is taken back: the life of an attempt timeout. All
 * waits are of the same length, as timeouts are, so the new one is the last of all: the best case for a heap. The JDK's
 * executor is set to take out what is cancelled; as it comes it would run out of memory in a second of this. Levee is
 * handed the instant, as its engine does it; the others read their clock, and so does {@code leveeOwnClock}.
 */
@State(Scope.Benchmark)
public class TimerRow {
    private static final int PENDING = 100_000;

    /** Longer than the benchmark runs: nothing falls due. */
    private static final long DELAY_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final Runnable TASK = () -> {};
    private static final TimerTask NETTY_TASK = timeout -> {};

    /** For JMH. */
    public TimerRow() {}

    /** A list with its waits. Of these states JMH makes the one that it measures: an idle wheel of another costs time. */
    @State(Scope.Benchmark)
    public static class Hand {
        private final HandWritten.Waits waits = new HandWritten.Waits();

        /** For JMH. */
        public Hand() {
            for (int i = 0; i < PENDING; i++) {
                waits.add(TASK);
            }
        }
    }

    /** Levee's timer with its waits. */
    @State(Scope.Benchmark)
    public static class Levee {
        private final TimeSource time = TimeSource.system();
        private final List<TimeSource.Timeout> pending = new ArrayList<>(PENDING);
        private long due;

        /** For JMH. */
        public Levee() {
            for (int i = 0; i < PENDING; i++) {
                due = time.nanoTime() + DELAY_NANOS;
                pending.add(time.schedule(due, TASK));
            }
        }

        /** Leaves the JVM's one timer as it was. */
        @TearDown
        public void close() {
            pending.forEach(TimeSource.Timeout::cancel);
        }
    }

    /** The JDK's timer with its waits. */
    @State(Scope.Benchmark)
    public static class Stpe {
        private final ScheduledThreadPoolExecutor executor = Timers.executor(true);

        /** For JMH. */
        public Stpe() {
            for (int i = 0; i < PENDING; i++) {
                executor.schedule(TASK, DELAY_NANOS, TimeUnit.NANOSECONDS);
            }
        }

        /** Ends its thread. */
        @TearDown
        public void close() {
            executor.shutdownNow();
        }
    }

    /** Netty's timer with its waits. */
    @State(Scope.Benchmark)
    public static class Netty {
        private final HashedWheelTimer wheel = Timers.wheel();

        /** For JMH. */
        public Netty() {
            for (int i = 0; i < PENDING; i++) {
                wheel.newTimeout(NETTY_TASK, DELAY_NANOS, TimeUnit.NANOSECONDS);
            }
        }

        /** Ends its thread. */
        @TearDown
        public void close() {
            wheel.stop();
        }
    }

    /** The floor: a linked list behind a lock, which knows no time. */
    @Benchmark
    public boolean hand(Hand hand) {
        return hand.waits.remove(hand.waits.add(TASK));
    }

    /** Levee. */
    @Benchmark
    public boolean levee(Levee levee) {
        return levee.time.schedule(levee.due, TASK).cancel();
    }

    /** Levee, with the reading of the clock that the others have inside. */
    @Benchmark
    public boolean leveeOwnClock(Levee levee) {
        return levee.time.schedule(levee.time.nanoTime() + DELAY_NANOS, TASK).cancel();
    }

    /** The JDK's. */
    @Benchmark
    public boolean stpe(Stpe stpe) {
        return stpe.executor.schedule(TASK, DELAY_NANOS, TimeUnit.NANOSECONDS).cancel(false);
    }

    /** Netty's. */
    @Benchmark
    public boolean netty(Netty netty) {
        return netty.wheel
                .newTimeout(NETTY_TASK, DELAY_NANOS, TimeUnit.NANOSECONDS)
                .cancel();
    }
}
