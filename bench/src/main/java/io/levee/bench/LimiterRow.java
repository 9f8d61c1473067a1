package io.levee.bench;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.levee.Limiter;
import io.levee.TimeSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A limiter is asked for one permit and has it. Each reads its own clock. */
@State(Scope.Benchmark)
public class LimiterRow {
    private final HandWritten.Limiter hand = new HandWritten.Limiter(1, 1_000_000_000L);
    private final Limiter levee = Levees.limiter();
    private final RateLimiter resilience4j = Peers.Resilience4j.limiter();
    private final dev.failsafe.RateLimiter<Object> failsafe = Peers.FailsafePeer.limiter();

    /** The floor. */
    @Benchmark
    public boolean hand() {
        return hand.permits(System.nanoTime());
    }

    /** Levee. */
    @Benchmark
    public boolean levee() {
        return levee.tryAcquire(TimeSource.system().nanoTime());
    }

    /** Resilience4j. */
    @Benchmark
    public boolean resilience4j() {
        return resilience4j.acquirePermission();
    }

    /** Failsafe. */
    @Benchmark
    public boolean failsafe() {
        return failsafe.tryAcquirePermit();
    }
}
