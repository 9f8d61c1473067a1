package io.levee;

import java.util.function.BooleanSupplier;

/**
 * Monotonic time, and waiting in it: the only clock, timer and sleep that the engine knows. {@link #system()} is the
 * real one; the virtual one of the test kit lets a test run minutes of backoff in microseconds.
 *
 * <p>Instants are nanoseconds since an arbitrary origin of this source; they are never negative, never run backwards
 * and have nothing to do with the wall clock, so a step of the wall clock changes no wait. Implementations are
 * thread-safe.
 */
public interface TimeSource {
    /**
     * The present instant.
     *
     * @return nanoseconds since this source's origin, 0 or more
     */
    long nanoTime();

    /**
     * Runs a task once at an instant: never before, and late by at most one tick of the timer (about 1 ms on the
     * system's). The task runs on the timer's thread and must be short and must not block; whatever it throws is
     * reported to the thread's handler and harms no other task.
     *
     * @param atNanos the instant, on {@link #nanoTime()}'s scale; one that has passed is due at once
     * @param task what to run
     * @return a handle that takes the task back
     */
    Timeout schedule(long atNanos, Runnable task);

    /**
     * Blocks the calling thread until a condition holds, an instant is reached, or the thread is interrupted,
     * whichever comes first. Whoever makes the condition true calls {@link #wake(Thread)} afterwards.
     *
     * @param atNanos the instant at which to give up, {@link Long#MAX_VALUE} for never
     * @param condition tested on the calling thread, before waiting and after each wake
     * @return true if the condition holds, false if the instant was reached first
     * @throws InterruptedException if the thread is interrupted; the flag is then clear
     */
    boolean await(long atNanos, BooleanSupplier condition) throws InterruptedException;

    /**
     * Lets a thread that is blocked in {@link #await} test its condition again.
     *
     * @param thread the thread; nothing happens if it is not waiting
     */
    void wake(Thread thread);

    /** A scheduled task. Thread-safe. */
    interface Timeout {
        /**
         * Takes the task back: it will not start from now on. Leaves nothing behind in the timer.
         *
         * @return false if the task had started, or had been cancelled before
         */
        boolean cancel();
    }

    /**
     * The machine's own monotonic clock ({@link System#nanoTime()}), with one timer thread for the whole JVM: a daemon
     * that is started when something is first scheduled and that ends when nothing has been pending for a while.
     *
     * @return the one instance
     */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }
}
