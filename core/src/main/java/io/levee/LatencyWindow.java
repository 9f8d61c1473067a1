package io.levee;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A percentile of durations over the last while, for {@link Hedge}: a histogram of buckets that are at most 1/16 wider
 * than the one before, kept in four slices of a quarter of the window each. A duration is forgotten when it is between
 * 3/4 of the window and the window old.
 *
 * <p>Thread-safe and lock-free; recording is one increment and allocates nothing. The percentile is computed at most every
 * {@value #REFRESH_SECONDS} seconds (as Finagle's backup requests do), by whoever asks first, and never from fewer than
 * the minimum of samples. What is answered is the upper edge of the percentile's bucket: never too early, late by at most
 * a sixteenth.
 *
 * <p>Not guaranteed: that a duration recorded just as a slice ends is counted.
 */
final class LatencyWindow {
    /** What {@link #percentileNanos} answers while there are too few samples. */
    static final long UNKNOWN = -1;

    static final int REFRESH_SECONDS = 3;

    private static final int SLICES = 4;

    /** Durations are counted in units of 1,024 ns: a percentile is good for waits of a millisecond and more. */
    private static final int UNIT_BITS = 10;

    /** Each power of two is divided into so many bits' worth of buckets. */
    private static final int SUB_BITS = 4;

    private static final int SUBS = 1 << SUB_BITS;
    /** 2^31 units: 36 minutes; whatever takes longer counts as that. */
    private static final long MOST_UNITS = Integer.MAX_VALUE;

    private static final int BUCKETS = bucket(MOST_UNITS) + 1;

    private final double share;
    private final int minimumSamples;
    private final long sliceNanos;

    /** By CAS; opponents: others who ask. The one that moves it refreshes, the others go by the present figure. */
    private final AtomicLong refreshAtNanos = new AtomicLong();

    /** Written by the one that refreshes; a reader may go by the old figure for a moment. */
    private volatile long percentileNanos = UNKNOWN;

    /** The slices, newest first; replaced as a whole, in {@link #refresh}, when one is over. */
    private volatile AtomicIntegerArray[] slices = fresh();

    /** Since when the newest slice counts. Used in {@link #refresh} alone. */
    private long sinceNanos;

    LatencyWindow(double share, long windowNanos, int minimumSamples, long nowNanos) {
        this.share = share;
        this.minimumSamples = minimumSamples;
        sliceNanos = Math.max(1, windowNanos / SLICES);
        sinceNanos = nowNanos;
    }

    void record(long durationNanos) {
        slices[0].incrementAndGet(bucket(Math.min(MOST_UNITS, durationNanos >> UNIT_BITS)));
    }

    /** The percentile, or {@link #UNKNOWN}. */
    long percentileNanos(long nowNanos) {
        long due = refreshAtNanos.get();
        if (nowNanos >= due && refreshAtNanos.compareAndSet(due, nowNanos + REFRESH_SECONDS * Nanos.PER_SECOND)) {
            refresh(nowNanos);
        }
        return percentileNanos;
    }

    /** Opponent: one that has come here {@link #REFRESH_SECONDS} later, while this thread was held up. */
    private synchronized void refresh(long nowNanos) {
        AtomicIntegerArray[] parts = slices;
        long by = (nowNanos - sinceNanos) / sliceNanos;
        if (by > 0) {
            AtomicIntegerArray[] moved = fresh();
            for (int i = 0; i + by < SLICES; i++) {
                moved[i + (int) by] = parts[i];
            }
            parts = moved;
            sinceNanos += by * sliceNanos;
            slices = moved;
        }
        percentileNanos = percentile(parts);
    }

    private long percentile(AtomicIntegerArray[] counted) {
        long[] sums = new long[BUCKETS];
        long total = 0;
        for (AtomicIntegerArray slice : counted) {
            for (int i = 0; i < BUCKETS; i++) {
                int count = slice.get(i);
                sums[i] += count;
                total += count;
            }
        }
        if (total < minimumSamples) {
            return UNKNOWN;
        }
        long rank = (long) Math.ceil(share * total);
        int bucket = 0;
        for (long seen = sums[0]; seen < rank; seen += sums[bucket]) {
            bucket++;
        }
        return upperEdge(bucket) << UNIT_BITS;
    }

    private static AtomicIntegerArray[] fresh() {
        AtomicIntegerArray[] parts = new AtomicIntegerArray[SLICES];
        for (int i = 0; i < SLICES; i++) {
            parts[i] = new AtomicIntegerArray(BUCKETS);
        }
        return parts;
    }

    /** Units below 16 have a bucket each; from there on 16 buckets for each power of two. */
    static int bucket(long units) {
        if (units < SUBS) {
            return (int) units;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(units) - SUB_BITS;
        return (shift << SUB_BITS) + (int) (units >>> shift);
    }

    /** The smallest number of units that is in a later bucket. */
    static long upperEdge(int bucket) {
        int next = bucket + 1;
        if (next < 2 * SUBS) {
            return next;
        }
        int shift = (next >>> SUB_BITS) - 1;
        return (long) ((next & (SUBS - 1)) + SUBS) << shift;
    }
}
