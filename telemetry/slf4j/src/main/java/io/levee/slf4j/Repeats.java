package io.levee.slf4j;

import io.levee.Limiter;
import io.levee.TimeSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** How often each kind of entry is written, and how many were left out. Thread-safe. */
final class Repeats {
    /** As many kinds as are told apart: beyond, one limit holds for all. Events and reasons are fewer. */
    private static final int MAX_KINDS = 256;

    private final Limiter.Spec limit;
    private final long summaryAfterNanos;
    private final TimeSource time;
    private final ConcurrentHashMap<String, Kind> kinds = new ConcurrentHashMap<>();

    Repeats(long burst, double perSecond, long summaryAfterNanos, TimeSource time) {
        this.limit = Limiter.perSecond(perSecond).burst(burst);
        this.summaryAfterNanos = summaryAfterNanos;
        this.time = time;
    }

    /** What is done about a kind whose last entries were left out. */
    interface LeftOut {
        void tell(String event, String reason, long count);
    }

    Kind of(String event, String reason) {
        String key = event + ' ' + reason;
        Kind known = kinds.get(key);
        if (known != null) {
            return known;
        }
        // Threads that add the last kinds at the same moment may make it a few more; it stays bounded.
        boolean full = kinds.size() >= MAX_KINDS;
        return kinds.computeIfAbsent(full ? event : key, added -> new Kind(event, full ? "any" : reason));
    }

    void takeAll(LeftOut told) {
        for (Kind kind : kinds.values()) {
            told.tell(kind.event, kind.reason, kind.takeLeftOut());
        }
    }

    /** One kind of entry. */
    final class Kind {
        private final String event;
        private final String reason;
        private final Limiter permits = limit.build(time);
        private final AtomicLong leftOut = new AtomicLong();

        private Kind(String event, String reason) {
            this.event = event;
            this.reason = reason;
        }

        /** False if the entry is to be left out; the summary then runs a while later, unless a written entry tells before. */
        boolean admits(Runnable summary) {
            if (permits.tryAcquire(time.nanoTime())) {
                return true;
            }
            if (leftOut.getAndIncrement() == 0) {
                time.schedule(time.nanoTime() + summaryAfterNanos, summary);
            }
            return false;
        }

        long takeLeftOut() {
            return leftOut.getAndSet(0);
        }
    }
}
