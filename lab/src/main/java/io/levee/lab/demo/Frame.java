package io.levee.lab.demo;

import java.util.List;

/**
 * One picture of a run in progress, for a progress view.
 *
 * @param elapsedNanos since the first phase began; negative during warm-up
 * @param script what is played
 * @param sides naive, levee
 */
record Frame(long elapsedNanos, Script script, List<Side> sides) {
    /** Columns of a sparkline: the whole picture fits into 80. */
    static final int SPARK_COLUMNS = 40;

    /** Tenths of a second in a column: 40 columns show 20 s. */
    static final int SPARK_BUCKETS = 5;

    /**
     * One side; rates are those of the last full second.
     *
     * @param name naive or levee
     * @param attemptRates attempts/s at inventory's door, oldest first
     * @param attemptsPerSecond at inventory's door
     * @param callsPerSecond orders that arrived
     * @param endedPerSecond orders that were answered, in whatever way
     * @param succeededPerSecond orders that were answered with what inventory said
     * @param queue requests that wait at inventory now
     * @param guard the client's own state
     */
    @SuppressWarnings("ArrayRecordComponent") // drawn once and dropped; never compared
    record Side(
            String name,
            double[] attemptRates,
            int attemptsPerSecond,
            int callsPerSecond,
            int endedPerSecond,
            int succeededPerSecond,
            int queue,
            StockClient.Guard guard) {
        double amplification() {
            return callsPerSecond == 0 ? 0 : (double) attemptsPerSecond / callsPerSecond;
        }

        double successPercent() {
            return endedPerSecond == 0 ? 0 : 100.0 * succeededPerSecond / endedPerSecond;
        }
    }
}
