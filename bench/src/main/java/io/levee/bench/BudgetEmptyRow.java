package io.levee.bench;

import io.levee.Levee;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import software.amazon.awssdk.retries.api.RetryStrategy;

/** An attempt fails, the retry budget is empty, and the caller gets the attempt's own exception, a new one each time. */
@State(Scope.Benchmark)
public class BudgetEmptyRow {
    private final HandWritten.Budget hand = new HandWritten.Budget(0);
    private final Bodies bodies = new Bodies(Work.afresh());
    private final Levee levee = Levees.emptyBudget();
    private final RetryStrategy aws = Peers.Aws.emptied();

    /** For JMH. */
    public BudgetEmptyRow() {}

    /** The floor. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        try {
            return HandWritten.retry(bodies.byHand.next(lap), Peers.ATTEMPTS, hand);
        } catch (IOException failure) {
            return failure;
        }
    }

    /** Levee. */
    @Benchmark
    public Object levee(Lap lap) {
        try {
            return levee.call(bodies.levee.next(lap));
        } catch (IOException failure) {
            return failure;
        }
    }

    /** The AWS SDK: what its bucket throws when it is empty is the caller's to catch. */
    @Benchmark
    public Object aws(Lap lap) throws Exception {
        try {
            return Peers.Aws.retry(aws, bodies.byHand.next(lap));
        } catch (IOException failure) {
            return failure;
        }
    }
}
