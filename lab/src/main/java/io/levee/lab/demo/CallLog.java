package io.levee.lab.demo;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * What became of every call of one side. Every latency is kept, so percentiles are exact and no histogram has to be
 * trusted; it is measured from the instant at which the call was meant to arrive, so a load generator that fell behind
 * cannot hide a wait (no coordinated omission). Thread-safe: a call is written once, by the thread on which it ended.
 */
@SuppressWarnings("EnumOrdinal") // a place in an array of one process; never stored, never sent
final class CallLog {
    /** How a call ended, as the caller of the order service sees it. */
    enum Ending {
        /** Not yet. */
        PENDING,
        /** Answered with what inventory said. */
        SUCCEEDED,
        /** Answered without inventory. */
        DEGRADED,
        /** Answered with an error, or not at all. */
        FAILED
    }

    private static final Ending[] ENDINGS = Ending.values();

    private final long[] arrivals;
    private final AtomicIntegerArray endings;
    private final AtomicLongArray latencies;
    private final AtomicInteger ended = new AtomicInteger();
    private final Timeline endedTimeline;
    private final Timeline succeededTimeline;

    /**
     * A log of calls that have not come yet.
     *
     * @param arrivals when each call is meant to arrive, ascending; not copied, never changed
     * @param timelineNanos how long the run is watched
     */
    CallLog(long[] arrivals, long timelineNanos) {
        this.arrivals = arrivals;
        endings = new AtomicIntegerArray(arrivals.length);
        latencies = new AtomicLongArray(arrivals.length);
        endedTimeline = new Timeline(timelineNanos);
        succeededTimeline = new Timeline(timelineNanos);
    }

    void end(int call, Ending ending, long elapsedNanos) {
        // The latency goes first: who sees the ending must see the latency. The CAS lets the first of two enders win
        // (an answer that comes while the run is being closed against closeOpenCalls).
        if (endings.get(call) != Ending.PENDING.ordinal()) {
            return;
        }
        latencies.compareAndSet(call, 0, Math.max(1, elapsedNanos - arrivals[call]));
        if (endings.compareAndSet(call, Ending.PENDING.ordinal(), ending.ordinal())) {
            endedTimeline.count(elapsedNanos);
            if (ending == Ending.SUCCEEDED) {
                succeededTimeline.count(elapsedNanos);
            }
            ended.getAndIncrement();
        }
    }

    /** The run is over: what has no answer now has failed. */
    void closeOpenCalls(long elapsedNanos) {
        for (int call = 0; call < arrivals.length; call++) {
            end(call, Ending.FAILED, elapsedNanos);
        }
    }

    int calls() {
        return arrivals.length;
    }

    boolean isComplete() {
        return ended.get() == arrivals.length;
    }

    Timeline ended() {
        return endedTimeline;
    }

    Timeline succeeded() {
        return succeededTimeline;
    }

    /** Calls that arrived from one instant (inclusive) to another (exclusive) and ended in a way; null counts all. */
    int count(@Nullable Ending ending, long fromNanos, long toNanos) {
        int count = 0;
        for (int call = firstFrom(fromNanos); call < arrivals.length && arrivals[call] < toNanos; call++) {
            if (ending == null || ENDINGS[endings.get(call)] == ending) {
                count++;
            }
        }
        return count;
    }

    int count(Ending ending) {
        return count(ending, 0, Long.MAX_VALUE);
    }

    /** The latencies of all calls, whatever their ending, ascending. */
    long[] sortedLatencies() {
        long[] sorted = new long[arrivals.length];
        for (int call = 0; call < sorted.length; call++) {
            sorted[call] = latencies.get(call);
        }
        Arrays.sort(sorted);
        return sorted;
    }

    /** The smallest value that at least this share of the values do not exceed (nearest rank). */
    static long percentile(long[] ascending, double share) {
        int rank = (int) Math.ceil(share * ascending.length);
        return ascending[Math.max(0, Math.min(ascending.length, rank) - 1)];
    }

    /** Time to recover in seconds for calls that arrived from one instant to another; null if they never did. */
    @Nullable
    Double recoverySeconds(long fromNanos, long toNanos) {
        // A last window that is not full would weigh a handful of calls as much as the others.
        int windows = (int) ((toNanos - fromNanos) / Recovery.WINDOW_NANOS);
        int[] calls = new int[windows];
        int[] succeeded = new int[windows];
        for (int i = 0; i < windows; i++) {
            long from = fromNanos + i * Recovery.WINDOW_NANOS;
            calls[i] = count(null, from, from + Recovery.WINDOW_NANOS);
            succeeded[i] = count(Ending.SUCCEEDED, from, from + Recovery.WINDOW_NANOS);
        }
        return Recovery.seconds(calls, succeeded);
    }

    private int firstFrom(long nanos) {
        int index = Arrays.binarySearch(arrivals, nanos);
        if (index < 0) {
            return -index - 1;
        }
        while (index > 0 && arrivals[index - 1] == nanos) {
            index--;
        }
        return index;
    }
}
