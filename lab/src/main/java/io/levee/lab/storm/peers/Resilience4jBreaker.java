package io.levee.lab.storm.peers;

/**
 * Count-based window of 100 calls, at least 100 of them; opens at a failure rate of 50 %, for 60 s; then 10 calls may try,
 * and their failure rate decides. The retry is outside, and retries a refusal by the breaker like any other exception.
 */
final class Resilience4jBreaker extends FixedPause {
    private static final int WINDOW = 100;
    private static final int TRIALS = 10;
    private static final double MOST_FAILURES = 0.5;
    private static final long OPEN_NANOS = 60 * SECOND;

    private final boolean[] failed = new boolean[WINDOW];
    private int recorded;
    private int failures;
    private boolean open;
    private long openUntilNanos;
    /** Trials that may still begin; negative when the breaker is closed. */
    private int trialsLeft = -1;

    private int trialsEnded;
    private int trialsFailed;

    Resilience4jBreaker() {
        super(3, 500);
    }

    @Override
    public boolean admits(long nowNanos) {
        if (open) {
            if (nowNanos < openUntilNanos) {
                return false;
            }
            open = false;
            trialsLeft = TRIALS;
            trialsEnded = 0;
            trialsFailed = 0;
        }
        if (trialsLeft < 0) {
            return true;
        }
        if (trialsLeft == 0) {
            return false;
        }
        trialsLeft--;
        return true;
    }

    @Override
    public void attemptEnded(boolean succeeded, int status, long tookNanos, long nowNanos) {
        if (open) {
            return;
        }
        if (trialsLeft >= 0) {
            trialsEnded++;
            trialsFailed += succeeded ? 0 : 1;
            if (trialsEnded == TRIALS) {
                trialsLeft = -1;
                recorded = 0;
                failures = 0;
                if (trialsFailed >= MOST_FAILURES * TRIALS) {
                    open(nowNanos);
                }
            }
            return;
        }
        int slot = recorded % WINDOW;
        if (recorded >= WINDOW && failed[slot]) {
            failures--;
        }
        failed[slot] = !succeeded;
        failures += succeeded ? 0 : 1;
        recorded++;
        if (recorded >= WINDOW && failures >= MOST_FAILURES * WINDOW) {
            open(nowNanos);
        }
    }

    private void open(long nowNanos) {
        open = true;
        openUntilNanos = nowNanos + OPEN_NANOS;
        recorded = 0;
        failures = 0;
    }
}
