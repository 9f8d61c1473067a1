package io.levee.guard.exporter;

import io.levee.CallResult;
import io.levee.Decision;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of calls, from any number of threads to one, in slots that are there from the start: to put a call in allocates
 * nothing and waits for nobody (D. Vyukov's bounded queue, 1024cores.net). A slot's turn says whose it is: equal to a position,
 * it is free for that position; one more, it is filled.
 */
final class EventRing {
    /** A call that has ended, or a decision about one. Written by the thread that took the slot, read by the sender. */
    static final class Slot {
        String service = "";

        @Nullable
        String endpoint;

        @Nullable
        String traceparent;

        /** What was decided on a retry; null for nothing. */
        @Nullable
        Decision decision;

        /** Whether a call has ended; else there is a decision alone. */
        boolean ended;

        CallResult result = CallResult.GOOD;
        long endedAtMillis;
        long tookNanos;
        int attempts;
    }

    private final Slot[] slots;
    private final AtomicLongArray turns;
    private final AtomicLong tail = new AtomicLong();
    /** The sender's own; others read it for a figure. */
    private volatile long head;

    EventRing(int capacity) {
        slots = new Slot[capacity];
        turns = new AtomicLongArray(capacity);
        for (int i = 0; i < capacity; i++) {
            slots[i] = new Slot();
            turns.set(i, i);
        }
    }

    /** Takes a position to fill; -1 if all slots are filled. */
    long claim() {
        long position = tail.get();
        while (true) {
            long behind = turns.get(index(position)) - position;
            if (behind < 0) {
                return -1;
            }
            if (behind == 0 && tail.compareAndSet(position, position + 1)) {
                return position;
            }
            position = tail.get();
        }
    }

    Slot slot(long position) {
        return slots[index(position)];
    }

    /** What was written into a claimed slot is there for the sender. */
    void publish(long position) {
        turns.setRelease(index(position), position + 1);
    }

    /** The oldest call; null if there is none yet. For the sender alone. */
    @Nullable
    Slot first() {
        long position = head;
        return turns.getAcquire(index(position)) == position + 1 ? slots[index(position)] : null;
    }

    /** Frees the slot of {@link #first()}. */
    void take() {
        long position = head;
        Slot slot = slots[index(position)];
        slot.traceparent = null;
        slot.decision = null;
        turns.setRelease(index(position), position + slots.length);
        head = position + 1;
    }

    /** How many wait, about. */
    int size() {
        return (int) Math.max(0, tail.get() - head);
    }

    private int index(long position) {
        return (int) (position & (slots.length - 1));
    }
}
