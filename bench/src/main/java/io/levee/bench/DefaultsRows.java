package io.levee.bench;

import io.levee.Levee;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import software.amazon.awssdk.retries.api.RetryStrategy;

/**
 * Levee with what it has on by default. The AWS SDK's standard strategy is the one peer that protects by default, with its token
 * bucket.
 */
public abstract class DefaultsRows {
    private final Bodies bodies;
    private final Levee levee;
    private final RetryStrategy aws = Peers.Aws.budgeted();

    /**
     * Makes a row.
     *
     * @param failures how often the work fails before it answers
     * @param levee the Levee
     */
    DefaultsRows(int failures, Levee levee) {
        bodies = new Bodies(new Work(failures));
        this.levee = levee;
    }

    /** The floor. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        return HandWritten.retry(bodies.byHand.next(lap), Peers.ATTEMPTS);
    }

    /** Levee. */
    @Benchmark
    public Object levee(Lap lap) throws IOException {
        return levee.call(bodies.levee.next(lap));
    }

    /** The AWS SDK with its token bucket. */
    @Benchmark
    public Object aws(Lap lap) throws Exception {
        return Peers.Aws.retry(aws, bodies.byHand.next(lap));
    }
}
