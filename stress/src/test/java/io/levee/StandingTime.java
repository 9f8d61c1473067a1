package io.levee;

import java.util.function.BooleanSupplier;

/** A clock that stands still, for code that only reads it. */
record StandingTime(long nanoTime) implements TimeSource {
    @Override
    public Timeout schedule(long atNanos, Runnable task) {
        throw new UnsupportedOperationException("nothing ever comes due");
    }

    @Override
    public boolean await(long atNanos, BooleanSupplier condition) {
        throw new UnsupportedOperationException("nothing ever comes due");
    }

    @Override
    public void wake(Thread thread) {
        throw new UnsupportedOperationException("nobody waits");
    }
}
