package io.levee.guard.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The counts as of some entry of the journal: changed chunks and those that are often read are in memory, the others in the
 * database.
 *
 * <p>What the journal adds is added to chunks in memory alone; the database gets whole chunks now and then, each with the
 * number of the last entry that is in it. A chunk that is read from the database takes later entries only. So an entry counts
 * once, whoever wrote the chunk and whenever a guard is killed.
 */
final class CountMemory {
    /** Ticks for which a chunk that nobody needs stays. */
    private static final int IDLE_TICKS = 300;

    /** How long a dead origin's row stays after every guard has forgotten it. */
    private static final Duration GRACE = Duration.ofDays(30);

    /** The hours of the last windows are kept in memory, since every status needs them. */
    static final Duration HOURS_IN_MEMORY = Duration.ofDays(36);

    /** Opponents: who reads counts (read), and who adds an entry of the journal, forgets chunks or loads all anew (write). */
    final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    private final StoreSettings settings;
    private final Set<Chunk> changed = new HashSet<>();
    private SeriesBook book = new SeriesBook();
    private volatile long applied;
    private final AtomicInteger ticks = new AtomicInteger();
    private long hoursFrom;

    CountMemory(StoreSettings settings) {
        this.settings = settings;
    }

    SeriesBook book() {
        return book;
    }

    /** The last entry of the journal that is counted. */
    long applied() {
        return applied;
    }

    int changedChunks() {
        return changed.size();
    }

    /** Something that a delta adds to. */
    private record Change(Chunk chunk, Delta delta) {
        void apply(long seq) {
            if (!chunk.lacks(seq)) {
                return;
            }
            if (chunk instanceof CountChunk counts) {
                counts.add(counts.resolution().stepOf(delta.second()), delta.sums());
            } else if (chunk instanceof TraceChunk traces) {
                traces.add(delta.noted());
            }
            chunk.change(seq);
        }
    }

    /** What an entry of the journal adds, with all of the database that it needs in memory: adding it cannot fail. */
    final class Addition {
        private final long seq;
        private final List<Change> changes = new ArrayList<>();
        private final List<Delta> deltas;
        private final SeriesBook.Additions series;

        private Addition(long seq, List<Delta> deltas, SeriesBook.Additions series) {
            this.seq = seq;
            this.deltas = deltas;
            this.series = series;
        }

        long seq() {
            return seq;
        }

        /** Whoever calls holds the turn to write. */
        void apply() {
            lock.writeLock().lock();
            try {
                series.accept();
                for (Change change : changes) {
                    change.apply(seq);
                    changed.add(change.chunk());
                }
                for (Delta delta : deltas) {
                    happened(book.byId(delta.series()), delta);
                }
                applied = seq;
            } finally {
                lock.writeLock().unlock();
            }
        }

        private void happened(@Nullable Series origin, Delta delta) {
            Series all = origin == null ? null : book.all(origin.slo);
            if (origin != null && all != null) {
                origin.happened(delta.firstMs(), delta.lastMs());
                all.happened(delta.firstMs(), delta.lastMs());
            }
        }
    }

    /** Makes ready to add an entry of the journal. */
    Addition addition(Connection connection, long seq, long atMs, List<Delta> deltas, SeriesBook.Additions series)
            throws SQLException {
        Addition addition = new Addition(seq, deltas, series);
        long at = Math.floorDiv(atMs, 1000L);
        for (Delta delta : deltas) {
            Series origin = series.byId(delta.series());
            Series all = origin == null ? null : series.all(origin.slo);
            if (origin == null || all == null) {
                throw new IllegalStateException("entry " + seq + " of the journal names series " + delta.series()
                        + ", which the database does not have");
            }
            for (Level level : Level.values()) {
                long oldest = at - level.keptFor(settings).toSeconds();
                long begin = level.chunkOf(delta.second());
                if (begin + level.chunkSeconds() > oldest) {
                    addition.changes.add(new Change(loaded(connection, all, level.number(), begin), delta));
                    if (level == Level.MINUTES && origin != all) {
                        addition.changes.add(new Change(loaded(connection, origin, level.number(), begin), delta));
                    }
                }
            }
            if (!delta.noted().isEmpty() && origin != all) {
                long begin = TraceChunk.chunkOf(delta.second());
                addition.changes.add(new Change(loaded(connection, origin, TraceChunk.LEVEL, begin), delta));
            }
        }
        return addition;
    }

