package io.levee.guard.store;

import io.levee.guard.slo.gate.Origin;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes what is counted. Callers that come together are committed together: whoever gets the turn first writes one entry of
 * the journal for all who wait. Thread-safe.
 */
final class CountWriter {
    private static final String CHECKPOINT = "checkpoint";
    private static final String PRUNED = "pruned";
    private static final byte[] NOTHING = {};

    /** As long as this another guard may be behind without loading all anew. */
    private static final Duration LAG = Duration.ofMinutes(2);

    private final Database database;
    private final StoreSettings settings;
    private final CountMemory memory;
    private final Queue<Batch> waiting = new ConcurrentLinkedQueue<>();

    /** The turn to write. Opponents: appends, the tick, and the thread that follows other guards. */
    private final ReentrantLock turn = new ReentrantLock();

    /** Guarded by the turn. */
    private SeenIds seen;

    /** The last entry that the chunks of the database hold. Guarded by the turn. */
    private long checkpoint;

    CountWriter(Database database, StoreSettings settings, CountMemory memory) {
        this.database = database;
        this.settings = settings;
        this.memory = memory;
        this.seen = noIds(settings);
    }

    private static SeenIds noIds(StoreSettings settings) {
        return new SeenIds(settings.idsFor().toMillis(), settings.mostIds());
    }

    // --- appends ----------------------------------------------------------------------------------------------------

    Store.Appended append(Batch batch) {
        waiting.add(batch);
        turn.lock();
        try {
            if (!batch.isDone()) {
                commitWaiting();
            }
        } finally {
            turn.unlock();
        }
        return batch.result();
    }

    private void commitWaiting() {
        List<Batch> group = new ArrayList<>();
        for (Batch next = waiting.poll(); next != null; next = waiting.poll()) {
            group.add(next);
        }
        Fresh fresh = new Fresh();
        try {
            Optional<CountMemory.Addition> committed = database.write(Database.Turn.COUNTS, connection -> {
                if (database.isShared()) {
                    follow(connection);
                }
                return write(connection, group, fresh);
            });
            committed.ifPresent(addition -> {
                addition.apply();
                fresh.keep(addition.seq());
            });
        } catch (SQLException | RuntimeException | Error e) {
            fresh.undo();
            StoreException failure = new StoreException(
                    "events cannot be written to " + settings + " (" + e.getMessage()
                            + "); none of them is counted: give the disk room or the database back, and send them again",
                    e);
            group.forEach(batch -> batch.fail(failure));
            if (e instanceof Error error) {
                throw error;
            }
        }
    }

    /** What is new in a group: undone if it is not committed. */
    private final class Fresh {
        private final long atMs = settings.clock().millis();
        private final List<String> batches = new ArrayList<>();
        private long[] ids = new long[64];
        private int size;

