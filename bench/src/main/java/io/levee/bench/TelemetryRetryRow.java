package io.levee.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One failure, then success; no delay. */
@State(Scope.Benchmark)
public class TelemetryRetryRow extends TelemetryRows {
    /** For JMH. */
    public TelemetryRetryRow() {
        super(1);
    }
}
