package io.levee.guard.ingest;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of requests are being worked on: what comes beyond is told to come again, and memory stays bounded. */
final class InFlight {
    private final long most;
    private final AtomicLong bytes = new AtomicLong();

    InFlight(long most) {
        this.most = most;
    }

    /** Whether there is room; a request larger than all of it is taken when there is no other. */
    boolean enter(long size) {
        long before = bytes.getAndAdd(size);
        if (before == 0 || before + size <= most) {
            return true;
        }
        bytes.addAndGet(-size);
        return false;
    }

    void leave(long size) {
        bytes.addAndGet(-size);
    }
}
