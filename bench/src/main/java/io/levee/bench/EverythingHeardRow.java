package io.levee.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * All parts, and somebody who counts calls, in the way that each library offers for metrics. Levee's listener runs on a
 * thread of its own, whose CPU time counts; the others' run on the caller's.
 */
@State(Scope.Benchmark)
public class EverythingHeardRow extends EverythingRows {
    /** For JMH. */
    public EverythingHeardRow() {
        super(new Heard());
    }
}
