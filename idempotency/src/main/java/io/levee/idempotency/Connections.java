package io.levee.idempotency;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Where a {@link JdbcStore} gets its connections from; every statement on them is committed at once. Thread-safe. */
interface Connections {
    /** Done with one connection. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }

    <T extends @Nullable Object> T with(Work<T> work) throws SQLException;

    default void close() {}
}
