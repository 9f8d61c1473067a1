package io.levee.http.shared;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes of request bodies that one client may keep for replay, all its calls together. Thread-safe, lock-free. */
public final class ReplayQuota {
    private final long limit;

    /** Opponents: every call of the client that records a body. Never above the limit, never below zero. */
    private final AtomicLong used = new AtomicLong();

    /**
     * A quota of which nothing is used.
     *
     * @param limit bytes
     */
    public ReplayQuota(long limit) {
        this.limit = limit;
    }

    /**
     * Takes bytes if they are left. What was taken must be given back by {@link #release}.
     *
     * @param bytes how many
     * @return false if there are not so many; nothing is taken then
     */
    public boolean tryReserve(long bytes) {
        long now = used.get();
        while (bytes <= limit - now) {
            if (used.compareAndSet(now, now + bytes)) {
                return true;
            }
            now = used.get();
        }
        return false;
    }

    /**
     * Gives bytes back.
     *
     * @param bytes how many were taken
     */
    public void release(long bytes) {
        used.addAndGet(-bytes);
    }

    /**
     * What is taken at this moment.
     *
     * @return bytes
     */
    public long used() {
        return used.get();
    }
}
