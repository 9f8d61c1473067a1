package io.levee.metrics;

import java.util.concurrent.TimeUnit;

/**
 * Counts what happened in the last 60 s, to within 5 s: a count is forgotten when it is between 60 and 65 s old. Guarded
 * by itself: only failures come here, and only scrapes read.
 */
final class FailureWindow {
    private static final int SLOTS = 13;
    private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final long[] counts = new long[SLOTS];
    private long newest = Long.MIN_VALUE;

    synchronized void add(long nowNanos) {
        advance(nowNanos);
        counts[(int) Math.floorMod(newest, (long) SLOTS)]++;
    }

    synchronized long count(long nowNanos) {
        advance(nowNanos);
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    private void advance(long nowNanos) {
        long slot = Math.floorDiv(nowNanos, SLOT_NANOS);
        if (newest == Long.MIN_VALUE) {
            newest = slot;
        }
        for (int i = 0; newest < slot && i < SLOTS; i++) {
            newest++;
            counts[(int) Math.floorMod(newest, (long) SLOTS)] = 0;
        }
        newest = Math.max(newest, slot);
    }
}
