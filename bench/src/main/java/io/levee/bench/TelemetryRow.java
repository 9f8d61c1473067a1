package io.levee.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The first attempt succeeds. */
@State(Scope.Benchmark)
public class TelemetryRow extends TelemetryRows {
    /** For JMH. */
    public TelemetryRow() {
        super(0);
    }
}
