package io.levee.idempotency;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Records in a table of SQLite (needs {@code org.xerial:sqlite-jdbc}) or PostgreSQL (needs {@code
 * org.postgresql:postgresql}). Every step is one statement, committed at once; {@link KeyedWork#record} alone takes part in
 * the application's own transaction.
 */
public final class JdbcStore implements IdempotencyStore {
    /** The table's name. */
    public static final String TABLE = "levee_idempotency_record";

    private static final int FREE = 0;
    private static final int RUNNING = 1;
    private static final int FINISHED = 2;

    private final Connections connections;
    private final Sql sql;

    private JdbcStore(Connections connections, Dialect dialect) {
        this.connections = connections;
        this.sql = new Sql(dialect);
    }

    /**
     * Records in a file of their own, in WAL mode and synced with every commit: they survive a kill as well as a power
     * cut. For one machine; several processes may share the file. The table is created if it is missing.
     *
     * @param file created if it is missing
     * @return the store
     * @throws StoreException if the file cannot be opened or is none of SQLite's
     */
    public static JdbcStore sqlite(Path file) {
        JdbcStore store = new JdbcStore(new SqliteFile(file), Dialect.SQLITE);
        store.createTable();
        return store;
    }

    /**
     * Records in the application's database. The table has to be there: {@link #createTable}, or {@link #ddl} in a
     * migration.
     *
     * @param dataSource gives connections, best from a pool; remains the caller's
     * @return the store
     * @throws StoreException if the database cannot be reached, or is neither SQLite nor PostgreSQL
     */
    public static JdbcStore on(DataSource dataSource) {
        Objects.requireNonNull(dataSource, "dataSource");
        Connections pooled = new Connections() {
            @Override
            public <T extends @Nullable Object> T with(Connections.Work<T> work) throws SQLException {
                try (Connection connection = dataSource.getConnection()) {
                    boolean before = connection.getAutoCommit();
                    if (!before) {
                        connection.setAutoCommit(true);
                    }
                    try {
                        return work.on(connection);
                    } finally {
                        if (!before) {
                            connection.setAutoCommit(false);
                        }
                    }
                }
            }
        };
        try {
            Dialect dialect = pooled.with(
                    connection -> Dialect.of(connection.getMetaData().getDatabaseProductName()));
            return new JdbcStore(pooled, dialect);
        } catch (SQLException e) {
            throw new StoreException("the database for the idempotency records cannot be reached", e);
        }
    }

    /**
     * The statement that creates the table, and another one for its index.
     *
     * @param product {@code SQLite} or {@code PostgreSQL}, as the driver's metadata says it
     * @return statements without semicolons
     * @throws StoreException if it is another database
     */
    public static String[] ddl(String product) {
        return Sql.ddl(Dialect.of(product));
    }

    /** Creates the table unless it is there. */
    public void createTable() {
        run("the table " + TABLE + " cannot be created", connection -> {
            try (Statement statement = connection.createStatement()) {
                for (String one : Sql.ddl(sql.dialect())) {
                    statement.execute(one);
                }
            }
            return true;
        });
    }

    @Override
    public Claim claim(Wish wish) {
        return run("an idempotency record cannot be claimed", connection -> {
            while (true) {
                Claim.Granted granted = take(connection, wish);
                if (granted != null) {
                    return granted;
                }
                Claim found = found(connection, wish.id(), wish.fingerprint());
                if (found != null) {
                    return found;
                }
                // Freed or purged between the two statements: once more.
            }
        });
    }

    private Claim.@Nullable Granted take(Connection connection, Wish wish) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql.claim)) {
            insert.setString(1, wish.id());
            insert.setString(2, wish.fingerprint());
            insert.setLong(3, wish.lease().toMillis());
            insert.setLong(4, wish.expiry().toMillis());
            insert.setInt(5, wish.maxTakeovers());
            try (ResultSet row = insert.executeQuery()) {
                return row.next() ? new Claim.Granted(row.getLong(1), row.getInt(2)) : null;
            }
        }
    }

    @Override
    public @Nullable Claim look(String id) {
        return run(
                        "an idempotency record cannot be read",
                        connection -> Optional.ofNullable(found(connection, id, null)))
                .orElse(null);
    }

    private @Nullable Claim found(Connection connection, String id, @Nullable String fingerprint) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql.look)) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                if (fingerprint != null && !fingerprint.equals(row.getString(1))) {
                    return new Claim.OtherRequest();
                }
                return switch (row.getInt(2)) {
                    case FINISHED -> new Claim.Finished(StoredResponse.decode(row.getBytes(5)));
                    case RUNNING ->
                        row.getLong(3) > 0
                                ? new Claim.Running(Duration.ofMillis(row.getLong(3)))
                                : new Claim.InDoubt(row.getInt(4));
                    default -> null;
                };
            }
        }
    }

    @Override
    public boolean renew(String id, long fence, Duration lease) {
        return run("an idempotency record's lease cannot be renewed", connection -> {
            try (PreparedStatement update = connection.prepareStatement(sql.renew)) {
                update.setLong(1, lease.toMillis());
                update.setString(2, id);
                update.setLong(3, fence);
                return update.executeUpdate() == 1;
            }
        });
    }

    @Override
    public Finish finish(String id, long fence, StoredResponse answer, Duration expiry) {
        return run("an answer cannot be stored", connection -> {
            if (write(connection, id, fence, answer, expiry)) {
                return Finish.NOW;
            }
            try (PreparedStatement select = connection.prepareStatement(sql.isFinished)) {
                select.setString(1, id);
                select.setLong(2, fence);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Finish.BEFORE : Finish.LOST;
                }
            }
        });
    }

    /** In the application's own transaction. The row stays locked until its end, so nobody takes it over meanwhile. */
    void finishIn(Connection connection, String id, long fence, StoredResponse answer, Duration expiry)
            throws SQLException {
        if (!write(connection, id, fence, answer, expiry)) {
            throw new FenceLostException(fence);
        }
    }

    private boolean write(Connection connection, String id, long fence, StoredResponse answer, Duration expiry)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql.finish)) {
            update.setBytes(1, answer.encode());
            update.setLong(2, expiry.toMillis());
            update.setString(3, id);
            update.setLong(4, fence);
            return update.executeUpdate() == 1;
        }
    }

    @Override
    public boolean release(String id, long fence) {
        return run("an idempotency record cannot be freed", connection -> {
            try (PreparedStatement update = connection.prepareStatement(sql.release)) {
                update.setString(1, id);
                update.setLong(2, fence);
                return update.executeUpdate() == 1;
            }
        });
    }

    @Override
    public long purge() {
        return run("expired idempotency records cannot be deleted", connection -> {
            try (Statement delete = connection.createStatement()) {
                return (long) delete.executeUpdate(sql.purge);
            }
        });
    }

    @Override
    public void close() {
        connections.close();
    }

    private <T extends @Nullable Object> T run(String failure, Connections.Work<T> work) {
        try {
            return connections.with(work);
        } catch (SQLException e) {
            throw new StoreException(failure, e);
        }
    }

    /** The statements. What is running keeps the place of its owner's token; what was freed keeps it as well. */
    private static final class Sql {
        private final Dialect dialect;
        private final String claim;
        private final String look;
        private final String renew;
        private final String finish;
        private final String isFinished;
        private final String release;
        private final String purge;

        Sql(Dialect dialect) {
            this.dialect = dialect;
            String now = dialect.nowMillis();
            String expired = "t.expires_at <= " + now;
            String mine = " WHERE id = ? AND fence = ? AND state = " + RUNNING;
            claim = "INSERT INTO " + TABLE + " AS t (id, fingerprint, state, fence, takeovers, lease_until, expires_at)"
                    + " VALUES (?, ?, " + RUNNING + ", " + now + " * 1000, 0, " + now + " + ?, " + now + " + ?)"
                    + " ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint, state = " + RUNNING
                    // Greater than any token before, and than those of a record that was purged: the clock goes on.
                    + ", fence = " + dialect.greatest("t.fence + 1", "excluded.fence")
                    + ", takeovers = CASE WHEN t.state = " + RUNNING + " AND NOT (" + expired
                    + ") THEN t.takeovers + 1 ELSE 0 END"
                    + ", lease_until = excluded.lease_until, expires_at = excluded.expires_at, answer = NULL"
                    + " WHERE " + expired + " OR (t.fingerprint = excluded.fingerprint AND (t.state = " + FREE
                    + " OR (t.state = " + RUNNING + " AND t.lease_until <= " + now
                    + " AND t.takeovers < ?)))"
                    + " RETURNING fence, takeovers";
            look = "SELECT fingerprint, state, lease_until - " + now + ", takeovers, answer FROM " + TABLE
                    + " WHERE id = ? AND expires_at > " + now;
            renew = "UPDATE " + TABLE + " SET lease_until = " + now + " + ?" + mine;
            finish = "UPDATE " + TABLE + " SET state = " + FINISHED + ", answer = ?, expires_at = " + now + " + ?"
                    + mine;
            isFinished = "SELECT 1 FROM " + TABLE + " WHERE id = ? AND fence = ? AND state = " + FINISHED;
            release = "UPDATE " + TABLE + " SET state = " + FREE + mine;
            purge = "DELETE FROM " + TABLE + " WHERE expires_at <= " + now;
        }

        Dialect dialect() {
            return dialect;
        }

        static String[] ddl(Dialect dialect) {
            return new String[] {
                "CREATE TABLE IF NOT EXISTS " + TABLE + " (\n"
                        + "  id VARCHAR(64) NOT NULL PRIMARY KEY,\n"
                        + "  fingerprint VARCHAR(64) NOT NULL,\n"
                        + "  state INTEGER NOT NULL,\n"
                        + "  fence BIGINT NOT NULL,\n"
                        + "  takeovers INTEGER NOT NULL,\n"
                        + "  lease_until BIGINT NOT NULL,\n"
                        + "  expires_at BIGINT NOT NULL,\n"
                        + "  answer " + dialect.bytes() + "\n"
                        + ")",
                "CREATE INDEX IF NOT EXISTS " + TABLE + "_expiry ON " + TABLE + " (expires_at)"
            };
        }
    }
}
