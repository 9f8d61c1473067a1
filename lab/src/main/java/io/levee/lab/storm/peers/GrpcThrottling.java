package io.levee.lab.storm.peers;

import java.util.function.DoubleSupplier;

/**
 * gRFC A6: tokens up to 10; a failure takes 1 out, a success puts 0.1 in; retries only while more than half are there.
 * Backoff of 100 ms, doubled up to 1 s, give or take a fifth.
 */
final class GrpcThrottling extends PeerRules {
    private static final int ATTEMPTS = 4;
    private static final double MOST_TOKENS = 10;
    private static final double RATIO = 0.1;

    private final DoubleSupplier random;
    private double tokens = MOST_TOKENS;

    GrpcThrottling(DoubleSupplier random) {
        this.random = random;
    }

    @Override
    public void attemptEnded(boolean succeeded, int status, long tookNanos, long nowNanos) {
        tokens = succeeded ? Math.min(MOST_TOKENS, tokens + RATIO) : Math.max(0, tokens - 1);
    }

    @Override
    public long pauseBeforeRetry(int made, int status, long nowNanos) {
        if (made >= ATTEMPTS || tokens <= MOST_TOKENS / 2) {
            return STOP;
        }
        return (long) ((0.8 + 0.4 * random.getAsDouble()) * Math.min(SECOND, (100 * MILLIS) << (made - 1)));
    }
}
