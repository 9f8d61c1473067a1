package io.levee.bench;

import io.levee.Limiter;
import io.levee.TimeSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A limiter is asked for one permit and has it; the instant is the caller's, as in a guarded call, which reads the clock
 * once for all of its parts. No other peer can be asked like this.
 */
@State(Scope.Benchmark)
public class LimiterHandedInstantRow {
    private final HandWritten.Limiter hand = new HandWritten.Limiter(1, 1_000_000_000L);
    private final Limiter levee = Levees.limiter();
    private long handNow = System.nanoTime();
    private long leveeNow = TimeSource.system().nanoTime();

    /** The floor. */
    @Benchmark
    public boolean hand() {
        return hand.permits(handNow += 10);
    }

    /** Levee. */
    @Benchmark
    public boolean levee() {
        return levee.tryAcquire(leveeNow += 10);
    }
}
