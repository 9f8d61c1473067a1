package io.levee;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * Limits how many attempts are in flight at the same time, and finds out by itself how many are good: fewer when they
 * take longer than they used to or are dropped, more while all is well and the limit is in use. Full, it refuses at once,
 * as a {@link Bulkhead} does; nobody waits.
 *
 * <pre>{@code
 * Levee.named("inventory").concurrencyLimit(ConcurrencyLimit.gradient())
 * }</pre>
 *
 * <p>The rule is Gradient2 of Netflix' concurrency-limits, with the drops that it leaves aside. Samples are gathered for a
 * window (1 s, and at least 10 samples); at its end
 *
 * <pre>
 *   short     mean duration of the window's samples
 *   long      moving average of short over 600 windows (the plain mean of the first 10);
 *             if long > 2 x short: long := 0.95 x long, so that a long overload is forgotten soon
 *   dropped   the window's drops as a share of its drops and samples
 *
 *   g         = min(1.5 x long / short, 1 - dropped), bounded to 0.5..1
 *   limit    := 0.8 x limit + 0.2 x (limit x g + 4), bounded to min..max
 * </pre>
 *
 * A window in which fewer than half of the limit were ever in flight proves nothing about a higher one, and its durations
 * nothing about a lower: then {@code limit := limit - 0.2 x limit x min(dropped, 0.5)}.
 *
 * <p>From limit 50, in use, with 10 ms as the long-term duration, a window each:
 *
 * <pre>
 *   short  10 ms, nothing dropped         50.0   50.8   51.6   52.4   53.2   grows by 0.8
 *   short  40 ms, nothing dropped         50.0   45.8   42.0   38.6   35.6   less a tenth, plus 0.8
 *   short  10 ms, a quarter dropped       50.0   48.3   46.7   45.2   43.7   settles at 16 = 4 / (1 - 0.75)
 * </pre>
 *
 * <p>Thread-safe and lock-free; entering and leaving allocate nothing (the end of a window does). Reads no clock: instants
 * are handed in, nanoseconds on the scale of one {@link TimeSource}.
 *
 * <p>Not guaranteed: that a sample reported just as a window ends is counted; more than the first
 * {@value #MOST_SAMPLES} samples of a window; that an overload which lasts for as long as the moving average (10 minutes)
 * is still seen as one.
 */
public final class ConcurrencyLimit {
    /** A mean of this many no longer moves; and they fit into their field, see {@link Window}. */
    static final int MOST_SAMPLES = 60_000;

    /** What the limit may grow by though durations rise a little: the queue that the downstream is granted. */
    private static final double QUEUE = 4;

    private static final double SMOOTHING = 0.2;
    private static final double TOLERANCE = 1.5;
    private static final double LEAST_GRADIENT = 0.5;
    private static final int LONG_WINDOWS = 600;
    private static final int WARM_UP_WINDOWS = 10;
    private static final int FEWEST_SAMPLES = 10;

    private static final AtomicReferenceFieldUpdater<ConcurrencyLimit, Window> WINDOW =
            AtomicReferenceFieldUpdater.newUpdater(ConcurrencyLimit.class, Window.class, "window");

    private final int min;
    private final int max;
    private final long windowNanos;

    /** By CAS; opponents: others who enter or leave. */
    private final AtomicInteger inFlight = new AtomicInteger();

    /** Replaced by CAS: of all who find the window over, one makes the next. */
    private volatile Window window;

    private ConcurrencyLimit(Spec spec, long nowNanos) {
        min = spec.min;
        max = spec.max;
        windowNanos = spec.windowNanos;
        window = new Window(spec.initial, 0, 0, nowNanos, 0);
    }

    /**
     * A limit from 20 to 200 that begins at 20 (the defaults of Netflix' concurrency-limits).
     *
     * @return a configuration to refine
     */
    public static Spec gradient() {
        return new Spec(20, 20, 200, Nanos.PER_SECOND);
    }

    /**
     * Enters if there is room. Whoever gets in must leave once, by one of the three ways to leave.
     *
     * @return false if as many are in flight as the limit allows now
     */
    public boolean tryEnter() {
        Window now = window;
        while (true) {
            int seen = inFlight.get();
            if (seen >= now.allowed) {
                return false;
            }
            if (inFlight.compareAndSet(seen, seen + 1)) {
                now.noteInFlight(seen + 1);
                return true;
            }
        }
    }

    /**
     * Leaves without saying anything about the downstream: the attempt was cancelled, or was not made.
     *
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leave() {
        while (true) {
            int seen = inFlight.get();
            if (seen == 0) {
                throw new IllegalStateException(
                        "concurrency limit left more often than entered: 0 of " + window.allowed + " in flight");
            }
            if (inFlight.compareAndSet(seen, seen - 1)) {
                return;
            }
        }
    }

    /**
     * Leaves after an answer of the downstream, be it an error.
     *
     * @param nowNanos the present instant
     * @param durationNanos how long the attempt took; 0 or more
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leave(long nowNanos, long durationNanos) {
        leave();
        Window current = window;
        current.sample(durationNanos);
        turnIfOver(current, nowNanos);
    }

    /**
     * Leaves after the downstream dropped the attempt: refused it, broke the connection, or did not answer in time.
     *
     * @param nowNanos the present instant
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leaveDropped(long nowNanos) {
        leave();
        Window current = window;
        current.drops.incrementAndGet();
        turnIfOver(current, nowNanos);
    }

    private void turnIfOver(Window current, long nowNanos) {
        if (nowNanos - current.startNanos < windowNanos || !current.hasEnough()) {
            return;
        }
        // Who loses has nothing to do; samples that still come to the old window are lost.
        WINDOW.compareAndSet(this, current, current.next(this, nowNanos));
    }

    /**
     * How many may be in flight now.
     *
     * @return the limit, between its bounds
     */
    public int limit() {
        return window.allowed;
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
        return new Snapshot(current.allowed, inFlight(), Math.round(current.shortNanos), Math.round(current.longNanos));
    }

    @Override
    public String toString() {
        return "ConcurrencyLimit[" + inFlight() + " of " + limit() + " in flight, " + min + " to " + max + "]";
    }

    /**
     * A concurrency limit's figures.
     *
     * @param limit how many may be in flight
     * @param inFlight how many are
     * @param shortNanos the mean duration in the last full window; 0 before there was one
     * @param longNanos the moving average of it; 0 before there was one
     */
    public record Snapshot(int limit, int inFlight, long shortNanos, long longNanos) {}

    /** The limit that holds for a while, and the samples of that while. */
    private static final class Window {
        // One long for the samples, from the highest bit: 16 bits count, 48 bits sum. 60,000 samples of at most an hour
        // fit into the sum; the count has room for the threads that look and then add.
        private static final int SUM_BITS = 48;
        private static final long SUM_MASK = (1L << SUM_BITS) - 1;
        private static final long ONE_SAMPLE = 1L << SUM_BITS;
        /** Durations are summed in units of 1,024 ns. */
        private static final int UNIT_BITS = 10;

        private static final long LONGEST_UNITS = (3_600 * Nanos.PER_SECOND) >> UNIT_BITS;

        final double limit;
        final int allowed;
        final long startNanos;
        /** The window before this one's mean, for a person. */
        final double shortNanos;

        final double longNanos;
        /** How many windows the average is over; counts up to the end of the warm-up. */
        private final int averaged;

        private final AtomicLong samples = new AtomicLong();
        final AtomicInteger drops = new AtomicInteger();
        private final AtomicInteger mostInFlight;

        Window(double limit, double longNanos, int averaged, long startNanos, int inFlight) {
            this(limit, 0, longNanos, averaged, startNanos, inFlight);
        }

        private Window(double limit, double shortNanos, double longNanos, int averaged, long startNanos, int inFlight) {
            this.limit = limit;
            this.allowed = (int) limit;
            this.shortNanos = shortNanos;
            this.longNanos = longNanos;
            this.averaged = averaged;
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

        boolean hasEnough() {
            return (samples.get() >>> SUM_BITS) + drops.get() >= FEWEST_SAMPLES;
        }

        Window next(ConcurrencyLimit bounds, long nowNanos) {
            long taken = samples.get();
            long count = taken >>> SUM_BITS;
            double mean = count == 0 ? shortNanos : (double) ((taken & SUM_MASK) << UNIT_BITS) / count;
            int windows = count == 0 ? averaged : Math.min(WARM_UP_WINDOWS + 1, averaged + 1);
            double average = count == 0 ? longNanos : average(mean, windows);
            double dropped = drops.get() / (double) (drops.get() + count);
            boolean used = mostInFlight.get() >= limit / 2;
            double byDuration = count == 0 || !used ? 1 : TOLERANCE * average / mean;
            double gradient = Math.min(1, Math.max(LEAST_GRADIENT, Math.min(byDuration, 1 - dropped)));
            double wanted = limit * gradient + (used ? QUEUE : 0);
            double next = (1 - SMOOTHING) * limit + SMOOTHING * wanted;
            double bounded = Math.min(bounds.max, Math.max(bounds.min, next));
            return new Window(bounded, mean, average, windows, nowNanos, bounds.inFlight());
        }

        private double average(double mean, int windows) {
            double weight = windows <= WARM_UP_WINDOWS ? 1.0 / windows : 2.0 / (LONG_WINDOWS + 1);
            double average = longNanos + (mean - longNanos) * weight;
            return average > 2 * mean ? average * 0.95 : average;
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

        private Spec(int initial, int min, int max, long windowNanos) {
            this.initial = initial;
            this.min = min;
            this.max = max;
            this.windowNanos = windowNanos;
        }

        /**
         * Sets the bounds of the limit. Default 20 to 200. The limit begins at the lower one, unless
         * {@link #initial(int)} is set after this.
         *
         * @param least how many may always be in flight; 1 or more
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
            return new Spec(least, least, most, windowNanos);
        }

        /**
         * Sets what the limit begins with. Default: the lower bound.
         *
         * @param limit from the lower bound to the upper one
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec initial(int limit) {
            Range.within(min, max, limit, "concurrency limit's initial value, set after its bounds,");
            return new Spec(limit, min, max, windowNanos);
        }

        /**
         * Sets how long samples are gathered before the limit changes. Default 1 s. A window goes on until it has 10
         * samples.
         *
         * @param length 10 ms to 60 s
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec window(Duration length) {
            long nanos = Range.within(MIN_WINDOW, MAX_WINDOW, length, "concurrency limit's window");
            return new Spec(initial, min, max, nanos);
        }

        /**
         * Builds a limit that nobody is in.
         *
         * @param nowNanos the present instant, at which its first window begins
         * @return a new limit
         */
        public ConcurrencyLimit build(long nowNanos) {
            return new ConcurrencyLimit(this, nowNanos);
        }

        @Override
        public String toString() {
            return "gradient().between(" + min + ", " + max + ").initial(" + initial + ").window("
                    + Nanos.text(windowNanos) + ")";
        }
    }
}
