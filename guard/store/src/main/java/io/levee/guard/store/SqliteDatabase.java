package io.levee.guard.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** SQLite in WAL mode, for one process: a connection that writes, and one that reads meanwhile. */
final class SqliteDatabase implements Database {
    private static final int BUSY_MILLIS = 5000;

    private final FileChannel lockFile;

    /** Opponents: appends, the ledger and the tick. */
    private final ReentrantLock writing = new ReentrantLock();

    /** Opponents: all who read what is not in memory. */
    private final ReentrantLock reading = new ReentrantLock();

    private final Connection writer;
    private final Connection reader;

    private SqliteDatabase(FileChannel lockFile, Connection writer, Connection reader) {
        this.lockFile = lockFile;
        this.writer = writer;
        this.reader = reader;
    }

    static SqliteDatabase open(Path folder) {
        FileChannel lockFile = lock(folder);
        Path file = folder.resolve("guard.db");
        try {
            Connection writer = connect(file);
            return new SqliteDatabase(lockFile, writer, connect(file));
        } catch (SQLException e) {
            closeQuietly(lockFile);
            throw new StoreException(
                    "the guard's SQLite file " + file.toAbsolutePath() + " cannot be opened (" + e.getMessage()
                            + "); it needs a folder that can be written to, and a file that is SQLite's",
                    e);
        }
    }

    private static FileChannel lock(Path folder) {
        Path file = folder.resolve("guard.lock");
        FileChannel channel;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new StoreException(
                    "the guard's folder " + folder.toAbsolutePath() + " cannot be written to (" + e
                            + "); name another one",
                    e);
        }
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        } catch (IOException e) {
            closeQuietly(channel);
            throw new StoreException(
                    "the file " + file.toAbsolutePath() + " cannot be locked (" + e
                            + "); the guard's folder must be on a local file system",
                    e);
        }
        if (lock == null) {
            closeQuietly(channel);
            throw new StoreException("another guard runs on the folder " + folder.toAbsolutePath()
                    + " (it holds guard.lock); stop it, name another folder, or keep the data in PostgreSQL, which"
                    + " several guards can share");
        }
        return channel;
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // What is to be told is why it is closed.
        }
    }

    private static Connection connect(Path file) throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("busy_timeout", Integer.toString(BUSY_MILLIS));
        settings.setProperty("journal_mode", "WAL");
        // Not NORMAL: after a power cut that would have lost the last batches, which were acknowledged.
        settings.setProperty("synchronous", "FULL");
        settings.setProperty("journal_size_limit", Integer.toString(64 << 20));
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath(), settings);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA cache_size = -32768");
            statement.execute("PRAGMA mmap_size = 1073741824");
        }
        return connection;
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) throws SQLException {
        reading.lock();
        try {
            return work.on(reader);
        } finally {
            reading.unlock();
        }
    }

    @Override
    public <T extends @Nullable Object> T write(Turn turn, Work<T> work) throws SQLException {
        writing.lock();
        try {
            // In SQL and not by setAutoCommit: with that the driver begins the next transaction at once, and keeps the
            // lock.
            // IMMEDIATE, since a transaction that notices later that it writes can be refused in its middle.
            execute("BEGIN IMMEDIATE");
            try {
                T result = work.on(writer);
                execute("COMMIT");
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                rollBack(e);
                throw e;
            }
        } finally {
            writing.unlock();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = writer.createStatement()) {
            statement.execute(sql);
        }
    }

    private void rollBack(Throwable cause) {
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            // After some errors, a full disk among them, SQLite has rolled back by itself.
            cause.addSuppressed(e);
        }
    }

    @Override
    public String product() {
        return "sqlite";
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public boolean lead() {
        return true;
    }

    @Override
    public void close() {
        writing.lock();
        reading.lock();
        try (lockFile) {
            reader.close();
            writer.close();
        } catch (SQLException | IOException e) {
            throw new StoreException("the guard's SQLite file cannot be closed (" + e.getMessage() + ")", e);
        } finally {
            reading.unlock();
            writing.unlock();
        }
    }
}
