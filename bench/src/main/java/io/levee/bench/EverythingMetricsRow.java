package io.levee.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * All parts, and the metrics of levee-prometheus and levee-micrometer: what both count with, without a registry, which only
 * reads. The others count calls as in {@link EverythingHeardRow}, which is less than these metrics.
 */
@State(Scope.Benchmark)
public class EverythingMetricsRow extends EverythingRows {
    /** For JMH. */
    public EverythingMetricsRow() {
        super(new Heard(), Levees.everythingMeasured());
    }
}
