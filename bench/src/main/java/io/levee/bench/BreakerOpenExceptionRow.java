package io.levee.bench;

import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.FailsafeExecutor;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.functions.CheckedSupplier;
import io.levee.BreakerOpenException;
import io.levee.Levee;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A call that an open breaker refuses with its exception, caught by the caller. */
@State(Scope.Benchmark)
public class BreakerOpenExceptionRow {
    private final HandWritten.Breaker hand = new HandWritten.Breaker(true);
    private final Bodies bodies = new Bodies(new Work(0));
    private final Levee levee = Levees.refusing();
    private final Turn<CheckedSupplier<Object>> resilience4j;
    private final FailsafeExecutor<Object> failsafe;

    /** For JMH. */
    public BreakerOpenExceptionRow() {
        CircuitBreaker breaker = Peers.Resilience4j.breaker(SlidingWindowType.COUNT_BASED);
        breaker.transitionToOpenState();
        resilience4j = bodies.resilience4j.map(body -> CircuitBreaker.decorateCheckedSupplier(breaker, body));
        dev.failsafe.CircuitBreaker<Object> failsafeBreaker = Peers.FailsafePeer.countBreaker();
        failsafeBreaker.open();
        failsafe = Peers.FailsafePeer.executor(failsafeBreaker);
    }

    /** The floor: one exception for all. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        try {
            return hand.call(bodies.byHand.next(lap));
        } catch (IOException open) {
            return open;
        }
    }

    /** Levee. */
    @Benchmark
    public Object levee(Lap lap) throws IOException {
        try {
            return levee.call(bodies.levee.next(lap));
        } catch (BreakerOpenException open) {
            return open;
        }
    }

    /** Resilience4j. */
    @Benchmark
    public Object resilience4j(Lap lap) throws Throwable {
        try {
            return resilience4j.next(lap).get();
        } catch (CallNotPermittedException open) {
            return open;
        }
    }

    /** Failsafe. */
    @Benchmark
    public Object failsafe(Lap lap) {
        try {
            return failsafe.get(bodies.failsafe.next(lap));
        } catch (CircuitBreakerOpenException open) {
            return open;
        }
    }
}
