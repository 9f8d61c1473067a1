package io.levee.bench;

import io.levee.TimeSource;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The timers that are compared, in one shape. Each takes the wait as its own API wants it: Levee an instant, the others a
 * delay.
 *
 * @param schedule sets a wait, answers its own handle
 * @param cancel takes the handle back
 * @param close ends the timer's thread
 */
record Timers(Scheduler schedule, Canceller cancel, Runnable close) {
    private static final ThreadFactory DAEMON = task -> {
        Thread thread = new Thread(task, "bench-timer");
        thread.setDaemon(true);
        return thread;
    };

    interface Scheduler {
        Object schedule(Runnable task, long delayNanos);
    }

    interface Canceller {
        boolean cancel(Object handle);
    }

    static Timers of(String peer) {
        return switch (peer) {
            case "levee" -> levee();
            case "stpe" -> stpe(executor(true));
            case "stpe-default" -> stpe(executor(false));
            case "netty" -> netty(wheel());
            default -> throw new IllegalArgumentException(peer);
        };
    }

    static Timers levee() {
        TimeSource time = TimeSource.system();
        return new Timers(
                (task, delayNanos) -> time.schedule(time.nanoTime() + delayNanos, task),
                handle -> ((TimeSource.Timeout) handle).cancel(),
                () -> {});
    }

    static ScheduledThreadPoolExecutor executor(boolean removeOnCancel) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, DAEMON);
        executor.setRemoveOnCancelPolicy(removeOnCancel);
        return executor;
    }

    static Timers stpe(ScheduledThreadPoolExecutor executor) {
        return new Timers(
                (task, delayNanos) -> executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS),
                handle -> ((ScheduledFuture<?>) handle).cancel(false),
                executor::shutdownNow);
    }

    /** With ticks of a millisecond, as Levee's, instead of its default of 100: it would come 100 times later. */
    static HashedWheelTimer wheel() {
        return new HashedWheelTimer(DAEMON, 1, TimeUnit.MILLISECONDS);
    }

    static Timers netty(HashedWheelTimer wheel) {
        return new Timers(
                (task, delayNanos) -> wheel.newTimeout(timeout -> task.run(), delayNanos, TimeUnit.NANOSECONDS),
                handle -> ((Timeout) handle).cancel(),
                wheel::stop);
    }
}
