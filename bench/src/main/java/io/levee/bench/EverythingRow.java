package io.levee.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** All parts, and nobody who listens. */
@State(Scope.Benchmark)
public class EverythingRow extends EverythingRows {
    /** For JMH. */
    public EverythingRow() {
        super(null);
    }
}
