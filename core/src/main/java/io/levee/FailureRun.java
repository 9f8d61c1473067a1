package io.levee;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The window of the rule 'n failures in a row': the length of the present run, as calls and as failures. A success
 * while there is no run only reads, so a healthy downstream costs no write and no contention.
 */
final class FailureRun extends OutcomeWindow {
    private final AtomicInteger run = new AtomicInteger();

    @Override
    void addPlain(long nowNanos) {
        // Opponent: addMarked of another thread. One that comes between the read and the write counts as having come
        // before this success, which ends the run.
        if (run.get() != 0) {
            run.set(0);
        }
    }

    @Override
    long addMarked(long nowNanos) {
        // The value of this very increment: whoever makes the run n long sees n, whatever follows. It cannot overflow:
        // the breaker opens at n, and only the threads on their way meanwhile can add to that.
        int length = run.incrementAndGet();
        return pair(length, length);
    }

    @Override
    long counts(long nowNanos) {
        int length = run.get();
        return pair(length, length);
    }
}
