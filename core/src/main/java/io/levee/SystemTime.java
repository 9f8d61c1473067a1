package io.levee;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The machine's monotonic clock, and the one timer thread of the JVM. */
final class SystemTime implements TimeSource {
    static final SystemTime INSTANCE = new SystemTime();

    /** Makes instants start near 0, so that they are never negative: System.nanoTime() may start anywhere. */
    private static final long ORIGIN = System.nanoTime();

    /**
     * How long the timer's thread stays when nothing is pending. Longer than the pauses between the calls of a service
     * that has anything to do, for starting a thread costs some 100 us; short enough that the thread is gone when
     * somebody looks for what a stopped application has left behind.
     */
    final TimerThread timers = new TimerThread(this, 10 * Nanos.PER_SECOND);

    private SystemTime() {}

    @Override
    public long nanoTime() {
        return System.nanoTime() - ORIGIN;
    }

    @Override
    public Timeout schedule(long atNanos, Runnable task) {
        return timers.schedule(atNanos, task);
    }

    @Override
    public boolean await(long atNanos, BooleanSupplier condition) throws InterruptedException {
        // Parks without a monitor, so that a virtual thread gives its carrier back. Parking may end for no reason:
        // condition, interrupt and clock decide, never the return of park.
        while (!condition.getAsBoolean()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (atNanos == Nanos.NEVER) {
                LockSupport.park(this);
            } else {
                long left = atNanos - nanoTime();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
            }
        }
        return true;
    }

    @Override
    public void wake(Thread thread) {
        LockSupport.unpark(thread);
    }
}