    private Chunk loaded(Connection connection, Series series, int level, long begin) throws SQLException {
        Chunk chunk = series.inMemory(level, begin);
        if (chunk == null) {
            Chunk.Row row =
                    series.isComplete(level, begin) ? null : CountTables.chunk(connection, level, series.id, begin);
            chunk = series.keep(chunk(series, level, row == null ? new Chunk.Row(begin, 0, null) : row));
        }
        chunk.use(ticks.get());
        return chunk;
    }

    private static Chunk chunk(Series series, int level, Chunk.Row row) {
        return level == TraceChunk.LEVEL
                ? new TraceChunk(series, row)
                : new CountChunk(Level.numbered(level), series, row);
    }

    // --- reading: under the read lock -------------------------------------------------------------------------------

    /** One chunk, which stays in memory for a while. */
    Chunk chunk(Database database, Series series, int level, long begin) throws SQLException {
        Chunk chunk = series.inMemory(level, begin);
        if (chunk == null && series.isComplete(level, begin)) {
            return chunk(series, level, new Chunk.Row(begin, 0, null));
        }
        if (chunk == null) {
            Chunk.Row row = database.read(
                            connection -> Optional.ofNullable(CountTables.chunk(connection, level, series.id, begin)))
                    .orElse(null);
            chunk = series.keep(noNewer(chunk(series, level, row == null ? new Chunk.Row(begin, 0, null) : row)));
        }
        chunk.use(ticks.get());
        return chunk;
    }

    /** Those that begin from one second to before another, in order. What is not in memory does not stay there. */
    List<Chunk> chunks(Database database, Series series, int level, long from, long to) throws SQLException {
        List<Chunk> found = new ArrayList<>();
        for (Chunk chunk : series.inMemory(level)) {
            if (chunk.begin >= from && chunk.begin < to) {
                found.add(chunk);
            }
        }
        if (!series.isComplete(level, from)) {
            for (Chunk.Row row :
                    database.read(connection -> CountTables.chunks(connection, level, series.id, from, to))) {
                if (series.inMemory(level, row.begin()) == null) {
                    found.add(noNewer(chunk(series, level, row)));
                }
            }
        }
        found.sort((one, other) -> Long.compare(one.begin, other.begin));
        return found;
    }

    /** Another guard wrote it, and counted what this one has yet to hear of. */
    private Chunk noNewer(Chunk chunk) {
        if (chunk.since() > applied) {
            throw new BehindException();
        }
        return chunk;
    }

