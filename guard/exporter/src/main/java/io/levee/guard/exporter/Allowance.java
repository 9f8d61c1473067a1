package io.levee.guard.exporter;

import java.util.concurrent.atomic.AtomicLong;

/** So many a second. Thread-safe; a clock that is set back begins a new second. */
final class Allowance {
    private static final int BITS = 8;
    private static final long USED = (1L << BITS) - 1;

    private final int most;

    /** The second, and below it how many were taken in it. Opponents: the threads of the calls. */
    private final AtomicLong state = new AtomicLong(-1L << BITS);

    Allowance(int most) {
        this.most = most;
    }

    boolean take(long nowMillis) {
        long second = Math.floorDiv(nowMillis, 1_000L);
        while (true) {
            long before = state.get();
            boolean same = before >> BITS == second;
            if (same && (before & USED) >= most) {
                return false;
            }
            if (state.compareAndSet(before, same ? before + 1 : second << BITS | 1)) {
                return true;
            }
        }
    }
}
