package io.levee;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Carries events to listeners on a thread of its own, so that no listener can change a call (invariant 10). The thread is
 * a daemon, is started by the first event and ends a second after the last.
 */
final class EventBus implements ThreadFactory {
    /** Enough for a burst of thousands of calls; beyond it the newest events are dropped and counted. */
    static final int CAPACITY = 8_192;

    private final String downstream;
    private final List<LeveeListener> listeners;
    final LongAdder dropped = new LongAdder();
    final LongAdder failures = new LongAdder();
    private final ThreadPoolExecutor courier;

    EventBus(String downstream, List<LeveeListener> listeners) {
        this.downstream = downstream;
        this.listeners = List.copyOf(listeners);
        courier = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(CAPACITY), this);
        courier.allowCoreThreadTimeOut(true);
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "levee-events-" + downstream);
        thread.setDaemon(true);
        return thread;
    }

    /** Never blocks and never throws. */
    void publish(LeveeEvent event) {
        try {
            courier.execute(() -> deliver(event));
        } catch (RejectedExecutionException full) {
            dropped.increment();
        }
    }

    private void deliver(LeveeEvent event) {
        for (LeveeListener listener : listeners) {
            try {
                listener.on(event);
            } catch (Throwable failure) {
                failures.increment();
                // Once, not for every event: a listener that fails in a storm must not become a log storm.
                if (failures.sum() == 1) {
                    TelemetryHub.warn(downstream + ": a listener threw; further ones are counted", failure);
                }
            }
        }
    }

    /**
     * Delivers what is queued and takes nothing more. A listener that holds the queue up is interrupted after a while;
     * what was queued behind it counts as dropped.
     */
    void close() {
        courier.shutdown();
        try {
            if (!courier.awaitTermination(1, TimeUnit.SECONDS)) {
                dropped.add(courier.shutdownNow().size());
            }
        } catch (InterruptedException interrupted) {
            dropped.add(courier.shutdownNow().size());
            Thread.currentThread().interrupt();
        }
    }
}
