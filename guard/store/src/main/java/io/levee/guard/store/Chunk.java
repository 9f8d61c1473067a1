package io.levee.guard.store;

import org.jspecify.annotations.Nullable;

/**
 * What is kept together as one row of the database: {@link CountChunk counts} or {@link TraceChunk traces} of one series and
 * a stretch of time. Changed by the one who holds the store's write lock, read under its read lock.
 */
abstract class Chunk {
    final Series series;
    final long begin;

    /** What the row held when it was read already counts the journal up to here. */
    private final long since;

    /** The last of the journal that changed it after that; 0 for none: then the row is as good. */
    private long changed;

    /** When it was last needed, in ticks of the store; a race between readers only makes it some older. */
    private volatile int used;

    Chunk(Series series, long begin, long since) {
        this.series = series;
        this.begin = begin;
        this.since = since;
    }

    abstract int level();

    abstract byte[] packed();

    /** Gives memory back; the next change unfolds it again. */
    abstract void fold();

    long since() {
        return since;
    }

    /** Whether an entry of the journal is still missing in it. */
    boolean lacks(long seq) {
        return seq > since;
    }

    void change(long seq) {
        changed = seq;
    }

    boolean isChanged() {
        return changed != 0;
    }

    /** The database has it up to there. */
    void written(long seq) {
        if (changed <= seq) {
            changed = 0;
        }
    }

    void use(int tick) {
        used = tick;
    }

    boolean unusedSince(int tick) {
        return used < tick;
    }

    /** A row of the database. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Row(long begin, long seq, byte @Nullable [] data) {}
}
