package io.levee.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One failure, then success; no delay. */
@State(Scope.Benchmark)
public class RetryOneFailureRow extends RetryRows {
    /** For JMH. */
    public RetryOneFailureRow() {
        super(1);
    }
}
