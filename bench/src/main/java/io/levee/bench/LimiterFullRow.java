package io.levee.bench;

import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RateLimitExceededException;
import io.github.resilience4j.core.functions.CheckedSupplier;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.levee.Levee;
import io.levee.NoPermitException;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A call that a limiter without a permit refuses at once with its exception, caught by the caller. */
@State(Scope.Benchmark)
public class LimiterFullRow {
    private final HandWritten.Limiter hand = new HandWritten.Limiter(1L << 60, 1);
    private final Bodies bodies = new Bodies(new Work(0));
    private final Levee levee = Levees.withoutPermit();
    private final Turn<CheckedSupplier<Object>> resilience4j;
    private final FailsafeExecutor<Object> failsafe;

    /** For JMH. */
    public LimiterFullRow() {
        RateLimiter limiter = Peers.Resilience4j.emptyLimiter();
        resilience4j = bodies.resilience4j.map(body -> RateLimiter.decorateCheckedSupplier(limiter, body));
        failsafe = Peers.FailsafePeer.executor(Peers.FailsafePeer.emptyLimiter());
    }

    /** The floor: one exception for all. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        try {
            if (!hand.permits(System.nanoTime())) {
                throw HandWritten.Breaker.OPEN;
            }
            return bodies.byHand.next(lap).call();
        } catch (IOException full) {
            return full;
        }
    }

    /** Levee. */
    @Benchmark
    public Object levee(Lap lap) throws IOException {
        try {
            return levee.call(bodies.levee.next(lap));
        } catch (NoPermitException full) {
            return full;
        }
    }

    /** Resilience4j. */
    @Benchmark
    public Object resilience4j(Lap lap) throws Throwable {
        try {
            return resilience4j.next(lap).get();
        } catch (RequestNotPermitted full) {
            return full;
        }
    }

    /** Failsafe. */
    @Benchmark
    public Object failsafe(Lap lap) {
        try {
            return failsafe.get(bodies.failsafe.next(lap));
        } catch (RateLimitExceededException full) {
            return full;
        }
    }
}
