package io.levee.bench;

import io.levee.ConcurrencyLimit;
import io.levee.TimeSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A concurrency limit is entered, and left with a duration; the instants are the caller's. */
@State(Scope.Benchmark)
public class ConcurrencyLimitRow {
    private final HandWritten.Bound hand = new HandWritten.Bound(20);
    private long now = TimeSource.system().nanoTime();
    private final ConcurrencyLimit limit = ConcurrencyLimit.adaptive().build(TimeSource.system(), 10_000_000_000L);

    /** The floor. */
    @Benchmark
    public boolean hand() {
        boolean in = hand.enters();
        if (in) {
            hand.leaves(100);
        }
        return in;
    }

    /** Levee. */
    @Benchmark
    public boolean levee() {
        long instant = now += 100;
        boolean in = limit.tryEnter(instant);
        if (in) {
            limit.leave(instant, 100);
        }
        return in;
    }
}