    /** The database is ahead of this memory: catch up and read again. */
    static final class BehindException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BehindException() {
            super(null, null, false, false);
        }
    }

    // --- writing: whoever calls holds the turn to write -------------------------------------------------------------

    /** Series that another guard added. */
    void add(List<Series> series) {
        lock.writeLock().lock();
        try {
            series.forEach(book::add);
        } finally {
            lock.writeLock().unlock();
        }
    }

    void writeChanged(Connection connection) throws SQLException {
        CountTables.write(connection, changed, applied);
        CountTables.write(
                connection, book.series().stream().filter(Series::isChanged).toList());
    }

    /** The database has all up to an entry of the journal. */
    void written(long seq) {
        lock.writeLock().lock();
        try {
            changed.removeIf(chunk -> {
                chunk.written(seq);
                if (chunk.isChanged()) {
                    return false;
                }
                chunk.fold();
                return true;
            });
            if (seq >= applied) {
                book.series().forEach(Series::written);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Begins with what the database has: everything up to an entry of the journal. */
    void load(Connection connection, long seq) throws SQLException {
        long nowMs = settings.clock().millis();
        SeriesBook fresh = new SeriesBook();
        CountTables.series(connection, 0, nowMs - settings.minutesFor().toMillis())
                .forEach(fresh::add);
        fresh.taken(CountTables.lastSeries(connection));
        int level = Level.HOURS.number();
        long from = Level.HOURS.chunkOf(nowMs / 1000 - HOURS_IN_MEMORY.toSeconds());
        CountTables.chunksOfAll(connection, level, from, (id, row) -> {
            Series series = fresh.byId(id);
            if (series != null) {
                series.keep(chunk(series, level, row));
            }
        });
        fresh.series().stream()
                .filter(series -> series.origin == null)
                .forEach(series -> series.completeFrom(level, from));
        lock.writeLock().lock();
        try {
            changed.clear();
            book = fresh;
            hoursFrom = from;
            applied = seq;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Forgets what nobody has needed for a while. */
    void shrink(long nowMs) {
        int now = ticks.incrementAndGet();
        if (now % IDLE_TICKS != 0) {
            return;
        }
        lock.writeLock().lock();
        try {
            hoursFrom = Level.HOURS.chunkOf(nowMs / 1000 - HOURS_IN_MEMORY.toSeconds());
            for (Series series : book.series()) {
                for (int level = 0; level <= TraceChunk.LEVEL; level++) {
                    for (Chunk chunk : series.inMemory(level)) {
                        boolean stays = level == Level.HOURS.number() && chunk.begin >= hoursFrom;
                        if (!stays && !chunk.isChanged() && chunk.unusedSince(now - IDLE_TICKS)) {
                            series.forget(chunk);
                        }
                    }
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Deletes from the database what is older than it is kept. */
    void deleteOld(Connection connection, long nowMs) throws SQLException {
        long now = nowMs / 1000;
        for (Level level : Level.values()) {
            long oldest = level.chunkOf(now - level.keptFor(settings).toSeconds());
            CountTables.deleteBefore(connection, level.number(), book.series(), oldest);
        }
        long oldest = Level.MINUTES.chunkOf(now - settings.minutesFor().toSeconds());
        CountTables.deleteBefore(connection, TraceChunk.LEVEL, book.series(), oldest);
        CountTables.update(
                connection,
                "DELETE FROM series WHERE environment IS NOT NULL AND last_ms < ?",
                nowMs - settings.minutesFor().plus(GRACE).toMillis());
    }

    /** Forgets origins that have no minutes any more, and chunks that are gone from the database. */
    void forgetOld(long nowMs) {
        long aliveMs = nowMs - settings.minutesFor().toMillis();
        lock.writeLock().lock();
        try {
            for (Series series : List.copyOf(book.series())) {
                for (Level level : Level.values()) {
                    forgetBefore(
                            series,
                            level.number(),
                            nowMs / 1000 - level.keptFor(settings).toSeconds());
                }
                forgetBefore(series, TraceChunk.LEVEL, aliveMs / 1000);
                if (series.origin != null && series.lastMs() < aliveMs && !series.isChanged()) {
                    book.remove(series);
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static void forgetBefore(Series series, int level, long second) {
        for (Chunk chunk : series.inMemory(level)) {
            boolean gone = chunk.begin < Level.HOURS.chunkOf(second);
            if (gone && !chunk.isChanged()) {
                series.forget(chunk);
            }
        }
    }

    /** What is kept of single calls of an origin between two seconds. */
    List<Noted> noted(Database database, Series origin, long from, long to) throws SQLException {
        List<Noted> found = new ArrayList<>();
        for (Chunk chunk :
                chunks(database, origin, TraceChunk.LEVEL, TraceChunk.chunkOf(from), TraceChunk.chunkOf(to) + 1)) {
            found.addAll(((TraceChunk) chunk).between(from, to));
        }
        return found;
    }
}
