package io.levee.bench;

import io.levee.RandomSource;
import io.levee.Throttle;
import io.levee.TimeSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A throttle is asked for one attempt and told of it, and nothing was refused; the instant is the caller's. */
@State(Scope.Benchmark)
public class ThrottleRow {
    private final Throttle throttle = Throttle.adaptive().build(RandomSource.system());
    private final HandWritten.Throttle hand = new HandWritten.Throttle();
    private long now = TimeSource.system().nanoTime();

    /** The floor. */
    @Benchmark
    public boolean hand() {
        boolean sent = hand.sends();
        if (sent) {
            hand.accepted();
        }
        return sent;
    }

    /** Levee. */
    @Benchmark
    public boolean levee() {
        long instant = now += 100;
        boolean sent = throttle.tryAcquire(instant);
        if (sent) {
            throttle.onSent(instant);
        }
        return sent;
    }
}
