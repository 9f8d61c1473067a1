package io.levee;

/** What tests ask of a {@link TimerThread}, under its lock. */
final class Timers {
    private Timers() {}

    /** How many tasks wait. */
    static int pending(TimerThread timer) {
        timer.lock.lock();
        try {
            return timer.wheel.size();
        } finally {
            timer.lock.unlock();
        }
    }

    /** The living thread. */
    static @Nullable Thread thread(TimerThread timer) {
        timer.lock.lock();
        try {
            return timer.thread;
        } finally {
            timer.lock.unlock();
        }
    }
}
