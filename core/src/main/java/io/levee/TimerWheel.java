package io.levee;

/**
 * A hierarchical timing wheel (Varghese and Lauck: Hashed and Hierarchical Timing Wheels, 1987; scheme 7). Adding and
 * removing an entry are O(1). Pure: it knows no clock and no thread, and its user guards it.
 *
 * <h2>How instants become slots</h2>
 *
 * Time is cut into ticks of 2^20 ns (1.05 ms). An entry's tick is its instant rounded up, so that it never fires early
 * and fires at most one tick late. The tick is read as a number in base 64. An entry lies at the level of the highest
 * digit in which its tick differs from the current one, in the slot that this digit of its tick names. Three things
 * follow, and the rest of the class rests on them:
 *
 * <ul>
 *   <li>within a level the occupied slots lie at or above the current tick's digit, so nothing wraps round and the
 *       lowest bit of the level's bitmap is its earliest slot;
 *   <li>whatever lies at a lower level is due before whatever lies at a higher one, so the earliest slot of all is the
 *       lowest bit of the lowest level that has any;
 *   <li>the current tick can jump to any tick before that slot without touching an entry, so that an idle wheel
 *       costs nothing, however long it idles.
 * </ul>
 *
 * When the current tick reaches a slot of a higher level, its entries cascade: each moves to the level where it belongs
 * now. That is done in batches of {@link #CASCADE_BATCH}, so that whoever waits for the wheel's guard waits for
 * microseconds, however full the slot is.
 *
 * <p>Eight levels of 6 bits hold every tick that a long can name (2^43, 292 years), so there is no horizon and no
 * overflow list.
 *
 * <h2>What a slot is</h2>
 *
 * A list of chunks of {@value #CHUNK} places; an entry knows its place, and leaves it empty when it goes. A chunk without
 * entries is dropped, unless it is the slot's last. Entries that are list nodes of their own would be a little
 * smaller, and cost three times as much: the wheel is old and an entry is young, and of each pointer from old to young
 * G1 makes a note for its next collection, at some 30 ns. So an entry is pointed to once, and goes by writing null.
 *
 * <h2>What an entry costs</h2>
 *
 * With compressed pointers 12 bytes of header, 4 each for chunk, index and task, and 8 for the tick: 32, and
 * {@link TimerThread}'s handle, which is the entry, adds its owner: 40 bytes with padding. Its share of a full chunk is
 * 7.5 bytes. An entry left alone in its chunk holds all 120, and so does each slot that was in use: 60 KiB at most.
 */
final class TimerWheel {
    /** A tick is 2^20 ns: a shift instead of a division, and close to the millisecond that such timers promise. */
    static final int TICK_SHIFT = 20;

    static final long TICK_NANOS = 1L << TICK_SHIFT;

    /** {@link #nextTick()} where there is none. */
    static final long NO_TICK = Long.MAX_VALUE;

    /** Some 256 cache misses, 10 to 25 us. */
    static final int CASCADE_BATCH = 256;

    private static final int DIGIT_BITS = 6;
    private static final int SLOTS = 1 << DIGIT_BITS;
    private static final int LEVELS = 8;
    /** The list of entries that are due; it follows the levels' slots. */
    private static final int DUE = LEVELS * SLOTS;

    private static final int NONE = -1;

    private static final int CHUNK = 16;

    private final @Nullable Chunk[] heads = new Chunk[DUE + 1];
    private final @Nullable Chunk[] tails = new Chunk[DUE + 1];
    /** One bit a slot, one long a level. */
    private final long[] occupied = new long[LEVELS];

    /** Everything at or before this tick is in the DUE list or in the cascading slot, everything after it is not. */
    private long currentTick;
    /** The slot whose entries are on their way down, or NONE. Time stands still until it is empty. */
    private int cascading = NONE;

    private int size;

    /** A scheduled task: what lies in the wheel, and the handle of the user in one. */
    static final class Entry implements TimeSource.Timeout {
        private final @Nullable TimerThread owner;
        final Runnable task;
        /** Null while it is in no wheel. */
        private @Nullable Chunk chunk;

        private int index;
        /** The tick at which it is due. */
        long tick;

        /** Without an owner it is the wheel's alone, and cannot cancel itself. */
        Entry(@Nullable TimerThread owner, Runnable task) {
            this.owner = owner;
            this.task = task;
        }

        @Override
        public boolean cancel() {
            return owner != null && owner.cancel(this);
        }
    }

    /** Places for some entries of one slot. */
    private static final class Chunk {
        private final @Nullable Entry[] entries = new Entry[CHUNK];
        private final int slot;
        private @Nullable Chunk next;
        private @Nullable Chunk previous;
        /** No entry lies before this place ... */
        private int from;
        /** ... or at this one or after it. */
        private int to;

        private int size;

        Chunk(int slot, @Nullable Chunk previous) {
            this.slot = slot;
            this.previous = previous;
        }

        void add(Entry entry) {
            entry.chunk = this;
            entry.index = to;
            entries[to++] = entry;
            size++;
        }

        void remove(Entry entry) {
            entries[entry.index] = null;
            entry.chunk = null;
            if (--size == 0) {
                from = 0;
                to = 0;
            } else if (entry.index == to - 1) {
                to--; // the place of the last to come can be used again at once
            }
        }

        @Nullable
        Entry first() {
            if (size == 0) {
                return null;
            }
            Entry first = entries[from];
            while (first == null) {
                first = entries[++from];
            }
            return first;
        }
    }

    /** How many entries wait, those that are due but not polled included. */
    int size() {
        return size;
    }

