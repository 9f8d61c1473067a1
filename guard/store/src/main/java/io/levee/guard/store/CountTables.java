package io.levee.guard.store;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.Origin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The SQL of what is counted, the same for both databases. */
final class CountTables {
    private static final int AT_ONCE = 1_000;

    private CountTables() {}

    /** An entry of the journal: what some batches, committed together, added. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Entry(long seq, long atMs, byte[] ids, byte[] batches, byte[] data) {}

    static long meta(Connection connection, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT value FROM meta WHERE name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    static void setMeta(Connection connection, String name, long value) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO meta (name, value) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value")) {
            upsert.setString(1, name);
            upsert.setLong(2, value);
            upsert.executeUpdate();
        }
    }

    static Imported imported(Connection connection, String name) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT lines, digest FROM imported WHERE name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new Imported(row.getLong(1), row.getString(2)) : Imported.NOTHING;
            }
        }
    }

    static void setImported(Connection connection, Imported.Lines lines, long atMs) throws SQLException {
        try (PreparedStatement upsert =
                connection.prepareStatement("INSERT INTO imported (name, lines, digest, at_ms) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (name) DO UPDATE SET lines = excluded.lines, digest = excluded.digest,"
                        + " at_ms = excluded.at_ms")) {
            upsert.setString(1, lines.name());
            upsert.setLong(2, lines.to());
            upsert.setString(3, lines.digest());
            upsert.setLong(4, atMs);
            upsert.executeUpdate();
        }
    }

    // --- series -----------------------------------------------------------------------------------------------------

    static List<Series> series(Connection connection, long afterId, long aliveMs) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id, slo, environment, release, side, first_ms, last_ms FROM series"
                        + " WHERE id > ? AND (environment IS NULL OR last_ms >= ?) ORDER BY id")) {
            select.setLong(1, afterId);
            select.setLong(2, aliveMs);
            try (ResultSet row = select.executeQuery()) {
                List<Series> found = new ArrayList<>();
                while (row.next()) {
                    found.add(series(row));
                }
                return found;
            }
        }
    }

    static @Nullable Series series(Connection connection, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id, slo, environment, release, side, first_ms, last_ms FROM series WHERE id = ?")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? series(row) : null;
            }
        }
    }

    static long lastSeries(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT COALESCE(MAX(id), 0) FROM series");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static Series series(ResultSet row) throws SQLException {
        String environment = row.getString(3);
        String side = row.getString(5);
        Origin origin = environment == null
                ? null
                : new Origin(
                        Environment.valueOf(environment),
                        row.getString(4),
                        side == null ? null : Event.Side.valueOf(side));
        return new Series(row.getLong(1), row.getString(2), origin, row.getLong(6), row.getLong(7));
    }

    static void write(Connection connection, Collection<Series> series) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO series (id, slo, environment, release, side, first_ms, last_ms)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                        + " first_ms = excluded.first_ms, last_ms = excluded.last_ms")) {
            for (Series each : series) {
                Origin origin = each.origin;
                upsert.setLong(1, each.id);
                upsert.setString(2, each.slo);
                upsert.setString(3, origin == null ? null : origin.environment().name());
                upsert.setString(4, origin == null ? null : origin.release());
                upsert.setString(5, name(origin == null ? null : origin.side()));
                upsert.setLong(6, each.firstMs());
                upsert.setLong(7, each.lastMs());
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }

    private static @Nullable String name(@Nullable Enum<?> value) {
        return value == null ? null : value.name();
    }

    // --- chunks -----------------------------------------------------------------------------------------------------

    static Chunk.@Nullable Row chunk(Connection connection, int level, long series, long begin) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT seq, data FROM chunk WHERE level = ? AND series = ? AND begin_at = ?")) {
            select.setInt(1, level);
            select.setLong(2, series);
            select.setLong(3, begin);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new Chunk.Row(begin, row.getLong(1), row.getBytes(2)) : null;
            }
        }
    }

    /** Those that begin from one second to before another, in order. */
    static List<Chunk.Row> chunks(Connection connection, int level, long series, long from, long to)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT begin_at, seq, data FROM chunk WHERE level = ? AND series = ?"
                        + " AND begin_at >= ? AND begin_at < ? ORDER BY begin_at")) {
            select.setInt(1, level);
            select.setLong(2, series);
            select.setLong(3, from);
            select.setLong(4, to);
            try (ResultSet row = select.executeQuery()) {
                List<Chunk.Row> found = new ArrayList<>();
                while (row.next()) {
                    found.add(new Chunk.Row(row.getLong(1), row.getLong(2), row.getBytes(3)));
                }
                return found;
            }
        }
    }

    /** Those of a level that begin at a second or later, of the series of all origins together. */
    static void chunksOfAll(Connection connection, int level, long from, BiConsumer<Long, Chunk.Row> visitor)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT c.series, c.begin_at, c.seq, c.data FROM series s JOIN chunk c"
                        + " ON c.level = ? AND c.series = s.id AND c.begin_at >= ? WHERE s.environment IS NULL")) {
            select.setInt(1, level);
            select.setLong(2, from);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    visitor.accept(row.getLong(1), new Chunk.Row(row.getLong(2), row.getLong(3), row.getBytes(4)));
                }
            }
        }
    }

    static void write(Connection connection, Collection<Chunk> chunks, long seq) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO chunk (level, series, begin_at, seq, data) VALUES (?, ?, ?, ?, ?)"
                        + " ON CONFLICT (level, series, begin_at) DO UPDATE SET"
                        + " seq = excluded.seq, data = excluded.data")) {
            int waiting = 0;
            for (Chunk chunk : chunks) {
                upsert.setInt(1, chunk.level());
                upsert.setLong(2, chunk.series.id);
                upsert.setLong(3, chunk.begin);
                upsert.setLong(4, seq);
                upsert.setBytes(5, chunk.packed());
                upsert.addBatch();
                if (++waiting == AT_ONCE) {
                    upsert.executeBatch();
                    waiting = 0;
                }
            }
            upsert.executeBatch();
        }
    }

    /** Deletes the chunks of some series that begin before a second. */
    static void deleteBefore(Connection connection, int level, Collection<Series> series, long second)
            throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM chunk WHERE level = ? AND series = ? AND begin_at < ?")) {
            for (Series each : series) {
                delete.setInt(1, level);
                delete.setLong(2, each.id);
                delete.setLong(3, second);
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }

    // --- journal ----------------------------------------------------------------------------------------------------

    static void insert(Connection connection, Entry entry) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO journal (seq, at_ms, ids, batches, data) VALUES (?, ?, ?, ?, ?)")) {
            insert.setLong(1, entry.seq());
            insert.setLong(2, entry.atMs());
            insert.setBytes(3, entry.ids());
            insert.setBytes(4, entry.batches());
            insert.setBytes(5, entry.data());
            insert.executeUpdate();
        }
    }

    static List<Entry> entries(Connection connection, long afterSeq) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT seq, at_ms, ids, batches, data FROM journal WHERE seq > ? ORDER BY seq")) {
            select.setLong(1, afterSeq);
            try (ResultSet row = select.executeQuery()) {
                List<Entry> found = new ArrayList<>();
                while (row.next()) {
                    found.add(new Entry(
                            row.getLong(1), row.getLong(2), row.getBytes(3), row.getBytes(4), row.getBytes(5)));
                }
                return found;
            }
        }
    }

    /** The last entry after one and up to another that came before a time. */
    static long lastBefore(Connection connection, long after, long upTo, long atMs) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT COALESCE(MAX(seq), 0) FROM journal WHERE seq > ? AND seq <= ? AND at_ms <= ?")) {
            select.setLong(1, after);
            select.setLong(2, upTo);
            select.setLong(3, atMs);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Of entries after one and up to another only the batches' ids are needed any more. */
    static void empty(Connection connection, long after, long upTo, byte[] nothing) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE journal SET ids = ?, data = ? WHERE seq > ? AND seq <= ?")) {
            update.setBytes(1, nothing);
            update.setBytes(2, nothing);
            update.setLong(3, after);
            update.setLong(4, upTo);
            update.executeUpdate();
        }
    }

    /** Runs a statement with numbers as its parameters; answers how many rows it changed. */
    static int update(Connection connection, String sql, long... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setLong(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
        }
    }
}
