package io.levee.fleet;

/**
 * The part of the fleet's rate that this process may use, and until when: pure arithmetic that is told the time.
 *
 * <h2>Why the fleet stays within its rate</h2>
 *
 * Redis never grants more than the unexpired shares leave, so by its clock their sum is at most the rate. A share that was
 * granted on a request sent at s expires there at s + ttl or later, and here at s + ttl; and one that is made smaller stays as
 * it was there until the member says that it uses the smaller one. So whoever uses a share has it in Redis too. When it has expired and Redis does not answer, the process goes on with the least of what it held and an equal
 * part, rate / members. If Redis is away for all, no share is granted any more, what all held together was at most the
 * rate, and after one further ttl all shares have expired everywhere; then equal parts, too, are at most the rate together.
 * Only while some are cut off from a Redis that others reach do those k of n add k x rate / n.
 *
 * <p>Not thread-safe: guarded by its {@link FleetShare}.
 */
final class Lease {
    private final double rate;
    private final long ttlNanos;
    private int members;
    /** What was granted last; an equal part before. */
    private double granted;

    private long expiresAtNanos;

    Lease(double rate, long ttlNanos, int expectedMembers, long nowNanos) {
        this.rate = rate;
        this.ttlNanos = ttlNanos;
        members = expectedMembers;
        granted = rate / expectedMembers;
        expiresAtNanos = nowNanos;
    }

    /**
     * Redis has answered.
     *
     * @param sentNanos when it was asked
     * @param share the rate that it grants
     * @param known how many members it knows, this one included
     */
    void granted(long sentNanos, double share, int known) {
        members = known;
        granted = share;
        expiresAtNanos = sentNanos + ttlNanos;
    }

    /** The rate that may be used at an instant; 0 for none. */
    double rateAt(long nowNanos) {
        if (isValidAt(nowNanos)) {
            return granted;
        }
        double equal = rate / members;
        return nowNanos < expiresAtNanos + ttlNanos ? Math.min(granted, equal) : equal;
    }

    /** Whether Redis has granted what is in force. */
    boolean isValidAt(long nowNanos) {
        return nowNanos < expiresAtNanos;
    }

    /** When {@link #rateAt} changes by the passing of time alone; {@link Long#MAX_VALUE} if it does not. */
    long nextChangeNanos(long nowNanos) {
        if (isValidAt(nowNanos)) {
            return expiresAtNanos;
        }
        return nowNanos < expiresAtNanos + ttlNanos ? expiresAtNanos + ttlNanos : Long.MAX_VALUE;
    }

    int members() {
        return members;
    }
}
