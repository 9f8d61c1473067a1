package io.levee.lab.demo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came out of a demo; the component names are those of {@code levee demo --json}. Everything here was measured.
 *
 * @param runs the two sides: {@code naive}, then {@code levee}
 * @param seconds what was asked for
 * @param seed the seed of the arrivals
 * @param measuredSeconds how long load was sent: the demo's length without its warm-up
 * @param capacityPerSecond how many requests a second a healthy inventory can do
 * @param recoveryWindowSeconds how long the run went on after the last fault
 * @param generatorLateP99Ms how late 99 % of the calls were sent at most; tens of milliseconds mean that the machine was
 *     too busy for the figures to be trusted
 * @param phases the script
 */
public record DemoReport(
        List<Run> runs,
        int seconds,
        long seed,
        double measuredSeconds,
        int capacityPerSecond,
        double recoveryWindowSeconds,
        double generatorLateP99Ms,
        List<Phase> phases) {
    /** Keeps unchangeable copies of the lists. */
    public DemoReport {
        runs = List.copyOf(runs);
        phases = List.copyOf(phases);
    }

    /**
     * A phase of the script.
     *
     * @param name {@code healthy}, or what was wrong with inventory
     * @param fromSeconds when it began, since the first call
     * @param toSeconds when it ended
     */
    public record Phase(String name, double fromSeconds, double toSeconds) {}

    /**
     * One side.
     *
     * @param client {@code naive} or {@code levee}
     * @param calls orders that arrived: the same number, at the same instants, on both sides
     * @param succeeded orders answered with what inventory said
     * @param degraded orders answered without inventory, by a fallback; not among the succeeded
     * @param failed orders answered with an error, or not at all
     * @param attempts requests that reached inventory's door, refused ones included
     * @param amplification attempts / calls
     * @param peakAttemptsPerSecond the most requests that reached inventory within any second
     * @param p50Ms median time of all orders, whatever their ending, from the intended arrival
     * @param p99Ms 99 % of all orders took no longer
     * @param recoverySeconds from the end of the last fault until 99 % of the orders succeeded again for the rest of the
     *     run; null if that did not happen
     * @param endAttemptsPerSecond requests that reached inventory in the last second of load
     * @param endQueue requests that waited at inventory when the load ended
     * @param phases the same by phase of the order's arrival
     */
    public record Run(
            String client,
            int calls,
            int succeeded,
            int degraded,
            int failed,
            long attempts,
            double amplification,
            int peakAttemptsPerSecond,
            double p50Ms,
            double p99Ms,
            @Nullable Double recoverySeconds,
            int endAttemptsPerSecond,
            int endQueue,
            List<PhaseResult> phases) {
        /** Keeps an unchangeable copy of the list. */
        public Run {
            phases = List.copyOf(phases);
        }

        double succeededPercent() {
            return percent(succeeded, calls);
        }

        double degradedPercent() {
            return percent(degraded, calls);
        }

        double failedPercent() {
            return percent(failed, calls);
        }
    }

    /**
     * What happened in a phase.
     *
     * @param name the phase's name
     * @param calls orders that arrived in it
     * @param succeeded how many of them were answered with what inventory said
     * @param degraded how many of them were answered by a fallback
     * @param attempts requests that reached inventory during the phase, to a tenth of a second
     */
    public record PhaseResult(String name, int calls, int succeeded, int degraded, int attempts) {
        double succeededPercent() {
            return percent(succeeded, calls);
        }

        double degradedPercent() {
            return percent(degraded, calls);
        }
    }

    private static double percent(int part, int whole) {
        return whole == 0 ? 0 : 100.0 * part / whole;
    }
}
