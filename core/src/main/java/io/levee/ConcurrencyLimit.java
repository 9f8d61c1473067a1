package io.levee;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * Limits how many attempts are in flight at the same time, and finds out by itself how many are good: fewer when answers
 * come late or the downstream refuses, more while all is well and the limit is in use; next to none while nothing at all
 * succeeds. First attempts that find no room wait for one if they can still be served in time; retries do not wait.
 *
 * <pre>{@code
 * Levee.named("inventory").concurrencyLimit(ConcurrencyLimit.adaptive())
 * }</pre>
 *
 * <p><b>The limit.</b> At the end of a window (100 ms, and at least 10 attempts)
 *
 * <pre>
 *   mean     mean duration of the window's successes
 *   usual    what mean is when the limit is not in use: falls at once (by a fifth of the difference), rises by 0.1 % a window
 *   target   the larger of an eighth of the attempt timeout (or deadline, if shorter) and 2 x usual
 *   rate     answers per second, moving average (a fifth of the newest window)
 *   dropped  refused, timed out or broken off, as a share of the window's attempts
 *   used     the most that were in flight in the window, at most the limit
 *
 *   mean &gt; target      limit := 0.95 x rate x target, at least 0.7 x used and at most used      (Little's law)
 *   dropped &gt; 1 %      limit := used x (1 - dropped / 2)
 *   else, in use       limit := limit + the larger of 1 and a tenth of it
 * </pre>
 *
 * In use is a limit of which three quarters were in flight. An error that the downstream answered, such as a 503, is no sign of
 * overload: a fault of which half of the attempts die does not lower the limit. A new process begins at the upper bound: there is
 * nothing to hold back until something is late or dropped, and it falls from what is in flight then.
 *
 * <p><b>Collapse.</b> When {@value #RUN} attempts in a row have failed, whatever of, the limit is 0 but for probes: one of
 * {@value #PROBE_EVERY} attempts, at most one in 10 ms and at least one a second if there is any. At 47 % errors such a run comes
 * once in 10^10 attempts. The first success ends it: the limit starts at {@value #START}, and until something is late or dropped each
 * success within the target adds 1, so that the limit doubles with each round trip.
 *
 * <p><b>Waiting.</b> A first attempt stands in line if {@code (those before it + 1) / rate} leaves its call two and a half times the
 * target for the attempt, and is less than {@link Spec#maxWait}; else it is refused at once. Nobody passes those who wait.
 *
 * <p>Thread-safe and lock-free; entering and leaving allocate nothing (the end of a window and a wait do). Instants are handed
 * in, nanoseconds on the scale of one {@link TimeSource}.
 *
 * <p>Not guaranteed: that a sample reported just as a window ends is counted; more than the first {@value #MOST_SAMPLES}
 * samples of a window; anything for one of many clients that has less than one attempt in flight: a limit cannot fall below 1.
 */
public final class ConcurrencyLimit {
    /** A mean of this many no longer moves; and they fit into their field, see {@link Window}. */
    static final int MOST_SAMPLES = 60_000;

    static final int RUN = 30;
    static final int PROBE_EVERY = 25;
    static final int START = 1;
    private static final long PROBE_GAP = 10 * Nanos.PER_MILLI;
    private static final int FEWEST_SAMPLES = 10;
    private static final int MOST_WAITING = 10_000;

    private static final AtomicReferenceFieldUpdater<ConcurrencyLimit, Window> WINDOW =
            AtomicReferenceFieldUpdater.newUpdater(ConcurrencyLimit.class, Window.class, "window");

    private final int min;
    private final int max;
    private final long windowNanos;
    private final long targetNanos;
    final long maxWaitNanos;
    private final Room room;

    /** By CAS; opponents: others who enter or leave. */
    private final AtomicInteger inFlight = new AtomicInteger();

    /** Set by the end of a window, raised by successes. A rise that meets an end may be lost: the next one makes up for it. */
    private final AtomicInteger allowed;

    /** Failures since the last success. */
    private final AtomicInteger failures = new AtomicInteger();

    private final AtomicInteger refusedSinceProbe = new AtomicInteger();
    private final AtomicLong probedNanos = new AtomicLong();
    private volatile boolean collapsed;
    private volatile boolean searching = true;

    /** Replaced by CAS: of all who find the window over, one makes the next. */
    private volatile Window window;

    private ConcurrencyLimit(Spec spec, TimeSource time, long attemptTimeoutNanos) {
        min = spec.min;
        max = spec.max;
        windowNanos = spec.windowNanos;
        maxWaitNanos = spec.maxWaitNanos;
        targetNanos = attemptTimeoutNanos == Nanos.NEVER ? 0 : attemptTimeoutNanos / 8;
        allowed = new AtomicInteger(spec.initial);
        window = new Window(0, 0, 0, time.nanoTime(), 0);
        room = new Room(time);
    }

    /**
     * A limit from 1 to 10,000 that begins at 10,000.
     *
     * @return a configuration to refine
     */
    public static Spec adaptive() {
        return new Spec(10_000, 1, 10_000, Nanos.PER_SECOND / 10, 3 * Nanos.PER_SECOND);
    }

    /**
     * Enters if there is room and nobody waits. Whoever gets in must leave once, by one of the ways to leave.
     *
     * @param nowNanos the present instant
     * @return false if as many are in flight as the limit allows now
     */
    public boolean tryEnter(long nowNanos) {
        return room.tryTake(nowNanos);
    }

    /** A place in line for a first attempt; null if it cannot be served in time. Granted, it is in. */
    Limiter.@Nullable Ticket await(long nowNanos, long giveUpAtNanos, Runnable onGranted) {
        return room.join(nowNanos, false, giveUpAtNanos, onGranted);
    }

    /** Until when a first attempt may wait: what is left of its time has to be enough for it, even if it takes longer than most. */
    long giveUpAtNanos(long nowNanos, long deadlineNanos) {
        long need = Math.round(2.5 * target(window));
        return Math.min(Nanos.add(nowNanos, maxWaitNanos), deadlineNanos - need);
    }

    /** True while nothing succeeds, and only probes are let in. */
    boolean isCollapsed() {
        return collapsed;
    }

    private boolean enter(long nowNanos) {
        if (collapsed) {
            return probe(nowNanos);
        }
        while (true) {
            int seen = inFlight.get();
            if (seen >= allowed.get()) {
                return false;
            }
            if (inFlight.compareAndSet(seen, seen + 1)) {
                window.noteInFlight(seen + 1);
                return true;
            }
        }
    }

    private boolean probe(long nowNanos) {
        int refused = refusedSinceProbe.incrementAndGet();
        long last = probedNanos.get();
        long since = nowNanos - last;
        boolean due = since >= Nanos.PER_SECOND || (refused >= PROBE_EVERY && since >= PROBE_GAP);
        // Opponents: others who would be the same probe.
        if (!due || !probedNanos.compareAndSet(last, nowNanos)) {
            return false;
        }
        refusedSinceProbe.set(0);
        inFlight.incrementAndGet();
        return true;
    }

    /**
     * Leaves without saying anything about the downstream: the attempt was cancelled, or was not made.
     *
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leave() {
        out();
        wakeNext();
    }

    private void out() {
        while (true) {
            int seen = inFlight.get();
            if (seen == 0) {
                throw new IllegalStateException(
                        "concurrency limit left more often than entered: 0 of " + limit() + " in flight");
            }
            if (inFlight.compareAndSet(seen, seen - 1)) {
                return;
            }
        }
    }

    private void wakeNext() {
        if (room.waiting() > 0) {
            room.drain();
        }
    }

    /**
     * Leaves after an answer of the downstream that says that it is well: a success, or an error of the request's own.
     *
     * @param nowNanos the present instant
     * @param durationNanos how long the attempt took; 0 or more
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leave(long nowNanos, long durationNanos) {
        out();
        if (failures.get() != 0) {
            failures.set(0);
        }
        if (collapsed) {
            Window before = window;
            allowed.set(Math.max(min, Math.min(max, START)));
            searching = true;
            window = new Window(before.mean, before.rate, before.usual, nowNanos, inFlight());
            collapsed = false;
        } else if (searching && inFlight.get() >= limit() / 2 && limit() < max && durationNanos <= target(window)) {
            allowed.incrementAndGet();
        }
        Window current = window;
        current.sample(durationNanos);
        turnIfOver(current, nowNanos);
        wakeNext();
    }

    /**
     * Leaves after an answer that says that the downstream fails, though it has time to say so.
     *
     * @param nowNanos the present instant
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leaveFailed(long nowNanos) {
        failed(window.faults, nowNanos);
    }

    /**
     * Leaves after the downstream dropped the attempt: refused it, broke the connection, or did not answer in time.
     *
     * @param nowNanos the present instant
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leaveDropped(long nowNanos) {
        failed(window.drops, nowNanos);
    }

    private void failed(AtomicInteger counter, long nowNanos) {
        out();
        counter.incrementAndGet();
        if (failures.incrementAndGet() >= RUN && !collapsed) {
            refusedSinceProbe.set(0);
            probedNanos.set(nowNanos);
            collapsed = true;
        }
        turnIfOver(window, nowNanos);
        wakeNext();
    }

    private void turnIfOver(Window current, long nowNanos) {
        if (nowNanos - current.startNanos < windowNanos || current.ended() < FEWEST_SAMPLES) {
            return;
        }
        boolean inUse = current.mostInFlight.get() >= 0.75 * limit();
        Window next = current.next(nowNanos, inFlight(), inUse);
        // Who loses has nothing to do; samples that still come to the old window are lost.
        if (WINDOW.compareAndSet(this, current, next) && !collapsed) {
            adapt(current, next, inUse);
        }
    }

    private double target(Window seen) {
        return Math.max((double) targetNanos, 2 * seen.usual);
    }

    private void adapt(Window over, Window next, boolean inUse) {
        int limit = limit();
        double target = target(next);
        // A limit that was out of reach says nothing of what the downstream can take: what was in flight does.
        int used = Math.min(limit, over.mostInFlight.get());
        double dropped = over.drops.get() / (double) over.ended();
        double wanted = limit;
        if (next.mean > target) {
            wanted = Math.max(0.7 * used, Math.min(used, 0.95 * next.rate * target / Nanos.PER_SECOND));
            searching = false;
        } else if (dropped > 0.01) {
            wanted = used * (1 - dropped / 2);
            searching = false;
        } else if (inUse) {
            wanted = limit + Math.max(1, limit / 10.0);
        }
        allowed.set((int) Math.max(min, Math.min(max, Math.round(wanted))));
    }

    /**
     * How many may be in flight now.
     *
     * @return the limit, between its bounds; 0 while only probes are let in
     */
    public int limit() {
        return collapsed ? 0 : allowed.get();
    }

    /**
     * How many are in flight.
     *
     * @return 0 or more; above {@link #limit()} only after it has fallen
     */
    public int inFlight() {
        return inFlight.get();
    }

    /**
     * Limit and figures, for a person.
     *
     * @return a snapshot
     */
    public Snapshot snapshot() {
        Window current = window;
        return new Snapshot(limit(), inFlight(), room.waiting(), Math.round(current.mean), Math.round(current.usual));
    }

    @Override
    public String toString() {
        return "ConcurrencyLimit[" + inFlight() + " of " + limit() + " in flight, " + min + " to " + max + "]";
    }

    /**
     * A concurrency limit's figures.
     *
     * @param limit how many may be in flight; 0 while only probes are let in
     * @param inFlight how many are
     * @param waiting how many wait for room
     * @param meanNanos the mean duration of successes in the last full window; 0 before there was one
     * @param usualNanos what it usually is; 0 before there was a window
     */
    public record Snapshot(int limit, int inFlight, int waiting, long meanNanos, long usualNanos) {}

    /** Those who wait for room: as those who wait for a permit, but what they wait for is that somebody leaves. */
    private final class Room extends PermitQueue {
        Room(TimeSource time) {
            super(LimiterRule.perSecond(1), MOST_WAITING, time);
        }

        @Override
        long take(long nowNanos) {
            return enter(nowNanos) ? Gcra.TAKEN : Nanos.NEVER;
        }

        @Override
        long conformsAt(long nowNanos, int ahead) {
            double rate = window.rate;
            if (collapsed) {
                return Nanos.NEVER;
            }
            return rate <= 0 ? nowNanos : Nanos.add(nowNanos, (long) ((ahead + 1) * Nanos.PER_SECOND / rate));
        }

        @Override
        void giveBackToRule(long takenAtNanos) {
            out();
        }
    }

    /** What ended in a while, and what was known before it. */
    private static final class Window {
        // One long for the samples, from the highest bit: 16 bits count, 48 bits sum. 60,000 samples of at most an hour
        // fit into the sum; the count has room for the threads that look and then add.
        private static final int SUM_BITS = 48;
        private static final long SUM_MASK = (1L << SUM_BITS) - 1;
        private static final long ONE_SAMPLE = 1L << SUM_BITS;
        /** Durations are summed in units of 1,024 ns. */
        private static final int UNIT_BITS = 10;

        private static final long LONGEST_UNITS = (3_600 * Nanos.PER_SECOND) >> UNIT_BITS;

        final double mean;
        final double rate;
        final double usual;
        final long startNanos;
        final AtomicInteger drops = new AtomicInteger();
        final AtomicInteger faults = new AtomicInteger();
        final AtomicInteger mostInFlight;
        private final AtomicLong samples = new AtomicLong();

        Window(double mean, double rate, double usual, long startNanos, int inFlight) {
            this.mean = mean;
            this.rate = rate;
            this.usual = usual;
            this.startNanos = startNanos;
            this.mostInFlight = new AtomicInteger(inFlight);
        }

        void noteInFlight(int count) {
            int most = mostInFlight.get();
            while (count > most && !mostInFlight.compareAndSet(most, count)) {
                most = mostInFlight.get();
            }
        }

        void sample(long durationNanos) {
            if (samples.get() >>> SUM_BITS < MOST_SAMPLES) {
                long units = (durationNanos + (1 << (UNIT_BITS - 1))) >> UNIT_BITS;
                samples.addAndGet(ONE_SAMPLE + Math.min(LONGEST_UNITS, Math.max(1, units)));
            }
        }

        long ended() {
            return (samples.get() >>> SUM_BITS) + drops.get() + faults.get();
        }

        Window next(long nowNanos, int inFlight, boolean inUse) {
            long taken = samples.get();
            long count = taken >>> SUM_BITS;
            double newMean = count == 0 ? mean : (double) ((taken & SUM_MASK) << UNIT_BITS) / count;
            double newUsual = usual;
            if (usual == 0) {
                newUsual = newMean;
            } else if (newMean < usual) {
                newUsual += (newMean - usual) * 0.2;
            } else if (!inUse) {
                newUsual = Math.min(newMean, usual * 1.001);
            }
            double answers = (count + faults.get()) * (double) Nanos.PER_SECOND / (nowNanos - startNanos);
            return new Window(
                    newMean, rate == 0 ? answers : rate + (answers - rate) * 0.2, newUsual, nowNanos, inFlight);
        }
    }

    /** How a concurrency limit is to be. Immutable; each method answers a changed copy. */
    public static final class Spec {
        private static final int MOST = 100_000;
        private static final long MIN_WINDOW = 10 * Nanos.PER_MILLI;
        private static final long MAX_WINDOW = 60 * Nanos.PER_SECOND;

        private final int initial;
        private final int min;
        private final int max;
        private final long windowNanos;

        private final long maxWaitNanos;

        private Spec(int initial, int min, int max, long windowNanos, long maxWaitNanos) {
            this.maxWaitNanos = maxWaitNanos;
            this.initial = initial;
            this.min = min;
            this.max = max;
            this.windowNanos = windowNanos;
        }

        /**
         * Sets the bounds of the limit. Default 1 to 10,000. The limit begins at the upper one, unless {@link #initial(int)} is
         * set after this.
         *
         * @param least how many may be in flight unless nothing succeeds; 1 or more
         * @param most how many may ever be in flight; at least {@code least}, at most 100,000
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec between(int least, int most) {
            if (least < 1 || most < least || most > MOST) {
                throw Range.wrong(
                        "concurrency limit's bounds",
                        "from 1 to " + MOST + ", the lower one first",
                        least + " and " + most);
            }
            return new Spec(most, least, most, windowNanos, maxWaitNanos);
        }

        /**
         * Sets what the limit begins with. Default: the upper bound. A lower one doubles with each round trip while all is well.
         *
         * @param limit from the lower bound to the upper one
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec initial(int limit) {
            Range.within(min, max, limit, "concurrency limit's initial value, set after its bounds,");
            return new Spec(limit, min, max, windowNanos, maxWaitNanos);
        }

        /**
         * Sets how long samples are gathered before the limit changes. Default 100 ms. A window goes on until it has 10
         * samples.
         *
         * @param length 10 ms to 60 s
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec window(Duration length) {
            long nanos = Range.within(MIN_WINDOW, MAX_WINDOW, length, "concurrency limit's window");
            return new Spec(initial, min, max, nanos, maxWaitNanos);
        }

        /**
         * Sets how long a first attempt waits for room at most. Default 3 s, and never more than five sixths of the time that
         * its call has left.
         *
         * @param longest zero (nobody waits) to 60 s
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec maxWait(Duration longest) {
            long nanos = Range.within(0, MAX_WINDOW, longest, "concurrency limit's maxWait");
            return new Spec(initial, min, max, windowNanos, nanos);
        }

        /**
         * Builds a limit that nobody is in.
         *
         * @param time the clock that its instants are read from
         * @param attemptTimeoutNanos how long an attempt may take, the deadline included; {@link Long#MAX_VALUE} for no limit
         * @return a new limit
         */
        public ConcurrencyLimit build(TimeSource time, long attemptTimeoutNanos) {
            return new ConcurrencyLimit(this, time, attemptTimeoutNanos);
        }

        @Override
        public String toString() {
            return "adaptive().between(" + min + ", " + max + ").initial(" + initial + ").window("
                    + Nanos.text(windowNanos) + ").maxWait(" + Nanos.text(maxWaitNanos) + ")";
        }
    }
}
