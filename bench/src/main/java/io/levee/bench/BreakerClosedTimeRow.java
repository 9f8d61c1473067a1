package io.levee.bench;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.levee.Breaker;
import io.levee.TimeSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A closed breaker with a window of 10 s. */
@State(Scope.Benchmark)
public class BreakerClosedTimeRow extends BreakerClosedRows {
    private final Breaker levee = Levees.timeBreaker();

    /** For JMH. */
    public BreakerClosedTimeRow() {
        super(SlidingWindowType.TIME_BASED, Peers.FailsafePeer.timeBreaker());
    }

    /** Levee: one reading of the clock serves the question and the answer. */
    @Benchmark
    public Object levee(Lap lap) throws Exception {
        return guarded(levee, TimeSource.system().nanoTime(), bodies.byHand.next(lap));
    }
}
