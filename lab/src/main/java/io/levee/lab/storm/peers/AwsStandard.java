package io.levee.lab.storm.peers;

import java.util.function.DoubleSupplier;

/**
 * Standard retry mode of the AWS SDK for Java 2: 3 attempts; full jitter from a base of 100 ms, of 1 s after a refusal, to
 * 20 s; a bucket of 500 tokens, of which a retry takes 5; a call that succeeds gives back what its last retry took, or 1.
 */
final class AwsStandard extends PeerRules {
    private static final int ATTEMPTS = 3;
    private static final int BUCKET = 500;
    private static final int COST = 5;
    private static final int REFUSED = 429;

    private final DoubleSupplier random;
    private int tokens = BUCKET;

    AwsStandard(DoubleSupplier random) {
        this.random = random;
    }

    @Override
    public void callSucceeded(int attempts) {
        tokens = Math.min(BUCKET, tokens + (attempts > 1 ? COST : 1));
    }

    @Override
    public long pauseBeforeRetry(int made, int status, long nowNanos) {
        if (made >= ATTEMPTS || tokens < COST) {
            return STOP;
        }
        tokens -= COST;
        long base = (status == REFUSED ? 1_000 : 100) * MILLIS;
        return (long) (random.getAsDouble() * Math.min(20 * SECOND, base << (made - 1)));
    }
}
