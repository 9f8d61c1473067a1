package io.levee.guard.store;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** SQLite or PostgreSQL. Thread-safe. */
interface Database extends AutoCloseable {
    /** What only one transaction does at a time, of all guards on the database; so numbers are committed in their order. */
    enum Turn {
        COUNTS(1),
        LEDGER(2),
        MIGRATION(3);

        private final int number;

        Turn(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** Something to do with a connection. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }

    /** Reads what is committed. */
    <T extends @Nullable Object> T read(Work<T> work) throws SQLException;

    /** One transaction, durable when it returns. */
    <T extends @Nullable Object> T write(Turn turn, Work<T> work) throws SQLException;

    /** What the names of the migrations that are its own end in. */
    String product();

    /** Whether other guards may write, too. */
    boolean isShared();

    /** Tries to take over the lead, or makes sure that it is still there. */
    boolean lead();

    @Override
    void close();
}
