package io.levee.bench;

import dev.failsafe.FailsafeExecutor;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.functions.CheckedSupplier;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import io.levee.Levee;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * Retry round breaker round limiter round bulkhead, the first attempt succeeds. Levee has its deadline, attempt timeout
 * and retry budget on as well; the others have no such thing, or would be slower with it, so they run without.
 */
public abstract class EverythingRows {
    private final HandWritten.Everything hand;
    private final Bodies bodies = new Bodies(new Work(0));
    private final Levee levee;
    private final Turn<CheckedSupplier<Object>> resilience4j;
    private final FailsafeExecutor<Object> failsafe;

    /**
     * Makes a row.
     *
     * @param heard what is told of each call; null for nobody
     */
    EverythingRows(@org.jspecify.annotations.Nullable Heard heard) {
        this(heard, Levees.everything(heard));
    }

    /**
     * Makes a row with a Levee of its own.
     *
     * @param heard what the others tell of each call; null for nobody
     * @param levee the Levee
     */
    EverythingRows(@org.jspecify.annotations.Nullable Heard heard, Levee levee) {
        hand = new HandWritten.Everything(heard);
        this.levee = levee;
        Retry retry = Peers.Resilience4j.retry();
        CircuitBreaker breaker = Peers.Resilience4j.breaker(SlidingWindowType.COUNT_BASED);
        RateLimiter limiter = Peers.Resilience4j.limiter();
        Bulkhead bulkhead = Peers.Resilience4j.bulkhead(Peers.IN_FLIGHT);
        dev.failsafe.RetryPolicy<Object> failsafeRetry = Peers.FailsafePeer.retry();
        dev.failsafe.Policy<Object> failsafeBreaker = Peers.FailsafePeer.countBreaker();
        FailsafeExecutor<Object> executor = Peers.FailsafePeer.executor(
                failsafeRetry,
                failsafeBreaker,
                Peers.FailsafePeer.limiter(),
                dev.failsafe.Bulkhead.of(Peers.IN_FLIGHT));
        if (heard != null) {
            // As the Micrometer and Prometheus modules of resilience4j do it.
            breaker.getEventPublisher().onSuccess(event -> heard.called());
            executor = executor.onSuccess(event -> heard.called());
        }
        failsafe = executor;
        resilience4j = bodies.resilience4j
                .map((CheckedSupplier<Object> body) -> Bulkhead.decorateCheckedSupplier(bulkhead, body))
                .map(body -> RateLimiter.decorateCheckedSupplier(limiter, body))
                .map(body -> CircuitBreaker.decorateCheckedSupplier(breaker, body))
                .map(body -> Retry.decorateCheckedSupplier(retry, body));
    }

    /** The floor. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        return hand.call(bodies.byHand.next(lap), Peers.ATTEMPTS);
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
