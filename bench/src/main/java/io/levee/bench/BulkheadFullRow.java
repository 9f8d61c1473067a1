package io.levee.bench;

import dev.failsafe.FailsafeExecutor;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.core.functions.CheckedSupplier;
import io.levee.Levee;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A call that a full bulkhead refuses with its exception, caught by the caller. */
@State(Scope.Benchmark)
public class BulkheadFullRow {
    private final HandWritten.Bulkhead hand = new HandWritten.Bulkhead(0);
    private final Bodies bodies = new Bodies(new Work(0));
    private final Levee levee = Levees.fullBulkhead();
    private final Turn<CheckedSupplier<Object>> resilience4j;
    private final FailsafeExecutor<Object> failsafe;

    /** For JMH. */
    public BulkheadFullRow() {
        Bulkhead full = Peers.Resilience4j.bulkhead(1);
        full.acquirePermission();
        resilience4j = bodies.resilience4j.map(body -> Bulkhead.decorateCheckedSupplier(full, body));
        dev.failsafe.Bulkhead<Object> failsafeFull = dev.failsafe.Bulkhead.of(1);
        if (!failsafeFull.tryAcquirePermit()) {
            throw new IllegalStateException("an empty bulkhead has room for one");
        }
        failsafe = Peers.FailsafePeer.executor(failsafeFull);
    }

    /** The floor: one exception for all. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        try {
            return hand.call(bodies.byHand.next(lap));
        } catch (IOException full) {
            return full;
        }
    }

    /** Levee. */
    @Benchmark
    public Object levee(Lap lap) throws IOException {
        try {
            return levee.call(bodies.levee.next(lap));
        } catch (io.levee.BulkheadFullException full) {
            return full;
        }
    }

    /** Resilience4j. */
    @Benchmark
    public Object resilience4j(Lap lap) throws Throwable {
        try {
            return resilience4j.next(lap).get();
        } catch (BulkheadFullException full) {
            return full;
        }
    }

    /** Failsafe. */
    @Benchmark
    public Object failsafe(Lap lap) {
        try {
            return failsafe.get(bodies.failsafe.next(lap));
        } catch (dev.failsafe.BulkheadFullException full) {
            return full;
        }
    }
}
