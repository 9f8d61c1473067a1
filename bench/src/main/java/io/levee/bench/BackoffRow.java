package io.levee.bench;

import io.github.resilience4j.core.IntervalFunction;
import io.levee.RandomSource;
import io.levee.RetryPolicy;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;
import software.amazon.awssdk.retries.api.BackoffStrategy;

/** The delay before one retry: exponential, capped, with jitter; retries 1 to 4 in turn, as one call would ask. */
@State(Scope.Benchmark)
public class BackoffRow {
    private static final int RETRIES = 4;

    private final RetryPolicy levee = Levees.backoff();
    private final IntervalFunction resilience4j = Peers.Resilience4j.backoff();
    private final ExponentialBackOff spring = Peers.Spring.backoff();
    private final BackoffStrategy aws = Peers.Aws.backoff();
    private long base = Peers.BASE.toNanos();
    private long cap = Peers.CAP.toNanos();

    /** The floor. */
    @Benchmark
    @OperationsPerInvocation(RETRIES)
    public long hand() {
        long sum = 0;
        for (int retry = 1; retry <= RETRIES; retry++) {
            sum += HandWritten.delayNanos(retry, base, cap);
        }
        return sum;
    }

    /** Levee. */
    @Benchmark
    @OperationsPerInvocation(RETRIES)
    public long levee() {
        long sum = 0;
        long previous = 0;
        for (int retry = 1; retry <= RETRIES; retry++) {
            previous = levee.nextDelayNanos(retry, previous, RandomSource.system());
            sum += previous;
        }
        return sum;
    }

    /** Resilience4j. */
    @Benchmark
    @OperationsPerInvocation(RETRIES)
    public long resilience4j() {
        long sum = 0;
        for (int retry = 1; retry <= RETRIES; retry++) {
            sum += resilience4j.apply(retry);
        }
        return sum;
    }

    /** Spring: a run of delays is an object of its own. */
    @Benchmark
    @OperationsPerInvocation(RETRIES)
    public long spring() {
        BackOffExecution execution = spring.start();
        long sum = 0;
        for (int retry = 1; retry <= RETRIES; retry++) {
            sum += execution.nextBackOff();
        }
        return sum;
    }

    /** The AWS SDK. */
    @Benchmark
    @OperationsPerInvocation(RETRIES)
    public long aws() {
        long sum = 0;
        for (int retry = 1; retry <= RETRIES; retry++) {
            sum += aws.computeDelay(retry).toNanos();
        }
        return sum;
    }
}
