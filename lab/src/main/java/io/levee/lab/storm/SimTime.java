package io.levee.lab.storm;

import io.levee.TimeSource;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The library's clock and timer, on the event loop. Nobody blocks in a simulation, so it has no waits. */
final class SimTime implements TimeSource {
    private final EventLoop loop;

    SimTime(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public long nanoTime() {
        return loop.nowNanos();
    }

    @Override
    public Timeout schedule(long atNanos, Runnable task) {
        Alarm alarm = new Alarm(task);
        loop.scheduleTimer(alarm, atNanos);
        return alarm;
    }

    @Override
    public boolean await(long atNanos, BooleanSupplier condition) {
        throw new UnsupportedOperationException("a simulation has no thread that could wait: use callAsync");
    }

    @Override
    public void wake(Thread thread) {
        // Nobody waits.
    }

    private static final class Alarm extends Event implements Timeout {
        private @Nullable Runnable task;

        Alarm(Runnable task) {
            this.task = task;
        }

        @Override
        void happen(long nowNanos) {
            Runnable due = task;
            task = null;
            if (due != null) {
                due.run();
            }
        }

        @Override
        public boolean cancel() {
            boolean pending = task != null;
            task = null;
            return pending;
        }
    }
}
