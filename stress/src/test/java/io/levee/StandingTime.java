package io.levee;

import java.util.function.BooleanSupplier;

/** A clock that is read, and by which nobody waits: an instant that stands still, or one that the test moves. */
@FunctionalInterface
interface StandingTime extends TimeSource {
    @Override
    default Timeout schedule(long atNanos, Runnable task) {
        throw new UnsupportedOperationException("nothing ever comes due");
    }

    @Override
    default boolean await(long atNanos, BooleanSupplier condition) {
        throw new UnsupportedOperationException("nothing ever comes due");
    }

    @Override
    default void wake(Thread thread) {
        throw new UnsupportedOperationException("nobody waits");
    }
}
