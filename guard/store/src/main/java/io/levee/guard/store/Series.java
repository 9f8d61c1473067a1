package io.levee.guard.store;

import io.levee.guard.slo.gate.Origin;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts of one objective from one origin, or from all of them together; with the chunks of it that are in memory. Changed as
 * its {@link Chunk}s are; readers may add chunks that they read from the database.
 */
final class Series {
    final long id;
    final String slo;

    /** Null for all origins together. */
    final @Nullable Origin origin;

    /** Of each level by its begin. An empty one says that the database has none. */
    private final Map<Long, Chunk>[] chunks;

    /** Of each level: from this begin on, what is not in memory is nowhere. */
    private final long[] completeFrom;

    private long firstMs;
    private long lastMs;
    private boolean changed;

    Series(long id, String slo, @Nullable Origin origin, long firstMs, long lastMs) {
        this.id = id;
        this.slo = slo;
        this.origin = origin;
        this.firstMs = firstMs;
        this.lastMs = lastMs;
        @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of parameterised types.
        Map<Long, Chunk>[] levels = new Map[TraceChunk.LEVEL + 1];
        Arrays.setAll(levels, level -> new ConcurrentHashMap<>());
        this.chunks = levels;
        this.completeFrom = new long[levels.length];
        Arrays.fill(completeFrom, Long.MAX_VALUE);
    }

    /** One that no database has anything of. */
    static Series fresh(long id, String slo, @Nullable Origin origin) {
        Series series = new Series(id, slo, origin, Long.MAX_VALUE, Long.MIN_VALUE);
        Arrays.fill(series.completeFrom, Long.MIN_VALUE);
        return series;
    }

    @Nullable
    Chunk inMemory(int level, long begin) {
        return chunks[level].get(begin);
    }

    /** Answers the one that is there if there is one. */
    Chunk keep(Chunk chunk) {
        Chunk before = chunks[chunk.level()].putIfAbsent(chunk.begin, chunk);
        return before == null ? chunk : before;
    }

    Iterable<Chunk> inMemory(int level) {
        return chunks[level].values();
    }

    void forget(Chunk chunk) {
        chunks[chunk.level()].remove(chunk.begin);
        completeFrom[chunk.level()] = Math.max(completeFrom[chunk.level()], chunk.begin + 1);
    }

    boolean isComplete(int level, long begin) {
        return begin >= completeFrom[level];
    }

    void completeFrom(int level, long begin) {
        completeFrom[level] = Math.min(completeFrom[level], begin);
    }

    void happened(long first, long last) {
        if (first < firstMs) {
            firstMs = first;
            changed = true;
        }
        if (last > lastMs) {
            lastMs = last;
            changed = true;
        }
    }

    long firstMs() {
        return firstMs;
    }

    long lastMs() {
        return lastMs;
    }

    boolean isChanged() {
        return changed;
    }

    void written() {
        changed = false;
    }
}
