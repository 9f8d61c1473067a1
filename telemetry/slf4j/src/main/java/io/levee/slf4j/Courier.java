package io.levee.slf4j;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes log entries on a thread of its own, one for the JVM: an appender that blocks then makes no call late (invariant
 * 10). The thread is a daemon, is started by the first entry and ends a second after the last.
 */
final class Courier {
    /** Entries that wait; each is some KB. */
    static final int CAPACITY = 4_096;

    private static final Courier SHARED = new Courier();

    private final LongAdder dropped = new LongAdder();
    private final ThreadPoolExecutor thread;

    Courier() {
        thread = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(CAPACITY), task -> {
            Thread made = new Thread(task, "levee-log");
            made.setDaemon(true);
            return made;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    static Courier shared() {
        return SHARED;
    }

    /** Never blocks and never throws. */
    void write(Runnable entry) {
        try {
            thread.execute(() -> deliver(entry));
        } catch (RejectedExecutionException full) {
            dropped.increment();
        }
    }

    private void deliver(Runnable entry) {
        try {
            entry.run();
            long lost = dropped.sumThenReset();
            if (lost > 0) {
                Logger logger = LoggerFactory.getLogger("io.levee");
                logger.atWarn()
                        .addKeyValue("event", "log_suppressed")
                        .addKeyValue("reason", "queue full")
                        .addKeyValue("suppressed", lost)
                        .log("log_suppressed");
            }
        } catch (Throwable broken) {
            // The log itself is what failed: standard error is all that is left, and the thread must live on.
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, broken);
        }
    }
}
