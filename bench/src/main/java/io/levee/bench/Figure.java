package io.levee.bench;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/**
 * What was measured of one peer in one row.
 *
 * @param row the row
 * @param peer the name of the benchmark's method
 * @param nanos the CPU time of one operation. On one thread the least of all iterations: what disturbs a run on a
 *     machine that is not ours alone only ever adds time, so the least says the most of the code. On two threads the
 *     median of the undisturbed ones: there the least would be that of an iteration in which one thread was kept off its
 *     processor, and the other had nobody to contend with
 * @param spreadNanos by how much the median of the iterations is above the least
 * @param wallNanos the time of one operation on the wall, on each thread: the median of the undisturbed iterations, in
 *     which every thread had its processor for nine tenths of the time; if there was none, of the quarter that came
 *     closest
 * @param bytes what one operation allocates: the median
 */
record Figure(Row row, String peer, double nanos, double spreadNanos, double wallNanos, double bytes) {
    static final String FLOOR = "hand";
    static final String OURS = "levee";

    private static final double UNDISTURBED = 0.9;

    static Figure of(RunResult result) {
        String benchmark = result.getParams().getBenchmark();
        int threads = result.getParams().getThreads();
        List<IterationResult> iterations = result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .toList();
        List<IterationResult> undisturbed = undisturbed(iterations, threads);
        double leastCpu = iterations.stream().mapToDouble(Figure::cpu).min().orElse(Double.NaN);
        double medianCpu = median(threads == 1 ? iterations : undisturbed, Figure::cpu);
        return new Figure(
                Row.ofBenchmark(benchmark, threads),
                benchmark.substring(benchmark.lastIndexOf('.') + 1),
                threads == 1 ? leastCpu : medianCpu,
                medianCpu - leastCpu,
                median(undisturbed, one -> one.getPrimaryResult().getScore()),
                median(iterations, one -> score(one, "gc.alloc.rate.norm")));
    }

    private static List<IterationResult> undisturbed(List<IterationResult> iterations, int threads) {
        List<IterationResult> quiet = iterations.stream()
                .filter(one -> score(one, CpuTime.SHARE) >= UNDISTURBED * threads)
                .toList();
        if (!quiet.isEmpty()) {
            return quiet;
        }
        return iterations.stream()
                .sorted(Comparator.comparingDouble((IterationResult one) -> -score(one, CpuTime.SHARE)))
                .limit(Math.max(1, iterations.size() / 4))
                .toList();
    }

    private static double cpu(IterationResult iteration) {
        return score(iteration, CpuTime.LABEL);
    }

    private static double score(IterationResult iteration, String label) {
        return iteration.getSecondaryResults().get(label).getScore();
    }

    private static double median(List<IterationResult> iterations, ToDoubleFunction<IterationResult> value) {
        double[] sorted = iterations.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** Operations per microsecond, of all threads together. */
    double perMicrosecond() {
        return row.threads * 1_000 / wallNanos;
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
