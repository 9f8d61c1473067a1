package io.levee.bench;

import java.util.Arrays;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/**
 * What was measured of one peer in one row.
 *
 * @param row the row
 * @param peer the name of the benchmark's method
 * @param nanos the CPU time of one operation: the least of all iterations. What disturbs a run on a machine that is
 *     not ours alone only ever adds time, so the least says the most of the code
 * @param spreadNanos by how much the median of the iterations is above the least
 * @param wallNanos the time of one operation on the wall: the least of all iterations
 * @param bytes what one operation allocates: the median
 */
record Figure(Row row, String peer, double nanos, double spreadNanos, double wallNanos, double bytes) {
    static final String FLOOR = "hand";
    static final String OURS = "levee";

    static Figure of(RunResult result) {
        String benchmark = result.getParams().getBenchmark();
        Statistics cpu = result.getSecondaryResults().get(CpuTime.LABEL).getStatistics();
        return new Figure(
                Row.ofBenchmark(benchmark),
                benchmark.substring(benchmark.lastIndexOf('.') + 1),
                cpu.getMin(),
                cpu.getPercentile(50) - cpu.getMin(),
                result.getPrimaryResult().getStatistics().getMin(),
                result.getSecondaryResults()
                        .get("gc.alloc.rate.norm")
                        .getStatistics()
                        .getPercentile(50));
    }

    /** Allocation is counted exactly but spread over operations: what JMH itself allocates shows as a trace. */
    boolean allocatesNothing() {
        return bytes < 0.5;
    }

    /** The place among the peers of a row: the floor, Levee, then the others by time. */
    int order() {
        return Arrays.asList(FLOOR, OURS).indexOf(peer) & Integer.MAX_VALUE;
    }
}
