package io.levee;

/**
 * When a closed breaker opens: among at least so many calls, the marked ones (failed or slow) are at least such a
 * share. 'n failures in a row' is the same rule on a window that forgets everything at a success.
 */
final class BreakerRule {
    /** Fewer calls than this say nothing. */
    private final int minimumCalls;

    /** The share of the calls that opens, more than 0 and at most 1. */
    private final double share;

    /** From how long a call is slow; 0 if failed calls are counted. */
    private final long slowNanos;

    /** Length of the time window, 0 for the other windows. */
    private final long windowNanos;

    /** Length of the count window, 0 for the other windows. */
    private final int lastCalls;

    BreakerRule(int minimumCalls, double share, long slowNanos, long windowNanos, int lastCalls) {
        this.minimumCalls = minimumCalls;
        this.share = share;
        this.slowNanos = slowNanos;
        this.windowNanos = windowNanos;
        this.lastCalls = lastCalls;
    }

    static BreakerRule inARow(int failures) {
        return new BreakerRule(failures, 1.0, 0, 0, 0);
    }

    private boolean isInARow() {
        return windowNanos == 0 && lastCalls == 0;
    }

    boolean countsSlow() {
        return slowNanos > 0;
    }

    OutcomeWindow newWindow() {
        if (isInARow()) {
            return new FailureRun();
        }
        return lastCalls > 0 ? new CountWindow(lastCalls) : new TimeWindow(windowNanos);
    }

    boolean opensAt(long counts) {
        int calls = OutcomeWindow.calls(counts);
        // The quotient is the double nearest to the true ratio, as the share is to what the user wrote: 3 of 30 is 0.1.
        return calls >= minimumCalls && OutcomeWindow.marked(counts) / (double) calls >= share;
    }

    boolean isSlow(long durationNanos) {
        return durationNanos >= slowNanos;
    }

    /** For a person: the counts that opened the breaker, and the rule they met. */
    String reason(long counts) {
        int calls = OutcomeWindow.calls(counts);
        int marked = OutcomeWindow.marked(counts);
        if (isInARow()) {
            return marked + " failures in a row, limit " + minimumCalls;
        }
        String what = countsSlow() ? " calls took " + Nanos.text(slowNanos) + " or longer" : " calls failed";
        String where = lastCalls > 0 ? "" : " in " + Nanos.text(windowNanos);
        return marked + " of " + (lastCalls > 0 ? "the last " : "") + calls + what + where + " ("
                + percent(marked / (double) calls) + ", limit " + percent(share) + " from " + minimumCalls + " calls)";
    }

    private static String percent(double share) {
        return Math.round(1_000 * share) / 10.0 + " %";
    }
}