        void add(long id) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, size * 2);
            }
            ids[size++] = id;
        }

        byte[] packedIds() {
            Packed.Writer out = new Packed.Writer(size * Long.BYTES);
            for (int i = 0; i < size; i++) {
                out.fixed(ids[i]);
            }
            return out.bytes();
        }

        byte[] packedBatches() {
            Packed.Writer out = new Packed.Writer();
            batches.forEach(out::text);
            return out.bytes();
        }

        void keep(long seq) {
            seen.keep(new SeenIds.Group(seq, atMs, Arrays.copyOf(ids, size), batches));
        }

        void undo() {
            for (int i = 0; i < size; i++) {
                seen.remove(ids[i]);
            }
        }
    }

    private Optional<CountMemory.Addition> write(Connection connection, List<Batch> group, Fresh fresh)
            throws SQLException {
        seen.expire(fresh.atMs);
        SeriesBook.Additions series = memory.book().additions();
        List<Delta> deltas = new ArrayList<>();
        Set<String> together = new HashSet<>();
        long minutesFrom =
                Math.floorDiv(fresh.atMs, 1000L) - settings.minutesFor().toSeconds();
        for (Batch batch : group) {
            String id = batch.name().id();
            if (id != null && (seen.hasBatch(id) || !together.add(id))) {
                batch.isDuplicate();
                continue;
            }
            Imported.Lines lines = batch.name().lines();
            if (lines != null && !isNext(connection, batch, lines, fresh.atMs)) {
                continue;
            }
            batch.count(seen, fresh::add);
            for (Cell cell : batch.cells()) {
                // Of what is older than minutes are kept, where it came from is not kept either.
                Origin origin = cell.second < minutesFrom ? null : cell.origin;
                deltas.add(cell.delta(series.series(cell.objective.slo(), origin)));
            }
        }
        fresh.batches.addAll(together);
        if (deltas.isEmpty() && together.isEmpty()) {
            return Optional.empty();
        }
        long seq = memory.applied() + 1;
        CountMemory.Addition addition = memory.addition(connection, seq, fresh.atMs, deltas, series);
        CountTables.write(connection, series.inOrder(deltas));
        CountTables.insert(
                connection,
                new CountTables.Entry(seq, fresh.atMs, fresh.packedIds(), fresh.packedBatches(), Delta.pack(deltas)));
        return Optional.of(addition);
    }

    /** Whether these lines come next: then that they are in is written with what they count. */
    private static boolean isNext(Connection connection, Batch batch, Imported.Lines lines, long atMs)
            throws SQLException {
        Imported known = CountTables.imported(connection, lines.name());
        if (lines.to() <= known.lines()) {
            batch.isDuplicate();
            return false;
        }
        if (lines.from() != known.lines() + 1) {
            batch.isOutOfOrder(known);
            return false;
        }
        CountTables.setImported(connection, lines, atMs);
        return true;
    }

    // --- what others wrote, and what was written before --------------------------------------------------------------

    /** Loads what the database has. */
    void load() throws SQLException {
        turn.lock();
        try {
            database.write(Database.Turn.COUNTS, connection -> {
                load(connection);
                return true;
            });
        } finally {
            turn.unlock();
        }
    }

    private void load(Connection connection) throws SQLException {
        seen = noIds(settings);
        checkpoint = CountTables.meta(connection, CHECKPOINT);
        memory.load(connection, checkpoint);
        for (CountTables.Entry entry : CountTables.entries(connection, -1)) {
            take(connection, entry);
        }
        seen.expire(settings.clock().millis());
    }

    /** Takes over what other guards wrote since. */
    void follow() throws SQLException {
        turn.lock();
        try {
            database.read(connection -> {
                follow(connection);
                return true;
            });
        } finally {
            turn.unlock();
        }
    }

    private void follow(Connection connection) throws SQLException {
        // In this order: what is read later may be newer, never older, than what it is held against.
        long written = CountTables.meta(connection, CHECKPOINT);
        List<CountTables.Entry> entries = CountTables.entries(connection, memory.applied());
        if (CountTables.meta(connection, PRUNED) > memory.applied()) {
            load(connection);
            return;
        }
        if (!entries.isEmpty()) {
            memory.add(CountTables.series(connection, memory.book().lastId(), Long.MIN_VALUE));
        }
        for (CountTables.Entry entry : entries) {
            take(connection, entry);
        }
        if (written > checkpoint) {
            checkpoint = written;
            memory.written(Math.min(written, memory.applied()));
        }
    }

    private void take(Connection connection, CountTables.Entry entry) throws SQLException {
        Packed.Reader in = new Packed.Reader(entry.ids());
        long[] ids = new long[entry.ids().length / Long.BYTES];
        Arrays.setAll(ids, i -> in.fixed());
        seen.addAndKeep(new SeenIds.Group(entry.seq(), entry.atMs(), ids, batches(entry.batches())));
        if (entry.seq() > memory.applied()) {
            List<Delta> deltas = Delta.unpack(entry.data());
            for (Delta delta : deltas) {
                if (memory.book().byId(delta.series()) == null) {
                    // Its last event was so long ago that it had been forgotten here.
                    Series missing = CountTables.series(connection, delta.series());
                    memory.add(missing == null ? List.of() : List.of(missing));
                }
            }
            memory.addition(
                            connection,
                            entry.seq(),
                            entry.atMs(),
                            deltas,
                            memory.book().additions())
                    .apply();
        }
    }

    private static List<String> batches(byte[] packed) {
        List<String> batches = new ArrayList<>();
        Packed.Reader in = new Packed.Reader(packed);
        while (in.hasMore()) {
            batches.add(String.valueOf(in.text()));
        }
        return batches;
    }

    // --- now and then -----------------------------------------------------------------------------------------------

    /** Writes changed chunks, and deletes what of the journal nobody needs any more. */
    void checkpoint(long nowMs) throws SQLException {
        turn.lock();
        try {
            if (memory.applied() == checkpoint) {
                return;
            }
            long seq = database.write(Database.Turn.COUNTS, connection -> {
                if (database.isShared()) {
                    follow(connection);
                }
                memory.writeChanged(connection);
                CountTables.setMeta(connection, CHECKPOINT, memory.applied());
                prune(connection, nowMs);
                return memory.applied();
            });
            checkpoint = seq;
            memory.written(seq);
        } finally {
            turn.unlock();
        }
    }

    private void prune(Connection connection, long nowMs) throws SQLException {
        seen.expire(nowMs);
        long oldEnough = nowMs - (database.isShared() ? LAG.toMillis() : 0);
        long kept = Math.min(seen.firstSeq() - 1, memory.applied());
        long pruned = CountTables.meta(connection, PRUNED);
        long emptied = CountTables.lastBefore(connection, pruned, kept, oldEnough);
        if (emptied > pruned) {
            CountTables.empty(connection, pruned, emptied, NOTHING);
            CountTables.setMeta(connection, PRUNED, emptied);
        }
        CountTables.update(
                connection,
                "DELETE FROM journal WHERE seq <= ? AND at_ms < ?",
                Math.max(pruned, emptied),
                nowMs - settings.idsFor().toMillis());
    }

    void deleteOld(long nowMs) throws SQLException {
        turn.lock();
        try {
            database.write(Database.Turn.COUNTS, connection -> {
                memory.deleteOld(connection, nowMs);
                return true;
            });
        } finally {
            turn.unlock();
        }
    }

    void shrink(long nowMs, boolean old) {
        turn.lock();
        try {
            memory.shrink(nowMs);
            if (old) {
                memory.forgetOld(nowMs);
            }
        } finally {
            turn.unlock();
        }
    }
}
