package io.levee;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Whether anything is answered at all, and who is let in while nothing is: {@link ConcurrencyLimit} says when. */
final class Collapse {
    static final int RUN = 30;
    static final int PROBE_EVERY = 25;
    /** What ends many attempts at one instant (a pool whose idle connections were closed) is no outage. */
    static final long SHORTEST_RUN = Nanos.PER_SECOND / 4;

    /** Failures since the last answer. */
    private final AtomicInteger failures = new AtomicInteger();

    private final AtomicInteger refusedSinceProbe = new AtomicInteger();
    private final AtomicLong probedNanos = new AtomicLong();
    /** Of the attempts before that run. */
    private volatile double successShare;

    private volatile long firstFailureNanos;

    private final AtomicInteger probes = new AtomicInteger();
    volatile boolean on;

    /** Whether an attempt may be made as a probe. */
    boolean lets(long nowNanos) {
        int refused = refusedSinceProbe.incrementAndGet();
        long last = probedNanos.get();
        long since = nowNanos - last;
        boolean due = since >= Nanos.PER_SECOND || (refused >= PROBE_EVERY && since >= 10 * Nanos.PER_MILLI);
        // Opponents: others who would be the same probe.
        if (!due || !probedNanos.compareAndSet(last, nowNanos)) {
            return false;
        }
        refusedSinceProbe.set(0);
        probes.incrementAndGet();
        return true;
    }

    void failed(long nowNanos, double shareOfLate) {
        int run = failures.incrementAndGet();
        if (run == 1) {
            successShare = shareOfLate;
            firstFailureNanos = nowNanos;
        }
        // A run that is as long as 23 over the share of those that succeed comes once in 10^10 attempts.
        if (run >= RUN
                && !on
                && nowNanos - firstFailureNanos >= SHORTEST_RUN
                && run >= Math.min(10_000, 23 / successShare)) {
            refusedSinceProbe.set(0);
            probedNanos.set(nowNanos);
            probes.set(0);
            on = true;
        }
    }

    /** True if an answer says nothing new. */
    boolean isQuiet() {
        return failures.get() == 0 && !on;
    }

    /** There was an answer. Answers whether that has to end a collapse. */
    boolean answered() {
        if (failures.get() != 0) {
            failures.set(0);
        }
        return on;
    }

    /** Of the probes one has succeeded: as many attempts as that can be expected to, until more is known. */
    double probesThatSucceed() {
        return 1.0 / Math.max(1, probes.get());
    }
}
