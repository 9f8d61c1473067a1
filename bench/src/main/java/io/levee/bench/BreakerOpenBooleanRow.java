package io.levee.bench;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.levee.Breaker;
import io.levee.TimeSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** An open breaker is asked, and answers no. */
@State(Scope.Benchmark)
public class BreakerOpenBooleanRow {
    private final HandWritten.Breaker hand = new HandWritten.Breaker(true);
    private final Breaker levee = Levees.openBreaker();
    private final CircuitBreaker resilience4j = Peers.Resilience4j.breaker(SlidingWindowType.COUNT_BASED);
    private final dev.failsafe.CircuitBreaker<Object> failsafe = Peers.FailsafePeer.countBreaker();

    /** As in a guarded call, the instant is handed in: the others read their clock themselves. */
    private long now = TimeSource.system().nanoTime();

    /** For JMH. */
    public BreakerOpenBooleanRow() {
        resilience4j.transitionToOpenState();
        failsafe.open();
    }

    /** The floor. */
    @Benchmark
    public boolean hand() {
        return hand.permits();
    }

    /** Levee. */
    @Benchmark
    public boolean levee() {
        return levee.tryAcquire(now) != Breaker.REFUSED;
    }

    /** Resilience4j. */
    @Benchmark
    public boolean resilience4j() {
        return resilience4j.tryAcquirePermission();
    }

    /** Failsafe. */
    @Benchmark
    public boolean failsafe() {
        return failsafe.tryAcquirePermit();
    }
}
