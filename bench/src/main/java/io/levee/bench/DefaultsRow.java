package io.levee.bench;

import io.levee.Levee;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import software.amazon.awssdk.retries.api.RetryStrategy;

/**
 * The first attempt succeeds, and nothing but a name was set: retries, deadline, attempt timeout, retry budget and the
 * concurrency limit are on. The AWS SDK's standard strategy is the one peer that protects by default, with its token bucket.
 */
@State(Scope.Benchmark)
public class DefaultsRow {
    private final Bodies bodies = new Bodies(new Work(0));
    private final Levee levee = Levees.named();
    private final RetryStrategy aws = Peers.Aws.budgeted();

    /** For JMH. */
    public DefaultsRow() {}

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
