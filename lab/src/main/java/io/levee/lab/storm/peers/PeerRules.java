package io.levee.lab.storm.peers;

/** The state and rules of a peer in one client process. Instants and times in nanoseconds. Not thread-safe. */
public abstract class PeerRules {
    /** As a status: there was no answer in time. */
    public static final int TIMED_OUT = -1;

    /** As a status: the peer's own breaker did not let the attempt pass. */
    public static final int NOT_ADMITTED = -2;

    /** As a pause: no further attempt. */
    public static final long STOP = -1;

    static final long MILLIS = 1_000_000L;
    static final long SECOND = 1_000_000_000L;

    PeerRules() {}

    /**
     * A call begins.
     *
     * @param nowNanos the present instant
     */
    public void callBegins(long nowNanos) {}

    /**
     * Whether an attempt may be sent.
     *
     * @param nowNanos the present instant
     * @return false if it must not be
     */
    public boolean admits(long nowNanos) {
        return true;
    }

    /**
     * An attempt that was sent has ended.
     *
     * @param succeeded whether it did
     * @param status what was answered, or {@link #TIMED_OUT}
     * @param tookNanos how long it took
     * @param nowNanos the present instant
     */
    public void attemptEnded(boolean succeeded, int status, long tookNanos, long nowNanos) {}

    /**
     * The call has succeeded.
     *
     * @param attempts how many attempts it took
     */
    public void callSucceeded(int attempts) {}

    /**
     * Whether and when there is another attempt.
     *
     * @param made how many attempts the call has made, those that were not admitted included
     * @param status what became of the last
     * @param nowNanos the present instant
     * @return the pause, or {@link #STOP}
     */
    public abstract long pauseBeforeRetry(int made, int status, long nowNanos);
}
