package io.levee.idempotency;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Renews leases, and deletes what has expired, on one daemon thread. Thread-safe. */
final class Heartbeat implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Heartbeat.class.getName());
    private static final Duration PURGE_EVERY = Duration.ofMinutes(10);

    private final long periodMillis;
    private final ScheduledThreadPoolExecutor thread;

    @SuppressWarnings("FutureReturnValueIgnored") // the purge goes on until the thread is ended
    Heartbeat(Duration lease, IdempotencyStore store) {
        // Two renewals may fail before the lease ends.
        periodMillis = Math.max(1, lease.toMillis() / 3);
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "levee-idempotency");
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
        schedule(store::purge, PURGE_EVERY.toMillis());
    }

    /** Runs a task every third of the lease, until it is stopped. */
    Beat every(Runnable task) {
        Beat beat = new Beat();
        beat.task = schedule(
                () -> {
                    if (!beat.stopped) {
                        task.run();
                    }
                },
                periodMillis);
        return beat;
    }

    private Future<?> schedule(Runnable task, long everyMillis) {
        return thread.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException failed) {
                        // The next beat tries again; one that throws would be the last.
                        LOG.log(Level.WARNING, "the store of idempotency records could not be asked", failed);
                    }
                },
                everyMillis,
                everyMillis,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** A task that repeats. */
    static final class Beat {
        private volatile @Nullable Future<?> task;

        /** For the moment in which the task runs and is not yet known here. */
        private volatile boolean stopped;

        void stop() {
            stopped = true;
            Future<?> running = task;
            if (running != null) {
                running.cancel(false);
            }
        }
    }
}
