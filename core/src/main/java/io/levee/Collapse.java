package io.levee;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether anything is answered at all, and who is let in while nothing is: {@link ConcurrencyLimit} says when. Also whether
 * nothing but refusals came back of late, for the first attempts that are held off then.
 */
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

    private final AtomicInteger refusals = new AtomicInteger();
    private volatile long refusedNanos;

    volatile boolean on;
    /** False while all is well: then whoever enters need not look at the rest. */
    volatile boolean watched;

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

    /**
     * Over how long a first attempt is to be spread now; 0 for not at all. After two refusals in a row, and for 3 s after the
     * last: over 2 s, and half of that with each one more. What was spread once need not be spread again.
     */
    long holdNanos(long nowNanos) {
        int run = refusals.get();
        return run < 2 || on || nowNanos - refusedNanos > 3 * Nanos.PER_SECOND
                ? 0
                : (8 * Nanos.PER_SECOND) >> Math.min(Integer.SIZE, run);
    }

    void failed(long nowNanos, double shareOfLate, boolean isRefusal) {
        // Before the failure is counted: an answer that comes between clears what it sees of both.
        if (!isRefusal) {
            refusals.set(0);
        } else {
            refusedNanos = nowNanos;
            if (refusals.incrementAndGet() > 1) {
                watched = true;
            }
        }
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
            watched = true;
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
            refusals.set(0);
            allIsWell();
        }
        return on;
    }

    void allIsWell() {
        watched = false;
        // Opponent: who finds the next collapse. It sets this after that, so one of the two sees the other.
        if (on) {
            watched = true;
        }
    }

    /** Of the probes one has succeeded: as many attempts as that can be expected to, until more is known. */
    double probesThatSucceed() {
        return 1.0 / Math.max(1, probes.get());
    }
}
