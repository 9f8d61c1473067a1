package io.levee.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * The CPU time of one operation, over all Java threads of the forked JVM. On a machine that is ours alone it is the time
 * on the wall; on one that others use it leaves out the time in which they had the processor. It also leaves out the
 * collector's threads, to the advantage of whoever allocates.
 */
public final class CpuTime implements InternalProfiler {
    static final String LABEL = "cpu";
    /** How many processors the threads had, on average over the iteration. */
    static final String SHARE = "cpu-share";

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Map<Long, Long> seen = new HashMap<>();
    private double atStart;
    private long startedNanos;

    /** For JMH. */
    public CpuTime() {}

    @Override
    public String getDescription() {
        return "CPU time of one operation";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        atStart = total();
        startedNanos = System.nanoTime();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double spent = total() - atStart;
        double elapsed = System.nanoTime() - startedNanos;
        // All operations, also those while JMH waits for the last thread to begin or to end: they too took time.
        double nanos = spent / result.getMetadata().getAllOps();
        return List.of(
                new ScalarResult(LABEL, nanos, "ns/op", AggregationPolicy.AVG),
                new ScalarResult(SHARE, spent / elapsed, "processors", AggregationPolicy.AVG));
    }

    private double total() {
        for (long id : threads.getAllThreadIds()) {
            long nanos = threads.getThreadCpuTime(id);
            if (nanos >= 0) { // -1 for one that has ended: what it took till it was last seen still counts
                seen.put(id, nanos);
            }
        }
        return seen.values().stream().mapToLong(Long::longValue).sum();
    }
}
