package io.levee.lab.demo;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How often something happened in each tenth of a second of the run. What happens outside of the run is not counted.
 * Thread-safe; each count is one atomic increment, and sums are read one bucket after the other.
 */
final class Timeline {
    static final long BUCKET_NANOS = 100_000_000L;
    static final int BUCKETS_PER_SECOND = 10;

    private final AtomicIntegerArray buckets;

    Timeline(long lengthNanos) {
        buckets = new AtomicIntegerArray(Math.max(1, (int) ((lengthNanos + BUCKET_NANOS - 1) / BUCKET_NANOS)));
    }

    void count(long elapsedNanos) {
        long index = elapsedNanos / BUCKET_NANOS;
        if (elapsedNanos >= 0 && index < buckets.length()) {
            buckets.getAndIncrement((int) index);
        }
    }

    long total() {
        return sum(0, buckets.length());
    }

    /** The full second that ended last: of the bucket that is still filling nothing is counted. */
    int lastSecond(long elapsedNanos) {
        int end = bucketOf(elapsedNanos);
        return sum(end - BUCKETS_PER_SECOND, end);
    }

    /** From one instant to another, each cut to a tenth of a second. */
    int between(long fromNanos, long toNanos) {
        return sum(bucketOf(fromNanos), bucketOf(toNanos));
    }

    /** The most that happened within any second, to a tenth of a second. */
    int peakPerSecond() {
        int peak = 0;
        for (int end = BUCKETS_PER_SECOND; end <= buckets.length(); end++) {
            peak = Math.max(peak, sum(end - BUCKETS_PER_SECOND, end));
        }
        return buckets.length() < BUCKETS_PER_SECOND ? sum(0, buckets.length()) : peak;
    }

    /** Per-second rates of the last stretches before an instant, oldest first; a stretch before the start gives 0. */
    double[] recentRates(long elapsedNanos, int stretches, int bucketsEach) {
        double[] rates = new double[stretches];
        // Stretches begin at multiples of their length, so a drawn column never changes once it is full.
        int end = bucketOf(elapsedNanos) / bucketsEach * bucketsEach;
        for (int i = 0; i < stretches; i++) {
            int to = end - (stretches - 1 - i) * bucketsEach;
            rates[i] = sum(to - bucketsEach, to) * (double) BUCKETS_PER_SECOND / bucketsEach;
        }
        return rates;
    }

    private int bucketOf(long elapsedNanos) {
        return (int) Math.max(0, Math.min(buckets.length(), elapsedNanos / BUCKET_NANOS));
    }

    private int sum(int from, int to) {
        int sum = 0;
        for (int i = Math.max(0, from); i < to; i++) {
            sum += buckets.get(i);
        }
        return sum;
    }
}
