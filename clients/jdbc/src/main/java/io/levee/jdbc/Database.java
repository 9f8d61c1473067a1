package io.levee.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/**
 * What the first connection tells of the database, kept for the later ones. Immutable.
 *
 * @param product whose error codes it has
 * @param name what it is called
 * @param statementTimeoutMillis PostgreSQL's own statement timeout for these connections; 0 for none
 */
record Database(Product product, DatabaseName name, long statementTimeoutMillis) {
    /**
     * The server's timeout comes this much after the attempt's end, so that of the two it is the engine's that is seen,
     * and the server's the one that works when the client's cannot get through.
     */
    private static final long SERVER_LATER_MILLIS = 50;

    static Database of(Connection connection) throws SQLException {
        String productName = connection.getMetaData().getDatabaseProductName();
        Product product = Product.of(productName);
        DatabaseName name = DatabaseName.of(connection, productName);
        long statementTimeout = product == Product.POSTGRESQL ? statementTimeout(connection) : 0;
        if (!connection.getAutoCommit()) {
            // A question has begun a transaction, in which the isolation level could not be set any more.
            connection.rollback();
        }
        return new Database(product, name, statementTimeout);
    }

    private static long statementTimeout(Connection connection) throws SQLException {
        // In milliseconds, whatever the unit that it was set in.
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'statement_timeout'")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /**
     * Whether each statement gets timeouts of its own, for the database and for the socket. Not PostgreSQL, which is told
     * once ({@link #limitStatements}) and whose connections can be aborted while somebody reads from them: MariaDB's
     * cannot. Not H2, which keeps a statement's timeout for the whole session, so for whoever borrows the connection next.
     */
    boolean limitsEachStatement() {
        return product != Product.POSTGRESQL && product != Product.H2;
    }

    /** MariaDB's driver puts {@code SET STATEMENT ... FOR} in front of the text, which not every statement bears. */
    boolean takesQueryTimeouts() {
        return limitsEachStatement() && product != Product.MYSQL;
    }

    /** Lets the server itself end every statement of this transaction that runs past what is left of the attempt. */
    void limitStatements(Connection inTransaction, long remainingNanos) throws SQLException {
        if (product != Product.POSTGRESQL || remainingNanos == Long.MAX_VALUE) {
            return;
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(remainingNanos) + SERVER_LATER_MILLIS;
        if (millis > Integer.MAX_VALUE || (statementTimeoutMillis > 0 && statementTimeoutMillis <= millis)) {
            return;
        }
        try (Statement statement = inTransaction.createStatement()) {
            statement.execute("SET LOCAL statement_timeout = " + millis);
        }
    }
}
