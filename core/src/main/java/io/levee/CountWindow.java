package io.levee;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The last n outcomes, one bit each, in a ring. An outcome takes its place by one CAS and then writes its bit, which
 * for a success over a success is no write at all.
 *
 * <p>Guaranteed: every outcome takes exactly one place; when no outcome is on its way, the counts are those of the n
 * outcomes that took the last n places. Not guaranteed: that counts read meanwhile include outcomes that have their
 * place but not yet their bit (their own thread judges after writing it); and that a thread which is stopped between
 * place and bit while n others pass doesn't then write over a newer outcome's bit. That is off by one in n, until the
 * ring comes round.
 */
final class CountWindow extends OutcomeWindow {
    private final int size;
    private final AtomicLongArray bits;

    /** How many places are taken (upper half, at most n) and which is next (lower half). */
    private final AtomicLong head = new AtomicLong();

    CountWindow(int size) {
        this.size = size;
        bits = new AtomicLongArray((size + Long.SIZE - 1) / Long.SIZE);
    }

    @Override
    void addPlain(long nowNanos) {
        write(takePlace(), false);
    }

    @Override
    long addMarked(long nowNanos) {
        write(takePlace(), true);
        return counts(nowNanos);
    }

    @Override
    long counts(long nowNanos) {
        // Bits before places: a bit is written after its place is taken, so there are never more marks than calls.
        int marked = 0;
        for (int i = 0; i < bits.length(); i++) {
            marked += Long.bitCount(bits.get(i));
        }
        return pair(calls(head.get()), marked);
    }

    /** Opponent: other outcomes, which want the same place. */
    private int takePlace() {
        while (true) {
            long now = head.get();
            int place = (int) now;
            int taken = calls(now);
            int following = place + 1 == size ? 0 : place + 1;
            if (head.compareAndSet(now, pair(taken == size ? size : taken + 1, following))) {
                return place;
            }
        }
    }

    /** Opponent: outcomes in the other 63 places of the same word. */
    private void write(int place, boolean marked) {
        int index = place / Long.SIZE;
        long bit = 1L << place; // the shift counts modulo 64
        while (true) {
            long word = bits.get(index);
            if (((word & bit) != 0) == marked || bits.compareAndSet(index, word, word ^ bit)) {
                return;
            }
        }
    }
}
