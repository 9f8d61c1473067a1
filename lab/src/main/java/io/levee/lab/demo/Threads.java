package io.levee.lab.demo;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The demo's threads: daemons with a common prefix, so that a test can tell that none was left behind. */
final class Threads {
    static final String PREFIX = "levee-demo-";

    private static final long END_WITHIN_SECONDS = 2;

    private Threads() {}

    static ThreadFactory named(String role) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, PREFIX + role + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Interrupts what is running and waits for it to end. */
    static void end(ExecutorService threads) {
        threads.shutdownNow();
        try {
            // Whether they end in time changes nothing here: they are daemons, and the process can end all the same.
            threads.awaitTermination(END_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes something whose failure to close changes nothing that was measured. */
    static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (Exception ignored) {
            // The figures are in; the process or the test is about to end.
        }
    }
}
