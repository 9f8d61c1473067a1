package io.levee.lab.storm.peers;

/** Opens at one failure, for 60 s; then one call may try. The retry is outside, and retries a refusal by the breaker. */
final class FailsafeBreaker extends FixedPause {
    private static final long OPEN_NANOS = 60 * SECOND;

    private boolean closed = true;
    private boolean trying;
    private long openUntilNanos;

    FailsafeBreaker() {
        super(3, 0);
    }

    @Override
    public boolean admits(long nowNanos) {
        if (closed) {
            return true;
        }
        if (nowNanos < openUntilNanos || trying) {
            return false;
        }
        trying = true;
        return true;
    }

    @Override
    public void attemptEnded(boolean succeeded, int status, long tookNanos, long nowNanos) {
        if (closed || trying) {
            trying = false;
            closed = succeeded;
            if (!succeeded) {
                openUntilNanos = nowNanos + OPEN_NANOS;
            }
        }
    }
}
