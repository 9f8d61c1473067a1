package io.levee.idempotency;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One connection to a file, for one thread at a time: SQLite has one writer in any case. */
final class SqliteFile implements Connections {
    private static final int BUSY_MILLIS = 5000;

    private final Path file;

    /** Opponents: all requests of the server, and the heartbeat. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Connection connection;

    SqliteFile(Path file) {
        this.file = file;
        try {
            connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout = " + BUSY_MILLIS);
                statement.execute("PRAGMA journal_mode = WAL");
                // Not NORMAL: after a power cut that would have lost the last claims, of work that was done.
                statement.execute("PRAGMA synchronous = FULL");
            }
        } catch (SQLException e) {
            throw new StoreException(
                    "the SQLite file " + file + " cannot be opened (" + e.getMessage()
                            + "); it needs org.xerial:sqlite-jdbc and a directory that can be written to",
                    e);
        }
    }

    @Override
    public <T extends @Nullable Object> T with(Work<T> work) throws SQLException {
        lock.lock();
        try {
            return work.on(connection);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new StoreException("the SQLite file " + file + " cannot be closed", e);
        } finally {
            lock.unlock();
        }
    }
}