    /**
     * Adds an entry that is in no wheel. At equal ticks entries come out in the order in which they went in, except round
     * a cascade of more than a batch.
     *
     * @param atNanos the instant at which it is due; one that has passed is due at the next poll. {@link Nanos#NEVER},
     *     and whatever less than a tick before it, is never due
     */
    void add(Entry entry, long atNanos) {
        // Unsigned, so that rounding up NEVER gives 2^43: a tick that no instant reaches.
        entry.tick = atNanos <= 0 ? 0 : (atNanos + (TICK_NANOS - 1)) >>> TICK_SHIFT;
        place(entry);
        size++;
    }

    /**
     * Takes an entry out.
     *
     * @return false if it was not in the wheel: polled, removed, or never added
     */
    boolean remove(Entry entry) {
        Chunk chunk = entry.chunk;
        if (chunk == null) {
            return false;
        }
        unlink(entry, chunk);
        size--;
        return true;
    }

    /**
     * Takes out the earliest entry that is due. One that was late when it was added comes after those that are due
     * already, so that a task that adds itself again and again keeps no other from running.
     *
     * @param nowNanos the present instant
     * @return the entry; null if none is due, or if a batch of a cascade was moved and more is to do:
     *     {@link #nextTick()} then is not after now, and the caller polls again
     */
    @Nullable
    Entry poll(long nowNanos) {
        moveTo(nowNanos >>> TICK_SHIFT);
        Entry due = first(DUE);
        if (due != null) {
            remove(due);
        }
        return due;
    }

    /**
     * The tick at which to poll again. For entries that are far away it can be before the first of them is due, never
     * after.
     *
     * @return a tick, {@link #NO_TICK} if the wheel is empty or none will ever be due
     */
    long nextTick() {
        if (first(DUE) != null || cascading != NONE) {
            return currentTick;
        }
        int slot = firstSlot();
        return slot == NONE ? NO_TICK : startTick(slot);
    }

    /** The instant at which a tick begins, {@link Nanos#NEVER} where a long cannot say it. */
    static long nanosOf(long tick) {
        return tick > Long.MAX_VALUE >>> TICK_SHIFT ? Nanos.NEVER : tick << TICK_SHIFT;
    }

    /** Lets time pass: what becomes due moves to the DUE list. Stops, with time, after a batch of moves. */
    private void moveTo(long tick) {
        int moves = CASCADE_BATCH;
        while (true) {
            if (cascading == NONE) {
                int slot = firstSlot();
                long start = slot == NONE ? NO_TICK : startTick(slot);
                if (start > tick) {
                    currentTick = Math.max(currentTick, tick);
                    return;
                }
                currentTick = start;
                cascading = slot;
            }
            Entry entry = first(cascading);
            while (entry != null) {
                if (moves-- == 0) {
                    return;
                }
                Chunk chunk = entry.chunk;
                if (chunk != null) { // as it is: the entry was found in it
                    unlink(entry, chunk);
                }
                place(entry);
                entry = first(cascading);
            }
            cascading = NONE;
        }
    }

    private void place(Entry entry) {
        if (entry.tick <= currentTick) {
            append(entry, DUE);
            return;
        }
        int level = (63 - Long.numberOfLeadingZeros(entry.tick ^ currentTick)) / DIGIT_BITS;
        int digit = (int) (entry.tick >>> (level * DIGIT_BITS)) & (SLOTS - 1);
        occupied[level] |= 1L << digit;
        append(entry, level * SLOTS + digit);
    }

    private void append(Entry entry, int slot) {
        Chunk tail = tails[slot];
        if (tail == null || tail.to == CHUNK) {
            tail = newTail(slot, tail);
        }
        tail.add(entry);
    }

    private Chunk newTail(int slot, @Nullable Chunk before) {
        Chunk tail = new Chunk(slot, before);
        if (before == null) {
            heads[slot] = tail;
        } else {
            before.next = tail;
        }
        tails[slot] = tail;
        return tail;
    }

    private void unlink(Entry entry, Chunk chunk) {
        chunk.remove(entry);
        if (chunk.size > 0) {
            return;
        }
        int slot = chunk.slot;
        // An empty tail stays: the next entry of its slot may come and go at once, and again and again.
        if (chunk != tails[slot]) {
            drop(chunk, slot);
        }
        if (first(slot) == null && slot != DUE) {
            occupied[slot >>> DIGIT_BITS] &= ~(1L << slot); // a shift takes the lower 6 bits of its distance: the digit
        }
    }

    private void drop(Chunk chunk, int slot) {
        Chunk before = chunk.previous;
        Chunk after = chunk.next;
        if (before == null) {
            heads[slot] = after;
        } else {
            before.next = after;
        }
        if (after != null) { // it is not the tail
            after.previous = before;
        }
        chunk.next = null;
        chunk.previous = null;
    }

    /** The entry that has been in a slot for longest. */
    private @Nullable Entry first(int slot) {
        Chunk head = heads[slot];
        return head == null ? null : head.first();
    }

    private int firstSlot() {
        for (int level = 0; level < LEVELS; level++) {
            if (occupied[level] != 0) {
                return level * SLOTS + Long.numberOfTrailingZeros(occupied[level]);
            }
        }
        return NONE;
    }

    /** The first tick of a slot: the current tick's digits above the level, the slot's digit, zeros below. */
    private long startTick(int slot) {
        int shift = (slot >>> DIGIT_BITS) * DIGIT_BITS;
        long above = currentTick >>> shift >>> DIGIT_BITS << DIGIT_BITS;
        return (above | (slot & (SLOTS - 1))) << shift;
    }
}
