package io.levee;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The outcomes of the last so many seconds, in a ring of {@value #BUCKETS} buckets. Each bucket is one long that holds
 * the lap of the ring it was filled in, its calls and its marked calls, so that emptying an old bucket and counting
 * into it are one CAS: nothing is lost or counted twice. There are {@value #STRIPES} such rings, far enough apart in
 * memory; a thread adds to the one that its number names, so that few threads contend, and the counts are the sums over
 * all.
 *
 * <p>An outcome is counted in the bucket of its own instant, also when that has passed, and is forgotten when it is
 * between 15/16 of the window and the window old. One that is older than the window when it comes is in no count.
 *
 * <p>Not guaranteed:
 * <ul>
 *   <li>that counts are those of one instant: they are summed bucket by bucket while others add;
 *   <li>exact counts above {@value #MOST} calls in one bucket: both counts of that bucket are then halved, in all rings,
 *       which keeps their ratio (to within 1 in 25,000) and gives the later calls more weight;
 *   <li>anything about an outcome that comes 2^20 windows late, or after 2^28 windows without a call (with the
 *       shortest window, 100 ms: after a day, and after 310 days). Laps are compared modulo 2^28.
 * </ul>
 */
final class TimeWindow extends OutcomeWindow {
    static final int BUCKETS = 16;
    static final int MOST = (1 << 18) - 1;
    static final int STRIPES = 4;

    /** From one ring to the next: twice the length of a ring, so that no two share a pair of cache lines. */
    private static final int STRIDE = 2 * BUCKETS;

    // A bucket, from the highest bit: 28 bits lap, 18 bits calls, 18 bits marked calls.
    private static final int BUCKET_BITS = 4;
    private static final int CALLS_SHIFT = 18;
    private static final int LAP_SHIFT = 36;
    private static final int LAP_BITS = Long.SIZE - LAP_SHIFT;
    private static final long LAP_MASK = (1L << LAP_BITS) - 1;
    private static final long CALL = 1L << CALLS_SHIFT;
    private static final long MARKED_CALL = CALL | 1;
    /** So far ahead of an outcome a bucket is later; further ahead it is one from before a long silence. */
    private static final long MOST_LATE_LAPS = 1L << 20;

    private final long bucketNanos;
    /** A stride before the first ring and after the last keeps them from what lies beside the array. */
    private final AtomicLongArray buckets = new AtomicLongArray((STRIPES + 1) * STRIDE);

    TimeWindow(long windowNanos) {
        bucketNanos = Math.max(1, windowNanos / BUCKETS);
    }

    @Override
    void addPlain(long nowNanos) {
        add(nowNanos / bucketNanos, CALL);
    }

    @Override
    long addMarked(long nowNanos) {
        long number = nowNanos / bucketNanos;
        add(number, MARKED_CALL);
        return countsAt(number);
    }

    @Override
    long counts(long nowNanos) {
        return countsAt(nowNanos / bucketNanos);
    }

    /**
     * Marks a call that was {@linkplain #addPlain counted} before, at the same instant. One that is older than the window
     * by now is in no count, and stays so.
     */
    void mark(long countedAtNanos) {
        long number = countedAtNanos / bucketNanos;
        long lap = lap(number);
        int own = stripe();
        // The call may have been counted on another thread, so in another ring. Some ring has a call that is not marked
        // yet, since each mark has its call; after a halving there may be none.
        for (int i = 0; i < STRIPES; i++) {
            if (marks(index(slot(number), (own + i) & (STRIPES - 1)), lap)) {
                return;
            }
        }
    }

    private boolean marks(int index, long lap) {
        while (true) {
            long bucket = buckets.get(index);
            if (bucket >>> LAP_SHIFT != lap || markedIn(bucket) >= callsIn(bucket)) {
                return false;
            }
            // Opponent: as in add.
            if (buckets.compareAndSet(index, bucket, bucket + 1)) {
                return true;
            }
        }
    }

    private static int stripe() {
        return (int) Thread.currentThread().getId() & (STRIPES - 1);
    }

    private static int index(int slot, int stripe) {
        return slot + STRIDE * (1 + stripe);
    }

    private void add(long number, long what) {
        int slot = slot(number);
        int index = index(slot, stripe());
        long lap = lap(number);
        while (true) {
            long bucket = buckets.get(index);
            long lapsAhead = ((bucket >>> LAP_SHIFT) - lap) & LAP_MASK;
            long next;
            if (lapsAhead == 0) {
                if (callsIn(bucket) == MOST) {
                    halve(slot, lap);
                    continue;
                }
                next = bucket + what;
            } else if (lapsAhead < MOST_LATE_LAPS && callsIn(bucket) != 0) {
                return; // the ring has gone on: this outcome is older than the window
            } else {
                next = (lap << LAP_SHIFT) + what;
            }
            // Opponent: other outcomes of this bucket's time, and the first one of the next lap.
            if (buckets.compareAndSet(index, bucket, next)) {
                return;
            }
        }
    }

    /** Halves a bucket in all rings, whose weights among each other must stay. Two at once halve twice: so they do. */
    private void halve(int slot, long lap) {
        for (int index = slot + STRIDE; index < buckets.length(); index += STRIDE) {
            while (true) {
                long bucket = buckets.get(index);
                long halved = (lap << LAP_SHIFT) | ((callsIn(bucket) / 2L) << CALLS_SHIFT) | (markedIn(bucket) / 2);
                if (bucket >>> LAP_SHIFT != lap || buckets.compareAndSet(index, bucket, halved)) {
                    break;
                }
            }
        }
    }

    private long countsAt(long number) {
        int calls = 0;
        int marked = 0;
        for (long n = number; n > number - BUCKETS && n >= 0; n--) {
            long lap = lap(n);
            for (int index = slot(n) + STRIDE; index < buckets.length(); index += STRIDE) {
                long bucket = buckets.get(index);
                if (bucket >>> LAP_SHIFT == lap) {
                    calls += callsIn(bucket);
                    marked += markedIn(bucket);
                }
            }
        }
        return pair(calls, marked);
    }

    private static int slot(long number) {
        return (int) number & (BUCKETS - 1);
    }

    private static long lap(long number) {
        return (number >>> BUCKET_BITS) & LAP_MASK;
    }

    private static int callsIn(long bucket) {
        return (int) (bucket >>> CALLS_SHIFT) & MOST;
    }

    private static int markedIn(long bucket) {
        return (int) bucket & MOST;
    }
}
