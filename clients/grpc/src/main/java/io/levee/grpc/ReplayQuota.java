package io.levee.grpc;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes of request messages that one interceptor may keep for replay, all its calls together. Thread-safe, lock-free. */
final class ReplayQuota {
    private final long limit;

    /** Opponents: every call that records its messages. Never above the limit, never below zero. */
    private final AtomicLong used = new AtomicLong();

    ReplayQuota(long limit) {
        this.limit = limit;
    }

    /** Takes bytes if they are left. What was taken must be given back by {@link #release}. */
    boolean tryReserve(long bytes) {
        long now = used.get();
        while (bytes <= limit - now) {
            if (used.compareAndSet(now, now + bytes)) {
                return true;
            }
            now = used.get();
        }
        return false;
    }

    void release(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }
}
