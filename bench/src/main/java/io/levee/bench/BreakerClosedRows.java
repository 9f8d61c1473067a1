package io.levee.bench;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.functions.CheckedSupplier;
import io.levee.Breaker;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Benchmark;

/** A call through a closed breaker, and its success counted. */
public abstract class BreakerClosedRows {
    private final HandWritten.Breaker hand = new HandWritten.Breaker(false);
    /** The bodies of all peers. */
    final Bodies bodies = new Bodies(new Work(0));

    private final Turn<CheckedSupplier<Object>> resilience4j;
    private final dev.failsafe.CircuitBreaker<Object> failsafe;

    BreakerClosedRows(SlidingWindowType window, dev.failsafe.CircuitBreaker<Object> failsafe) {
        this.failsafe = failsafe;
        CircuitBreaker breaker = Peers.Resilience4j.breaker(window);
        resilience4j = bodies.resilience4j.map(body -> CircuitBreaker.decorateCheckedSupplier(breaker, body));
    }

    /** Failsafe's breaker without its executor, as its documentation offers it: several times faster. */
    private static Object standalone(dev.failsafe.CircuitBreaker<Object> breaker, Callable<Object> body)
            throws Exception {
        if (!breaker.tryAcquirePermit()) {
            throw HandWritten.Breaker.OPEN;
        }
        try {
            Object answer = body.call();
            breaker.recordSuccess();
            return answer;
        } catch (IOException failure) {
            breaker.recordException(failure);
            throw failure;
        }
    }

    /** Levee's breaker by itself, as the engine uses it. */
    static Object guarded(Breaker breaker, long now, Callable<Object> body) throws Exception {
        long stamp = breaker.tryAcquire(now);
        if (stamp == Breaker.REFUSED) {
            throw HandWritten.Breaker.OPEN;
        }
        try {
            Object answer = body.call();
            breaker.onSuccess(stamp, now, 0);
            return answer;
        } catch (IOException failure) {
            breaker.onFailure(stamp, now, 0);
            throw failure;
        }
    }

    /** The floor. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        return hand.call(bodies.byHand.next(lap));
    }

    /** Resilience4j. */
    @Benchmark
    public Object resilience4j(Lap lap) throws Throwable {
        return resilience4j.next(lap).get();
    }

    /** Failsafe. */
    @Benchmark
    public Object failsafe(Lap lap) throws Exception {
        return standalone(failsafe, bodies.byHand.next(lap));
    }
}
