package io.levee.lab.storm.peers;

/** So many attempts with a pause between them, whatever happens. */
class FixedPause extends PeerRules {
    private final int attempts;
    private final long pauseNanos;

    FixedPause(int attempts, long pauseMillis) {
        this.attempts = attempts;
        pauseNanos = pauseMillis * MILLIS;
    }

    @Override
    public long pauseBeforeRetry(int made, int status, long nowNanos) {
        return made < attempts ? pauseNanos : STOP;
    }
}
