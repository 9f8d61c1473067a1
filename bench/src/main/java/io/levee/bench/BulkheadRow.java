package io.levee.bench;

import io.levee.Bulkhead;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A bulkhead with room is entered and left. */
@State(Scope.Benchmark)
public class BulkheadRow {
    private final HandWritten.Bulkhead hand = new HandWritten.Bulkhead(Peers.IN_FLIGHT);
    private final Bulkhead levee = Bulkhead.inFlight(Peers.IN_FLIGHT).build();
    private final io.github.resilience4j.bulkhead.Bulkhead resilience4j = Peers.Resilience4j.bulkhead(Peers.IN_FLIGHT);
    private final dev.failsafe.Bulkhead<Object> failsafe = dev.failsafe.Bulkhead.of(Peers.IN_FLIGHT);

    /** For JMH. */
    public BulkheadRow() {}

    /** The floor. */
    @Benchmark
    public boolean hand() {
        boolean entered = hand.tryEnter();
        hand.leave();
        return entered;
    }

    /** Levee. */
    @Benchmark
    public boolean levee() {
        boolean entered = levee.tryEnter();
        levee.leave();
        return entered;
    }

    /** Resilience4j. */
    @Benchmark
    public boolean resilience4j() {
        boolean entered = resilience4j.tryAcquirePermission();
        resilience4j.releasePermission();
        return entered;
    }

    /** Failsafe. */
    @Benchmark
    public boolean failsafe() {
        boolean entered = failsafe.tryAcquirePermit();
        failsafe.releasePermit();
        return entered;
    }
}
