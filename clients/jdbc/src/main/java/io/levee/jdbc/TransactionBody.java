package io.levee.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction does. It may run several times, each time in a transaction of its own of which only the last is
 * committed, so it must have no effect but through the connection: no message sent, no field changed.
 *
 * @param <T> what it returns
 * @param <X> the checked exception that it throws beside {@link SQLException}; the compiler infers it
 */
@FunctionalInterface
public interface TransactionBody<T extends @Nullable Object, X extends Throwable> {
    /**
     * Does the transaction's work. Runs on the caller's thread.
     *
     * @param connection in a transaction that is committed when this returns and rolled back when it throws. Commit,
     *     rollback (except to a savepoint), close and the settings that Levee manages are refused with an
     *     {@link SQLException} of SQLState 2D000; after the attempt every use is
     * @return the result
     * @throws SQLException what the database says
     * @throws X whatever else
     */
    T run(Connection connection) throws SQLException, X;
}
