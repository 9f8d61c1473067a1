package io.levee.bench;

import io.levee.Levee;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A call with throttle, concurrency limit and what a user gets anyway, whose first attempt succeeds. */
@State(Scope.Benchmark)
public class AdaptiveRow {
    private final HandWritten.Throttle handThrottle = new HandWritten.Throttle();
    private final HandWritten.Bound handBound = new HandWritten.Bound(20);
    private final Bodies bodies = new Bodies(new Work(0));
    private final Levee levee = Levees.adaptive();

    /** The floor: it does not know the time either. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        if (!handThrottle.sends() || !handBound.enters()) {
            throw new IllegalStateException("full");
        }
        try {
            return HandWritten.retry(bodies.byHand.next(lap), Peers.ATTEMPTS);
        } finally {
            handBound.leaves(1);
            handThrottle.accepted();
        }
    }

    /** Levee. */
    @Benchmark
    public Object levee(Lap lap) throws IOException {
        return levee.call(bodies.levee.next(lap));
    }
}
