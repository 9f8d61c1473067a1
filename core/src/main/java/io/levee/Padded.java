package io.levee;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Longs that many threads write, kept off the cache lines of what they only read, and off each other's. The protections
 * of one downstream are made one after the other and so lie side by side; a write to one of them must not cost the reader
 * of another one a miss. 128 bytes each, since processors fetch lines in pairs.
 *
 * <p>There is one of them, or one for each <em>stripe</em>: a group of threads. What one stripe writes costs the others no miss. Beside each
 * long there is room for some that are written seldom.
 */
@SuppressWarnings("serial") // nobody serializes one
final class Padded extends AtomicLongArray {
    /** From one to the next. The room before the first keeps off what lies before the array. */
    static final int STRIDE = 16;

    /** The index of the first. */
    static final int FIRST = STRIDE;

    /** Twice the processors, so that two threads seldom meet; bounded, as each costs its 128 bytes. A power of two. */
    static final int STRIPES = Integer.highestOneBit(
            2 * Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors())));

    /** Behind the last stripe. */
    static final int END = (STRIPES + 1) * STRIDE;

    Padded(int longs) {
        super((longs + 1) * STRIDE);
    }

    /** The index of the present thread's stripe. Threads of a pool have numbers in a row, and so stripes of their own. */
    static int own() {
        return FIRST + STRIDE * ((int) Thread.currentThread().getId() & (STRIPES - 1));
    }
}
