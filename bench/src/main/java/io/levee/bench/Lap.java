package io.levee.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Where one thread is in a {@link Turn}. JMH gives each thread its own and keeps it away from others' cache lines, so
 * that threads which share a row share nothing but what the row is about.
 */
@State(Scope.Thread)
public class Lap {
    private int turn;

    /** For JMH. */
    public Lap() {}

    int next() {
        return turn++;
    }
}
