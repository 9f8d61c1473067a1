package io.levee.bench;

import dev.failsafe.FailsafeExecutor;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.functions.CheckedSupplier;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import io.levee.Levee;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Retry round breaker round limiter, the first attempt succeeds. Levee has its deadline, attempt timeout and retry
 * budget on as well; the others have no such thing, or would be slower with it, so they run without.
 */
@State(Scope.Benchmark)
public class ComposedRow {
    private final HandWritten.Breaker handBreaker = new HandWritten.Breaker(false);
    private final HandWritten.Limiter handLimiter = new HandWritten.Limiter(1, 1_000_000_000L);
    private final Bodies bodies = new Bodies(new Work(0));
    private final Levee levee = Levees.everything();
    private final Turn<CheckedSupplier<Object>> resilience4j;
    private final FailsafeExecutor<Object> failsafe = Peers.FailsafePeer.executor(
            Peers.FailsafePeer.retry(), Peers.FailsafePeer.countBreaker(), Peers.FailsafePeer.limiter());

    /** For JMH. */
    public ComposedRow() {
        Retry retry = Peers.Resilience4j.retry();
        CircuitBreaker breaker = Peers.Resilience4j.breaker(SlidingWindowType.COUNT_BASED);
        RateLimiter limiter = Peers.Resilience4j.limiter();
        resilience4j = bodies.resilience4j
                .map((CheckedSupplier<Object> body) -> RateLimiter.decorateCheckedSupplier(limiter, body))
                .map(body -> CircuitBreaker.decorateCheckedSupplier(breaker, body))
                .map(body -> Retry.decorateCheckedSupplier(retry, body));
    }

    /** The floor. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        return HandWritten.guarded(bodies.byHand.next(lap), Peers.ATTEMPTS, handBreaker, handLimiter);
    }

    /** Levee. */
    @Benchmark
    public Object levee(Lap lap) throws IOException {
        return levee.call(bodies.levee.next(lap));
    }

    /** Resilience4j. */
    @Benchmark
    public Object resilience4j(Lap lap) throws Throwable {
        return resilience4j.next(lap).get();
    }

    /** Failsafe. */
    @Benchmark
    public Object failsafe(Lap lap) {
        return failsafe.get(bodies.failsafe.next(lap));
    }
}
