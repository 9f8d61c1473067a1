package io.levee;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The last n outcomes, one bit each, in a ring. An outcome takes its place by one CAS and then writes its bit, which
 * for a plain one over a plain one is no write at all.
 *
 * <p>A plain outcome in a full window without a mark takes no place: it would turn a ring of zeros by one, which nobody
 * can tell from not turning it. So with a healthy downstream a success only reads, and threads do not contend.
 *
 * <p>Guaranteed: every other outcome takes exactly one place; when no outcome is on its way, the counts are those of
 * the last n outcomes. Not guaranteed: that counts read meanwhile include outcomes that have their place but not yet their
 * bit (their own thread judges after writing it); and that a thread which is stopped between place and bit while n
 * others pass doesn't then write over a newer outcome's bit. That is off by one in n, until the ring comes round.
 */
final class CountWindow extends OutcomeWindow {
    // The head, from the highest bit: 22 bits marks, 21 bits taken, 21 bits place.
    private static final int TAKEN_SHIFT = 21;
    private static final int MARKS_SHIFT = 42;
    private static final long FIELD = (1L << TAKEN_SHIFT) - 1;
    private static final long MARK = 1L << MARKS_SHIFT;

    private final int size;
    private final AtomicLongArray bits;

    /**
     * How many places are taken (at most n), which is next, and the marks. An outcome adds its mark together with
     * taking its place, and takes off the mark that its bit has replaced once it has replaced it. So the marks are never
     * fewer than the bits that are set or on their way: none means none.
     */
    private final Padded head = new Padded(1);

    CountWindow(int size) {
        this.size = size;
        bits = new AtomicLongArray((size + Long.SIZE - 1) / Long.SIZE);
    }

    @Override
    void addPlain(long nowNanos) {
        if (head.get(Padded.FIRST) >>> TAKEN_SHIFT != size) { // else it is full and without a mark
            write(takePlace(0), false);
        }
    }

    @Override
    long addMarked(long nowNanos) {
        write(takePlace(MARK), true);
        return counts(nowNanos);
    }

    @Override
    long counts(long nowNanos) {
        // Bits before places: a bit is written after its place is taken, so there are never more marks than calls.
        int marked = 0;
        for (int i = 0; i < bits.length(); i++) {
            marked += Long.bitCount(bits.get(i));
        }
        return pair(taken(head.get(Padded.FIRST)), marked);
    }

    private static int taken(long head) {
        return (int) ((head >>> TAKEN_SHIFT) & FIELD);
    }

    /** Opponent: other outcomes, which want the same place. */
    private int takePlace(long mark) {
        while (true) {
            long now = head.get(Padded.FIRST);
            int place = (int) (now & FIELD);
            int taken = taken(now);
            long following = place + 1 == size ? 0 : place + 1;
            long takenThen = taken == size ? size : taken + 1;
            long marksThen = (now & -MARK) + mark;
            if (head.compareAndSet(Padded.FIRST, now, marksThen | (takenThen << TAKEN_SHIFT) | following)) {
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
            boolean was = (word & bit) != 0;
            if (was == marked || bits.compareAndSet(index, word, word ^ bit)) {
                if (was) {
                    head.getAndAdd(Padded.FIRST, -MARK);
                }
                return;
            }
        }
    }
}
