package io.levee.guard.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** SQLite on a disk that is full when a test says so: SQLite's own limit of pages makes it answer SQLITE_FULL. */
final class FullDisk implements Database {
    private final Database real;
    private boolean full;

    FullDisk(Database real) {
        this.real = real;
    }

    void fill() throws SQLException {
        limit("PRAGMA max_page_count = 1");
        full = true;
    }

    void empty() throws SQLException {
        full = false;
        limit("PRAGMA max_page_count = 1073741823");
    }

    private void limit(String pragma) throws SQLException {
        real.write(Turn.COUNTS, connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(pragma)) {
                return row.next();
            }
        });
    }

    @Override
    public <T> T read(Work<T> work) throws SQLException {
        return real.read(work);
    }

    @Override
    public <T> T write(Turn turn, Work<T> work) throws SQLException {
        return real.write(turn, connection -> {
            T result = work.on(connection);
            if (full) {
                fillUp(connection);
            }
            return result;
        });
    }

    /** So that free pages of before do not help. */
    private static void fillUp(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO ledger VALUES (1, 0, 'filler', NULL, '', hex(zeroblob(1000000)))");
        }
    }

    @Override
    public String product() {
        return real.product();
    }

    @Override
    public boolean isShared() {
        return real.isShared();
    }

    @Override
    public boolean lead() {
        return real.lead();
    }

    @Override
    public void close() {
        real.close();
    }
}
