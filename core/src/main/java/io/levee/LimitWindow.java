package io.levee;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What ended in a while, and what was known before it: how a {@link ConcurrencyLimit} finds its limit. At the end of a window
 *
 * <pre>
 *   mean     mean duration of the window's successes
 *   usual    what mean is when the limit is not in use: falls at once (by a fifth of the difference), rises by 0.1 % a window
 *   target   the larger of an eighth of the attempt timeout (or deadline, if shorter) and 2 x usual
 *   late     more than half of the successes took longer than target, or, at ease, than three eighths of the timeout as well
 *   rate     answers per second, moving average (a fifth of the newest window)
 *   dropped  refused, timed out or not connected, as a share of the window's attempts
 *   full     dropped &gt; 1 % (at ease, 10 % on average), and mean &gt; 2 x usual or no success at all
 *   used     the most that were in flight in the window, at most the limit
 *   enough   0.95 x rate x target: as many as are answered in time (Little's law)
 *
 *   late             limit := the larger of 0.7 x used and enough, at most used
 *   full             limit := the larger of used x (1 - dropped / 2) and enough, at most used
 *   else, in use     limit := limit + the larger of 1 and a tenth of it
 * </pre>
 *
 * In use is a limit of which three quarters were in flight. What is dropped while the successes take no longer than twice the usual
 * is dropped for another reason than load (one of ten instances hangs, somebody counts requests). At ease, as it begins, it is until
 * it is late or has collapsed, and again after {@value #EASED} windows without lateness: what is answered in good time is not
 * overloaded, slow as it may be. Under overload a quarter of the attempts in flight takes a quarter of the time; where answers stay late
 * with a quarter in flight, for {@value #WINDOWS} windows, a second and four times as long as they take, and take no less than 0.4 of
 * the longest mean, it is not for our load either: such durations are usual from then on, and the limit is again what it was.
 */
final class LimitWindow {
    /** Attempts that a window has at least. */
    static final int FEWEST = 10;
    /** A mean of this many no longer moves; and they fit into their field. */
    private static final int MOST_SAMPLES = 60_000;

    /** So many samples of a window are enough; of more attempts only some are measured, every so many at the rarest. */
    private static final int ENOUGH_SAMPLES = 64;

    private static final int PARTS_OF_TIMEOUT = 8;
    private static final int WINDOWS = 20;
    private static final double IN_USE = 0.75;
    private static final double NEWEST = 0.2;
    private static final double TOLERATED = 0.01;
    // At ease: what is dropped on average then, the windows without lateness that lead there, parts of the timeout.
    private static final double MANY = 0.1;
    private static final int EASED = 100;
    private static final int EASE = 3;
    /** Standard deviations of what is above or below the median by chance, each half the root of their number. */
    private static final double SURE = 2;

    // One long for the samples, from the highest bit: 16 bits count, 48 bits sum. 60,000 samples of at most an hour
    // fit into the sum; the count has room for the threads that look and then add.
    private static final int SUM_BITS = 48;
    private static final long SUM_MASK = (1L << SUM_BITS) - 1;
    private static final long ONE_SAMPLE = 1L << SUM_BITS;
    /** Durations are summed in units of 1,024 ns. */
    private static final int UNIT_BITS = 10;

    private static final long LONGEST_UNITS = (3_600 * Nanos.PER_SECOND) >> UNIT_BITS;

    // What was known when it began. Written before others see the window, and not after.
    double mean;
    double rate;
    double usual;
    double targetNanos;
    /** Of the attempts, as far back as a moving average goes. */
    double successShare;
    /** What the limit should be after the window before this one. */
    double wanted;
    /** Whether something was late or dropped in that one. */
    boolean wasBad;

    private double droppedBefore;
    /** The same as a moving average. */
    private double dropShare;

    private boolean atEase = true;
    /** How many were in flight when answers became late; 0 while they are not. */
    private int lateFrom;

    private long lateSinceNanos;
    /** Windows since then that were late although only a quarter of them was in flight. */
    private int lateWindows;
    /** Windows in a row that were not late. */
    private int well;
    /** The longest mean since then. */
    private double longest;

    private final long leastTargetNanos;
    private final int leftBefore;
    final long startNanos;

    // What happens in it.
    final AtomicInteger drops = new AtomicInteger();
    final AtomicInteger faults = new AtomicInteger();
    private final AtomicInteger late = new AtomicInteger();
    private final AtomicInteger mostInFlight;
    private final AtomicLong samples = new AtomicLong();
    /** One of so many successes is measured; a power of 2. Falls to 1 when the window is overdue. */
    volatile int every = 1;

    private LimitWindow(LimitWindow before, long startNanos, int leftBefore, int inFlight) {
        this(before.leastTargetNanos, startNanos, leftBefore, inFlight);
        mean = before.mean;
        rate = before.rate;
        usual = before.usual;
        targetNanos = before.targetNanos;
        successShare = before.successShare;
        dropShare = before.dropShare;
        atEase = before.atEase;
    }

    private LimitWindow(long leastTargetNanos, long startNanos, int leftBefore, int inFlight) {
        this.leastTargetNanos = leastTargetNanos;
        this.startNanos = startNanos;
        this.leftBefore = leftBefore;
        mostInFlight = new AtomicInteger(inFlight);
    }

    static LimitWindow first(long startNanos, long attemptTimeoutNanos) {
        LimitWindow first = new LimitWindow(
                attemptTimeoutNanos == Nanos.NEVER ? 0 : attemptTimeoutNanos / PARTS_OF_TIMEOUT, startNanos, 0, 0);
        first.targetNanos = (double) first.leastTargetNanos;
        first.successShare = 1;
        return first;
    }

    /** The next one, if what happened in this one says nothing any more. */
    LimitWindow afterCollapse(long nowNanos, int left, int inFlight, double share) {
        LimitWindow next = new LimitWindow(this, nowNanos, left, inFlight);
        next.successShare = Math.min(successShare, share);
        next.atEase = false;
        return next;
    }

    void entered(long nowNanos, long windowNanos) {
        if (every > 1 && nowNanos - startNanos > 2 * windowNanos) {
            every = 1;
        }
    }

    /** Somebody leaves: whatever the most were, somebody who left saw them. */
    void saw(int inFlight) {
        int most = mostInFlight.get();
        while (inFlight > most && !mostInFlight.compareAndSet(most, inFlight)) {
            most = mostInFlight.get();
        }
    }

    void sample(long durationNanos) {
        if (samples.get() >>> SUM_BITS < MOST_SAMPLES) {
            long units = (durationNanos + (1 << (UNIT_BITS - 1))) >> UNIT_BITS;
            samples.addAndGet(ONE_SAMPLE + Math.min(LONGEST_UNITS, Math.max(1, units)));
            if (durationNanos > targetNanos && (!atEase || durationNanos > EASE * leastTargetNanos)) {
                late.incrementAndGet();
            }
        }
    }

    /** How many have ended in it, if so many ever have. */
    int ended(int left) {
        return ((left - leftBefore) << 1) >> 1; // numbers of 31 bits
    }

    /** The next one, with what this one has shown. */
    LimitWindow next(long nowNanos, int left, int inFlight, int limit, boolean collapsed) {
        LimitWindow next = new LimitWindow(this, nowNanos, left, inFlight);
        double ended = Math.max(1, ended(left));
        double answered = ended - drops.get();
        next.droppedBefore = drops.get() / ended;
        next.dropShare += (next.droppedBefore - dropShare) * NEWEST;
        next.every = Integer.highestOneBit(Math.max(1, Math.min(ENOUGH_SAMPLES, (int) ended / ENOUGH_SAMPLES)));
        if (!collapsed) {
            double succeeded = Math.max(0, answered - faults.get()) / ended;
            next.successShare += (succeeded - successShare) * NEWEST;
        }
        double answers = answered * Nanos.PER_SECOND / (nowNanos - startNanos);
        next.rate = rate == 0 ? answers : rate + (answers - rate) * NEWEST;
        long taken = samples.get();
        long count = taken >>> SUM_BITS;
        if (count > 0) {
            next.mean = (double) ((taken & SUM_MASK) << UNIT_BITS) / count;
        }
        boolean inUse = mostInFlight.get() >= IN_USE * limit;
        if (usual == 0) {
            next.usual = next.mean;
        } else if (next.mean < usual) {
            next.usual += (next.mean - usual) * NEWEST;
        } else if (!inUse) {
            next.usual = Math.min(next.mean, usual * 1.001);
        }
        boolean isLate = usual > 0 && late.get() * 2 > count + (atEase ? SURE * Math.sqrt((double) count) : 0);
        // Who is full lets nobody wait for less than usual: drops beside quick answers have another reason.
        boolean isFull = next.droppedBefore > TOLERATED
                && (!atEase || next.dropShare > MANY)
                && (count == 0 || next.mean > 2 * next.usual);
        next.decide(this, limit, inUse, isLate, isFull);
        next.atEase = next.well > EASED || (atEase && !isLate);
        next.targetNanos = Math.max((double) leastTargetNanos, 2 * next.usual);
        return next;
    }

    private void decide(LimitWindow over, int limit, boolean inUse, boolean isLate, boolean isFull) {
        // A limit that was out of reach says nothing of what the downstream can take: what was in flight does.
        int used = Math.min(limit, over.mostInFlight.get());
        wanted = limit;
        wasBad = isLate || isFull;
        remember(over, used, isLate);
        if (lateWindows >= WINDOWS && startNanos - lateSinceNanos > Math.max((double) Nanos.PER_SECOND, 4 * mean)) {
            wanted = Math.max(limit, lateFrom);
            usual = Math.max(usual, mean);
            lateFrom = 0;
            lateWindows = 0;
        } else if (wasBad) {
            double cut = used * (isLate ? 0.7 : 1 - droppedBefore / 2);
            wanted = Math.max(cut, Math.min(used, 0.95 * rate * over.targetNanos / Nanos.PER_SECOND));
        } else if (inUse) {
            wanted += Math.max(1, limit / 10.0);
        }
    }

    private void remember(LimitWindow over, int used, boolean isLate) {
        well = isLate ? 0 : over.well + 1;
        if (isLate && over.lateFrom == 0) {
            lateFrom = used;
            lateSinceNanos = startNanos;
            longest = mean;
        } else if (over.lateFrom > 0 && well <= WINDOWS && droppedBefore < 0.5) {
            lateFrom = over.lateFrom;
            lateSinceNanos = over.lateSinceNanos;
            longest = Math.max(over.longest, mean);
            boolean inVain = isLate && 4 * used <= lateFrom && mean > 0.4 * longest;
            lateWindows = over.lateWindows + (inVain ? 1 : 0);
        }
    }
}
