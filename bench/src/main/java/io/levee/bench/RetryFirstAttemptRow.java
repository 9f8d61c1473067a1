package io.levee.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The first attempt succeeds. */
@State(Scope.Benchmark)
public class RetryFirstAttemptRow extends RetryRows {
    /** For JMH. */
    public RetryFirstAttemptRow() {
        super(0);
    }
}
