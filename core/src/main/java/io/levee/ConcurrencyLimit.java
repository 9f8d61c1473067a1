package io.levee;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * Limits how many attempts are in flight at the same time, and finds out by itself how many are good: fewer when answers
 * come late or the downstream drops attempts, more while all is well and the limit is in use; next to none while nothing at
 * all succeeds. First attempts that find no room wait for one if they can still be served in time; retries do not wait.
 *
 * <pre>{@code
 * Levee.named("inventory").concurrencyLimit(ConcurrencyLimit.adaptive())
 * }</pre>
 *
 * <p><b>The limit</b> follows, window by window (100 ms, and at least 10 attempts), what was late and what was dropped; the
 * rules are those of docs/adaptive.md, and their figures stand in {@code LimitWindow}. A new process begins at the upper bound:
 * there is nothing to hold back until something is late or dropped, and it falls from what is in flight then. It never falls
 * below what is answered within the time that an attempt should take, so attempts that are dropped for another reason than load
 * (one of ten instances is gone) do not close it.
 *
 * <p><b>Collapse.</b> When at least {@value Collapse#RUN} attempts in a row, and over a quarter of a second, have been
 * refused, broken off or not answered in time, the limit is 0 but for probes: one of {@value Collapse#PROBE_EVERY}
 * attempts, at most one in 10 ms and at least one a second if there is any. The fewer attempts succeed anyway, the longer the run has to be: it is one that chance brings once in 10^10
 * attempts. An answer ends it, be it an error such as a status 500 or 404; the limit then starts at {@value #START}, and until
 * something is late or dropped each success within the target adds 1, so that the limit doubles with each round trip.
 *
 * <p><b>Waiting.</b> A first attempt stands in line if {@code (those before it + 1) / rate of answers} leaves its call two and a half
 * times the target for the attempt, and is less than {@link Spec#maxWait}; else it is refused at once. Nobody passes those who
 * wait.
 *
 * <p>Thread-safe, and lock-free but for a change of the limit; entering and leaving are one atomic operation each and allocate
 * nothing (the end of a window and a wait do). Instants are handed in, nanoseconds on the scale of one {@link TimeSource}. Of a great many attempts only some are
 * asked how long they took, some 64 in a window.
 *
 * <p>Not guaranteed: that an attempt that ends just as a window does is counted in one of them; anything for one of many clients
 * that has less than one attempt in flight: a limit cannot fall below 1.
 */
public final class ConcurrencyLimit {
    static final int START = 1;
    /** For {@link #leave(long, long)}: an answer whose duration says nothing. */
    static final long NO_DURATION = -1;

    private static final AtomicReferenceFieldUpdater<ConcurrencyLimit, LimitWindow> WINDOW =
            AtomicReferenceFieldUpdater.newUpdater(ConcurrencyLimit.class, LimitWindow.class, "window");

    private final int min;
    private final int max;
    private final long windowNanos;
    final long maxWaitNanos;
    private final Room room;
    private final Collapse collapse = new Collapse();

    /**
     * Who is in. Its size is the limit: set by the end of a window, raised by successes. A rise that meets an end, or another
     * rise, may be lost: the next one makes up for it.
     */
    private final Bulkhead places;

    private volatile boolean searching = true;

    /** Replaced by CAS: of all who find the window over, one makes the next. */
    private volatile LimitWindow window;

    private ConcurrencyLimit(Spec spec, TimeSource time, long attemptTimeoutNanos) {
        min = spec.min;
        max = spec.max;
        windowNanos = spec.windowNanos;
        maxWaitNanos = spec.maxWaitNanos;
        places = new Bulkhead(spec.initial);
        window = LimitWindow.first(time.nanoTime(), attemptTimeoutNanos);
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

    /** As {@link #tryEnter}, but is not held off: a retry, or who has been. */
    boolean tryEnterUnheld(long nowNanos) {
        return room.waiting() == 0 && !collapse.on && admit(nowNanos);
    }

    /**
     * Over how long a first attempt is spread that would enter now; 0 for not at all. It is while nothing but refusals comes back and nothing
     * is under way that might be answered.
     */
    long holdNanos(long nowNanos) {
        return inFlight() == 0 && room.waiting() == 0 ? collapse.holdNanos(nowNanos) : 0;
    }

    /** A place in line for a first attempt; null if it cannot be served in time. Granted, it is in. */
    Limiter.@Nullable Ticket await(long nowNanos, long giveUpAtNanos, Runnable onGranted) {
        return room.join(nowNanos, false, giveUpAtNanos, onGranted);
    }

    /** Until when a first attempt may wait: what is left of its time has to be enough for it, even if it takes longer than most. */
    long giveUpAtNanos(long nowNanos, long deadlineNanos) {
        long need = Math.round(2.5 * window.targetNanos);
        return Math.min(Nanos.add(nowNanos, maxWaitNanos), deadlineNanos - need);
    }

    /** True while nothing succeeds, and only probes are let in. */
    boolean isCollapsed() {
        return collapse.on;
    }

    /**
     * Whether the success that is about to leave must know how long it took: one of so many, chosen by the bits of the
     * instant at which it began, since all threads would have to share a counter. Fibonacci hashing (Knuth) mixes them.
     */
    boolean measures(long startNanos) {
        return ((int) ((startNanos * 0x9E37_79B9_7F4A_7C15L) >>> 32) & (window.every - 1)) == 0 || collapse.on;
    }

    private boolean enter(long nowNanos) {
        if (collapse.watched) {
            if (collapse.on) {
                if (!collapse.lets(nowNanos)) {
                    return false;
                }
                places.enter();
                return true;
            }
            if (holdNanos(nowNanos) > 0) {
                return false;
            }
        }
        return admit(nowNanos);
    }

    private boolean admit(long nowNanos) {
        if (!places.tryEnter()) {
            return false;
        }
        window.entered(nowNanos, windowNanos);
        return true;
    }

    /**
     * Leaves without saying anything about the downstream: the attempt was cancelled, or was not made, or failed in a way that is
     * none of the downstream's.
     *
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leave() {
        places.withdraw();
        wakeNext();
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
        // Most are not measured and leave nothing behind: a small method, which the compiler takes into its caller's.
        if (durationNanos == 0 && window.every > 1 && collapse.isQuiet()) {
            places.leave();
            wakeNext();
        } else {
            leaveAndTell(nowNanos, durationNanos);
        }
    }

    private void leaveAndTell(long nowNanos, long durationNanos) {
        LimitWindow current = window;
        boolean measured = durationNanos > 0 || (durationNanos == 0 && current.every == 1);
        if (measured) {
            current.saw((int) places.sum());
        }
        places.leave();
        if (collapse.answered()) {
            allow(START);
            searching = true;
            current = current.afterCollapse(nowNanos, places.left(), (int) places.sum(), collapse.probesThatSucceed());
            window = current;
            collapse.on = false;
            collapse.allIsWell();
        } else if (searching
                && measured
                && durationNanos <= current.targetNanos
                && limit() + current.every <= max
                && (int) places.sum() >= limit() / 2) {
            allow(limit() + current.every);
        }
        if (measured) {
            current.sample(durationNanos);
        }
        if (durationNanos != 0 || measured) {
            turnIfOver(current, nowNanos);
        }
        wakeNext();
    }

    /**
     * Leaves after an answer that says that the downstream fails, though it has time to say so: a status 503. Also where the
     * connection broke before any answer: that says nothing of the load.
     *
     * @param nowNanos the present instant
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leaveFailed(long nowNanos) {
        failed(window.faults, nowNanos, false);
    }

    /**
     * Leaves after the downstream dropped the attempt: refused it, or did not answer in time.
     *
     * @param nowNanos the present instant
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leaveDropped(long nowNanos) {
        leaveDropped(nowNanos, false);
    }

    void leaveDropped(long nowNanos, boolean isRefusal) {
        failed(window.drops, nowNanos, isRefusal);
    }

    private void failed(AtomicInteger counter, long nowNanos, boolean isRefusal) {
        LimitWindow current = window;
        current.saw((int) places.sum());
        places.leave();
        counter.incrementAndGet();
        collapse.failed(nowNanos, current.successShare, isRefusal);
        turnIfOver(current, nowNanos);
        wakeNext();
    }

    private void turnIfOver(LimitWindow current, long nowNanos) {
        if (nowNanos - current.startNanos < windowNanos) {
            return;
        }
        int left = places.left();
        if (current.ended(left) < LimitWindow.FEWEST) {
            return;
        }
        boolean collapsed = collapse.on;
        LimitWindow next = current.next(nowNanos, left, (int) places.sum(), limit(), collapsed);
        // Who loses has nothing to do; samples that still come to the old window are lost.
        if (WINDOW.compareAndSet(this, current, next) && !collapsed) {
            searching &= !next.wasBad;
            allow(Math.round(next.wanted));
        }
    }

    private void allow(long wanted) {
        int allowed = (int) Math.max(min, Math.min(max, wanted));
        if (allowed != places.max()) {
            places.change(allowed);
        }
    }

    /**
     * How many may be in flight now.
     *
     * @return the limit, between its bounds; 0 while only probes are let in
     */
    public int limit() {
        return collapse.on ? 0 : places.max();
    }

    /**
     * How many are in flight.
     *
     * @return 0 or more; above {@link #limit()} only after it has fallen
     */
    public int inFlight() {
        return places.inFlight();
    }

    /**
     * Limit and figures, for a person.
     *
     * @return a snapshot
     */
    public Snapshot snapshot() {
        LimitWindow current = window;
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
            super(LimiterRule.perSecond(1), 10_000, time);
        }

        @Override
        long take(long nowNanos) {
            return enter(nowNanos) ? Gcra.TAKEN : Nanos.NEVER;
        }

        @Override
        long conformsAt(long nowNanos, int ahead) {
            double rate = window.rate;
            if (collapse.on) {
                return Nanos.NEVER;
            }
            return rate <= 0 ? nowNanos : Nanos.add(nowNanos, (long) ((ahead + 1) * Nanos.PER_SECOND / rate));
        }

        @Override
        void giveBackToRule(long takenAtNanos) {
            places.withdraw();
        }
    }

    /** How a concurrency limit is to be. Immutable; each method answers a changed copy. */
    public static final class Spec {
        private static final int MOST = 100_000;
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
            long nanos = Range.within(10 * Nanos.PER_MILLI, MAX_WINDOW, length, "concurrency limit's window");
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
