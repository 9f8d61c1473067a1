package io.levee;

/**
 * What a breaker's rule remembers of the outcomes while it is closed: calls, and among them the marked ones (failed, or
 * slow). Thread-safe and lock-free; adding allocates nothing. A window lives as long as one closed phase of a breaker
 * and is then dropped, so it is never emptied.
 *
 * <p>A pair of counts is handed over packed in one long: {@link #pair}, {@link #calls} and {@link #marked}.
 */
abstract class OutcomeWindow {
    /** Counts a call that is not marked. */
    abstract void addPlain(long nowNanos);

    /**
     * Counts a marked call.
     *
     * @return the counts as of that instant, this call included
     */
    abstract long addMarked(long nowNanos);

    /** The counts as of an instant. */
    abstract long counts(long nowNanos);

    static long pair(int calls, int marked) {
        return ((long) calls << Integer.SIZE) | marked;
    }

    static int calls(long pair) {
        return (int) (pair >>> Integer.SIZE);
    }

    static int marked(long pair) {
        return (int) pair;
    }
}
