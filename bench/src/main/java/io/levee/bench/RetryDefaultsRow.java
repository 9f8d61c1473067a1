package io.levee.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One failure, then success, with deadline, attempt timeout and retry budget as they are by default. The delay is 0, and who
 * says when to retry has no concurrency limit.
 */
@State(Scope.Benchmark)
public class RetryDefaultsRow extends DefaultsRows {
    /** For JMH. */
    public RetryDefaultsRow() {
        super(1, Levees.atOnce());
    }
}
