package io.levee;

import java.util.concurrent.atomic.AtomicLong;

/**
 * An atomic that many threads write, kept off the cache lines of what they only read. The protections of one downstream
 * are made one after the other and so lie side by side; a write to one of them must not cost the reader of another one
 * a miss. 128 bytes, since processors fetch lines in pairs.
 */
final class PaddedLong extends AtomicLong {
    private static final long serialVersionUID = 1L;

    // What lies before this object ends with padding of its own, or is written no more often than it is made.
    @SuppressWarnings("unused")
    private transient long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

    PaddedLong(long initial) {
        super(initial);
    }
}
