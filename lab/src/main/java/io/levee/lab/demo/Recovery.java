package io.levee.lab.demo;

import org.jspecify.annotations.Nullable;

/**
 * When a side was well again after the last fault: the start of the first window of arrivals that had 99 % success, and
 * from which on 99 % of all calls succeeded until the end of the run. Looking at the whole rest keeps a lucky moment from
 * counting, and asking for one second of it keeps the last window from counting.
 */
final class Recovery {
    static final long WINDOW_NANOS = 200_000_000L;
    private static final int MIN_WINDOWS = 5;
    private static final double WELL = 0.99;

    private Recovery() {}

    /**
     * The time to recover.
     *
     * @param calls calls that arrived in each window after the fault
     * @param succeeded how many of them succeeded
     * @return seconds; null if the side did not recover within the run
     */
    static @Nullable Double seconds(int[] calls, int[] succeeded) {
        long callsFromHere = 0;
        long succeededFromHere = 0;
        int first = -1;
        for (int i = calls.length - 1; i >= 0; i--) {
            callsFromHere += calls[i];
            succeededFromHere += succeeded[i];
            boolean longEnough = calls.length - i >= MIN_WINDOWS;
            if (longEnough && well(succeeded[i], calls[i]) && well(succeededFromHere, callsFromHere)) {
                first = i;
            }
        }
        return first < 0 ? null : first * WINDOW_NANOS / 1e9;
    }

    private static boolean well(long succeeded, long calls) {
        return succeeded >= WELL * calls;
    }
}
