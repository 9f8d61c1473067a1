package io.levee.bench;

import dev.failsafe.FailsafeExecutor;
import io.github.resilience4j.core.functions.CheckedSupplier;
import io.github.resilience4j.retry.Retry;
import io.levee.Levee;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.springframework.core.retry.RetryTemplate;
import software.amazon.awssdk.retries.api.RetryStrategy;

/** Retry and nothing else, round work that fails a given number of times before it answers. */
public abstract class RetryRows {
    private final Levee levee = Levees.retryOnly();
    private final FailsafeExecutor<Object> failsafe = Peers.FailsafePeer.executor(Peers.FailsafePeer.retry());
    private final RetryTemplate spring = Peers.Spring.retry();
    private final RetryStrategy aws = Peers.Aws.strategy();
    private final Bodies bodies;
    private final Turn<CheckedSupplier<Object>> resilience4j;

    /**
     * Makes a row.
     *
     * @param failures how often the work fails before it answers
     */
    protected RetryRows(int failures) {
        bodies = new Bodies(new Work(failures));
        // Decorated once: executeCheckedSupplier would make the same object anew for each call.
        Retry retry = Peers.Resilience4j.retry();
        resilience4j = bodies.resilience4j.map(body -> Retry.decorateCheckedSupplier(retry, body));
    }

    /** The floor. */
    @Benchmark
    public Object hand(Lap lap) throws Exception {
        return HandWritten.retry(bodies.byHand.next(lap), Peers.ATTEMPTS);
    }

    /** The floor of whoever judges a failure by its causes. */
    @Benchmark
    public Object handLooks(Lap lap) throws Exception {
        return HandWritten.retryLooking(bodies.byHand.next(lap), Peers.ATTEMPTS);
    }

    /** Levee. */
    @Benchmark
    public Object levee(Lap lap) throws IOException {
        return levee.call(bodies.levee.next(lap));
    }

    /** Resilience4j. */
    @Benchmark
    public Object resilience4j(Lap lap) throws Throwable {
        return resilience4j.next(lap).get();
    }

    /** Failsafe. */
    @Benchmark
    public Object failsafe(Lap lap) {
        return failsafe.get(bodies.failsafe.next(lap));
    }

    /** Spring. */
    @Benchmark
    public Object spring(Lap lap) throws Exception {
        return spring.execute(bodies.spring.next(lap));
    }

    /** The AWS SDK. */
    @Benchmark
    public Object aws(Lap lap) throws Exception {
        return Peers.Aws.retry(aws, bodies.byHand.next(lap));
    }
}
