package io.levee.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The first attempt succeeds, and nothing but a name was set: retries, deadline, attempt timeout, retry budget and the
 * concurrency limit are on.
 */
@State(Scope.Benchmark)
public class DefaultsRow extends DefaultsRows {
    /** For JMH. */
    public DefaultsRow() {
        super(0, Levees.defaults());
    }
}
