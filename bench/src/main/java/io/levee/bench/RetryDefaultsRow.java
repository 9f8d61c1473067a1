package io.levee.bench;

import io.levee.Levee;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One failure, then success, with all that is on by default: deadline, attempt timeout and retry budget. Only the delay
 * is 0. The peers are those of {@link RetryRows}: they have no such thing, or the AWS SDK's is on.
 */
@State(Scope.Benchmark)
public class RetryDefaultsRow {
    private final Bodies bodies = new Bodies(new Work(1));
    private final Levee levee = Levees.defaults();
    private final software.amazon.awssdk.retries.api.RetryStrategy aws = Peers.Aws.budgeted();

    /** For JMH. */
    public RetryDefaultsRow() {}

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
