package io.levee.bench;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.levee.Breaker;
import io.levee.TimeSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A closed breaker with a window of 100 calls. */
@State(Scope.Benchmark)
public class BreakerClosedCountRow extends BreakerClosedRows {
    private final Breaker levee = Levees.countBreaker();
    private long now = TimeSource.system().nanoTime();

    /** For JMH. */
    public BreakerClosedCountRow() {
        super(SlidingWindowType.COUNT_BASED, Peers.FailsafePeer.countBreaker());
    }

    /** Levee, without a clock: a count window needs none, and the instant is the caller's anyway. */
    @Benchmark
    public Object levee(Lap lap) throws Exception {
        return guarded(levee, now, bodies.byHand.next(lap));
    }
}
