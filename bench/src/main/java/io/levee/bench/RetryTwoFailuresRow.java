package io.levee.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Two failures, then success; no delay. */
@State(Scope.Benchmark)
public class RetryTwoFailuresRow extends RetryRows {
    /** For JMH. */
    public RetryTwoFailuresRow() {
        super(2);
    }
}
