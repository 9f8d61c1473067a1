package io.levee.bench;

import io.levee.Levee;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import software.amazon.awssdk.retries.api.RetryStrategy;

/** Retry with a retry budget, the first attempt succeeds: what a call pays into the budget costs. */
@State(Scope.Benchmark)
public class BudgetRow {
    private final HandWritten.Budget hand = new HandWritten.Budget(100);
    private final Bodies bodies = new Bodies(new Work(0));
    private final Levee levee = Levees.budgeted();
    private final RetryStrategy aws = Peers.Aws.budgeted();

    /** For JMH. */
    public BudgetRow() {}

    /** The floor. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        hand.deposit();
        return HandWritten.retry(bodies.byHand.next(lap), Peers.ATTEMPTS);
    }

    /** Levee. */
    @Benchmark
    public Object levee(Lap lap) throws IOException {
        return levee.call(bodies.levee.next(lap));
    }

    /** The AWS SDK. */
    @Benchmark
    public Object aws(Lap lap) throws Exception {
        return Peers.Aws.retry(aws, bodies.byHand.next(lap));
    }
}
