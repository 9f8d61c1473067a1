package io.levee.guard.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** The record as a table that the database itself lets nobody change. Thread-safe. */
final class SqlLedger implements Ledger {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private static final TypeReference<Map<String, @Nullable Object>> DATA = new TypeReference<>() {};

    private static final String COLUMNS = "SELECT seq, at_ms, kind, slo, actor, data FROM ledger";

    private final Database database;
    private final InstantSource clock;
    private final LedgerFeed feed;

    SqlLedger(Database database, InstantSource clock, LedgerFeed feed) {
        this.database = database;
        this.clock = clock;
        this.feed = feed;
    }

    @Override
    public Entry append(String kind, @Nullable String slo, String actor, Map<String, @Nullable Object> data) {
        String json = json(kind, data);
        long atMs = clock.millis();
        try {
            long seq = database.write(
                    Database.Turn.LEDGER, connection -> insert(connection, atMs, kind, slo, actor, json));
            feed.wake();
            // As it will be read: what JSON does not tell apart is not told apart here either.
            return new Entry(seq, Instant.ofEpochMilli(atMs), kind, slo, actor, data(json));
        } catch (SQLException e) {
            throw new StoreException(
                    "the entry '" + kind + "' cannot be written to the record (" + e.getMessage()
                            + "); nothing was recorded",
                    e);
        }
    }

    private static String json(String kind, Map<String, @Nullable Object> data) {
        try {
            return JSON.writeValueAsString(data);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "the data of an entry '" + kind + "' must be strings, numbers, booleans, nulls, lists and maps ("
                            + e.getOriginalMessage() + ")",
                    e);
        }
    }

    private static Map<String, @Nullable Object> data(String json) {
        return JSON.readValue(json, DATA);
    }

    /** Numbers are given by whoever has the turn, so that they are committed in their order and no reader misses one. */
    private static long insert(
            Connection connection, long atMs, String kind, @Nullable String slo, String actor, String json)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO ledger (seq, at_ms, kind, slo, actor, data)"
                        + " SELECT COALESCE(MAX(seq), 0) + 1, ?, ?, ?, ?, ? FROM ledger RETURNING seq")) {
            insert.setLong(1, atMs);
            insert.setString(2, kind);
            insert.setString(3, slo);
            insert.setString(4, actor);
            insert.setString(5, json);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @Override
    public List<Entry> read(Query query) {
        try {
            return database.read(connection -> read(connection, query));
        } catch (SQLException e) {
            throw new StoreException("the record cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static List<Entry> read(Connection connection, Query query) throws SQLException {
        StringBuilder sql = new StringBuilder(COLUMNS).append(" WHERE seq > ? AND seq < ?");
        if (query.slo() != null) {
            sql.append(" AND slo = ?");
        }
        List<String> kinds = new ArrayList<>();
        if (!query.kinds().isEmpty()) {
            List<String> conditions = new ArrayList<>();
            for (String kind : query.kinds()) {
                // substr and not LIKE: an underscore is an underscore, and upper case is not lower case.
                conditions.add(kind.endsWith(".") ? "substr(kind, 1, " + kind.length() + ") = ?" : "kind = ?");
                kinds.add(kind);
            }
            sql.append(" AND (").append(String.join(" OR ", conditions)).append(')');
        }
        sql.append(" ORDER BY seq DESC LIMIT ?");
        try (PreparedStatement select = connection.prepareStatement(sql.toString())) {
            int at = 1;
            select.setLong(at++, query.afterSeq());
            select.setLong(at++, query.beforeSeq());
            if (query.slo() != null) {
                select.setString(at++, query.slo());
            }
            for (String kind : kinds) {
                select.setString(at++, kind);
            }
            select.setInt(at, query.most());
            return entries(select);
        }
    }

    private static List<Entry> entries(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            List<Entry> entries = new ArrayList<>();
            while (row.next()) {
                entries.add(new Entry(
                        row.getLong(1),
                        Instant.ofEpochMilli(row.getLong(2)),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        data(row.getString(6))));
            }
            return entries;
        }
    }

    static long lastSeq(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT COALESCE(MAX(seq), 0) FROM ledger");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Later entries in their order. */
    static List<Entry> after(Connection connection, long seq) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(COLUMNS + " WHERE seq > ? ORDER BY seq")) {
            select.setLong(1, seq);
            return entries(select);
        }
    }

    @Override
    public AutoCloseable subscribe(Consumer<Entry> listener) {
        return feed.subscribe(listener);
    }
}
