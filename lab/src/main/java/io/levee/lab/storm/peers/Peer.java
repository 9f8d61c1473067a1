package io.levee.lab.storm.peers;

import java.util.function.DoubleSupplier;

/**
 * Whom a storm compares with. All but the first are small models of the published rules and shipped defaults, written from
 * the documentation and sources of the named releases; none of the libraries is run, or is a dependency.
 */
public enum Peer {
    /** What people write: three attempts, a pause of 50 ms. */
    NAIVE("naive", "3 attempts, 50 ms apart"),
    /** resilience4j 2.4, {@code Retry.ofDefaults}. */
    RESILIENCE4J("resilience4j", "Retry.ofDefaults: 3 attempts, 500 ms apart"),
    /** resilience4j 2.4, {@code Retry} round {@code CircuitBreaker}, both with their defaults. */
    RESILIENCE4J_BREAKER(
            "resilience4j+breaker", "and CircuitBreaker.ofDefaults: half of 100 calls, open for 60 s, 10 trials"),
    /** Failsafe 3.3, {@code RetryPolicy.ofDefaults}. */
    FAILSAFE("failsafe", "RetryPolicy.ofDefaults: 3 attempts, no pause"),
    /** Failsafe 3.3, {@code RetryPolicy} round {@code CircuitBreaker}, both with their defaults. */
    FAILSAFE_BREAKER("failsafe+breaker", "and CircuitBreaker.ofDefaults: opens at 1 failure, for 60 s"),
    /** AWS SDK for Java 2, standard retry mode. */
    AWS_STANDARD(
            "aws-standard", "standard mode: 3 attempts, full jitter from 100 ms (refusals 1 s), 500 tokens, 5 a retry"),
    /** gRPC, retry policy and throttling with the figures of gRFC A6's examples. */
    GRPC("grpc-throttling", "gRFC A6: 4 attempts, 100 ms to 1 s, maxTokens 10, tokenRatio 0.1"),
    /** Finagle's {@code RetryBudget} with its defaults, under a policy of three tries. */
    FINAGLE("finagle-budget", "RetryBudget(): 10 s, 20 % and 10 a second; 3 tries, full jitter from 100 ms");

    private final String label;
    private final String rules;

    Peer(String label, String rules) {
        this.label = label;
        this.rules = rules;
    }

    /**
     * What results call it.
     *
     * @return its name
     */
    public String label() {
        return label;
    }

    /**
     * What it does, in a line.
     *
     * @return its rules
     */
    public String rules() {
        return rules;
    }

    /**
     * The rules of one client process.
     *
     * @param random evenly spread from 0 to 1
     * @return a new state
     */
    public PeerRules newRules(DoubleSupplier random) {
        return switch (this) {
            case NAIVE -> new FixedPause(3, 50);
            case RESILIENCE4J -> new FixedPause(3, 500);
            case RESILIENCE4J_BREAKER -> new Resilience4jBreaker();
            case FAILSAFE -> new FixedPause(3, 0);
            case FAILSAFE_BREAKER -> new FailsafeBreaker();
            case AWS_STANDARD -> new AwsStandard(random);
            case GRPC -> new GrpcThrottling(random);
            case FINAGLE -> new FinagleBudget(random);
        };
    }
}
