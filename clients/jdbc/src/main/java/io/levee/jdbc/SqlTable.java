package io.levee.jdbc;

import static io.levee.ErrorKind.CONFLICT;
import static io.levee.ErrorKind.CONNECT;
import static io.levee.ErrorKind.CONNECTION_LOST;
import static io.levee.ErrorKind.FAULT;
import static io.levee.ErrorKind.OVERLOADED;
import static io.levee.ErrorKind.REQUEST_REFUSED;
import static io.levee.ErrorKind.TIMEOUT;
import static io.levee.ErrorKind.UNAVAILABLE;

import io.levee.ErrorKind;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The one table of error codes. A code is looked up as the product's vendor number, then as the product's SQLState, then
 * as a standard SQLState, then by the SQLState's class. Data only: what follows from a row is {@link SqlErrors}', and what
 * follows from that the engine's.
 *
 * <p>Two rules for a new row. 'Rolled back' only where the manual says that the transaction is, also in answer to a
 * COMMIT: where it is not said, a failed COMMIT counts as unknown. And a code that is not known to pass gets no row:
 * unlisted means final.
 */
final class SqlTable {
    private static final String JDBC = "JDBC 4.3, SQLException's subclasses by SQLState class";
    private static final String STANDARD = "ISO/IEC 9075-2, SQLSTATE class and subclass codes";
    private static final String ODBC = "ODBC Programmer's Reference, Appendix A";
    private static final String POSTGRESQL = "PostgreSQL 18 manual, Appendix A, Error Codes";
    private static final String PGJDBC = "PostgreSQL JDBC Driver, PSQLState";
    private static final String MYSQL = "MySQL 8.4 Error Reference, Server Errors";
    private static final String MYSQL_CLIENT = "MySQL 8.4 Error Reference, Client Errors";
    private static final String MARIADB = "MariaDB Error Codes";
    private static final String H2 = "H2 Javadoc, org.h2.api.ErrorCode";
    private static final String ORACLE = "Oracle Database 19c Error Messages";
    private static final String ORACLE_JDBC = "Oracle JDBC Developer's Guide 19c, Error Messages";
    private static final String SQL_SERVER = "SQL Server, Database Engine events and errors";
    private static final String AZURE = "Azure SQL, Troubleshoot transient connection errors";
    private static final String SNAPSHOT = "SQL Server, Transaction locking and row versioning guide";
    private static final String IN_MEMORY = "SQL Server, Transactions with memory-optimized tables";
    private static final String MSSQL_JDBC = "Microsoft JDBC Driver, Handle errors and SQL states";

    private static final Map<String, SqlFault> ROWS = new Rows()
            // Every database.
            .of(Product.ANY)
            .rolledBack("40", CONFLICT, "transaction rollback", STANDARD)
            .rolledBack("40001", CONFLICT, "serialization failure", STANDARD)
            .rolledBack("40002", REQUEST_REFUSED, "integrity constraint violation", STANDARD)
            .row("40003", CONNECTION_LOST, "statement completion unknown", STANDARD)
            .row("08", CONNECTION_LOST, "connection exception", STANDARD)
            .row("08001", CONNECT, "client unable to establish connection", STANDARD)
            .row("08004", CONNECT, "server rejected the connection", STANDARD)
            .row("08007", CONNECTION_LOST, "transaction resolution unknown", STANDARD)
            .rolledBack("23", REQUEST_REFUSED, "integrity constraint violation", STANDARD)
            .row("0A", REQUEST_REFUSED, "feature not supported", STANDARD)
            .row("21", REQUEST_REFUSED, "cardinality violation", STANDARD)
            .row("22", REQUEST_REFUSED, "data exception", STANDARD)
            .row("25", REQUEST_REFUSED, "invalid transaction state", STANDARD)
            .row("28", REQUEST_REFUSED, "invalid authorization specification", STANDARD)
            .row("2D", REQUEST_REFUSED, "invalid transaction termination", STANDARD)
            .row("42", REQUEST_REFUSED, "syntax error or access rule violation", STANDARD)
            .row("44", REQUEST_REFUSED, "with check option violation", STANDARD)
            .row("HYT00", TIMEOUT, "timeout expired", ODBC)
            .row("HYT01", CONNECT, "connection timeout expired", ODBC)
            .row("HY010", REQUEST_REFUSED, "function sequence error", ODBC)
            .row("HY008", TIMEOUT, "operation cancelled", ODBC)
            // PostgreSQL and those that speak its protocol.
            .of(Product.POSTGRESQL)
            .rolledBack("40P01", CONFLICT, "deadlock_detected", POSTGRESQL)
            .row("55P03", CONFLICT, "lock_not_available", POSTGRESQL)
            .row("57014", TIMEOUT, "query_canceled", POSTGRESQL)
            .row("57P01", UNAVAILABLE, "admin_shutdown", POSTGRESQL)
            .row("57P02", UNAVAILABLE, "crash_shutdown", POSTGRESQL)
            .row("57P03", UNAVAILABLE, "cannot_connect_now", POSTGRESQL)
            .row("57P05", CONNECTION_LOST, "idle_session_timeout", POSTGRESQL)
            .row("25P03", CONNECTION_LOST, "idle_in_transaction_session_timeout", POSTGRESQL)
            .row("25P04", TIMEOUT, "transaction_timeout", POSTGRESQL)
            .row("53000", OVERLOADED, "insufficient_resources", POSTGRESQL)
            .row("53200", OVERLOADED, "out_of_memory", POSTGRESQL)
            .row("53300", OVERLOADED, "too_many_connections", POSTGRESQL)
            .row("08P01", FAULT, "protocol_violation", POSTGRESQL)
            // The driver's word for a password that is missing or a way to authenticate that it does not know.
            .row("08004", REQUEST_REFUSED, "CONNECTION_REJECTED", PGJDBC)
            // MySQL and MariaDB, which use HY000 for most of them, so by number.
            .of(Product.MYSQL)
            .rolledBack(1213, CONFLICT, "ER_LOCK_DEADLOCK", MYSQL)
            .row(1205, CONFLICT, "ER_LOCK_WAIT_TIMEOUT", MYSQL)
            .row(3572, CONFLICT, "ER_LOCK_NOWAIT", MYSQL)
            .row(1020, CONFLICT, "ER_CHECKREAD", MARIADB)
            .rolledBack(1613, CONFLICT, "ER_XA_RBTIMEOUT", MYSQL)
            .rolledBack(1614, CONFLICT, "ER_XA_RBDEADLOCK", MYSQL)
            .rolledBack(3101, CONFLICT, "ER_TRANSACTION_ROLLBACK_DURING_COMMIT", MYSQL)
            .row(1317, TIMEOUT, "ER_QUERY_INTERRUPTED", MYSQL)
            .row(3024, TIMEOUT, "ER_QUERY_TIMEOUT", MYSQL)
            .row(1969, TIMEOUT, "ER_STATEMENT_TIMEOUT", MARIADB)
            .row(1040, OVERLOADED, "ER_CON_COUNT_ERROR", MYSQL)
            .row(1203, OVERLOADED, "ER_TOO_MANY_USER_CONNECTIONS", MYSQL)
            .row(1037, OVERLOADED, "ER_OUTOFMEMORY", MYSQL)
            .row(1041, OVERLOADED, "ER_OUT_OF_RESOURCES", MYSQL)
            .row(1637, OVERLOADED, "ER_TOO_MANY_CONCURRENT_TRXS", MYSQL)
            .row(1053, UNAVAILABLE, "ER_SERVER_SHUTDOWN", MYSQL)
            .row(1927, CONNECTION_LOST, "ER_CONNECTION_KILLED", MARIADB)
            .row(4031, CONNECTION_LOST, "ER_CLIENT_INTERACTION_TIMEOUT", MYSQL)
            .row(2002, CONNECT, "CR_CONNECTION_ERROR", MYSQL_CLIENT)
            .row(2003, CONNECT, "CR_CONN_HOST_ERROR", MYSQL_CLIENT)
            .row(2006, CONNECTION_LOST, "CR_SERVER_GONE_ERROR", MYSQL_CLIENT)
            .row(2013, CONNECTION_LOST, "CR_SERVER_LOST", MYSQL_CLIENT)
            // H2: the vendor number is the SQLState where that is a number.
            .of(Product.H2)
            .rolledBack(40001, CONFLICT, "DEADLOCK_1", H2)
            .row(50200, CONFLICT, "LOCK_TIMEOUT_1", H2)
            .row(90131, CONFLICT, "CONCURRENT_UPDATE_1", H2)
            .row(57014, TIMEOUT, "STATEMENT_WAS_CANCELED", H2)
            .row(90067, CONNECTION_LOST, "CONNECTION_BROKEN_1", H2)
            .row(90098, CONNECTION_LOST, "DATABASE_IS_CLOSED", H2)
            .row(90121, CONNECTION_LOST, "DATABASE_CALLED_AT_SHUTDOWN", H2)
            // Oracle: the number is that of ORA-nnnnn.
            .of(Product.ORACLE)
            .row(8177, CONFLICT, "can't serialize access for this transaction", ORACLE)
            .row(60, CONFLICT, "deadlock detected while waiting for resource", ORACLE)
            .row(54, CONFLICT, "resource busy and acquire with NOWAIT specified", ORACLE)
            .row(30006, CONFLICT, "resource busy; acquire with WAIT timeout expired", ORACLE)
            .row(2049, CONFLICT, "distributed transaction waiting for lock", ORACLE)
            .row(1555, CONFLICT, "snapshot too old", ORACLE)
            .rolledBack(2091, REQUEST_REFUSED, "transaction rolled back", ORACLE)
            .row(1013, TIMEOUT, "user requested cancel of current operation", ORACLE)
            .row(18, OVERLOADED, "maximum number of sessions exceeded", ORACLE)
            .row(20, OVERLOADED, "maximum number of processes exceeded", ORACLE)
            .row(12516, OVERLOADED, "listener could not find available handler", ORACLE)
            .row(12519, OVERLOADED, "no appropriate service handler found", ORACLE)
            .row(12520, OVERLOADED, "listener could not find available handler for server type", ORACLE)
            .row(1033, UNAVAILABLE, "initialization or shutdown in progress", ORACLE)
            .row(1034, UNAVAILABLE, "not available", ORACLE)
            .row(1089, UNAVAILABLE, "immediate shutdown in progress", ORACLE)
            .row(1090, UNAVAILABLE, "shutdown in progress", ORACLE)
            .row(1092, UNAVAILABLE, "instance terminated, disconnection forced", ORACLE)
            .row(12514, UNAVAILABLE, "listener does not know of service", ORACLE)
            .row(12528, UNAVAILABLE, "all instances are blocking new connections", ORACLE)
            .row(12541, CONNECT, "no listener", ORACLE)
            .row(12170, CONNECT, "connect timeout occurred", ORACLE)
            .row(28, CONNECTION_LOST, "your session has been killed", ORACLE)
            .row(1012, CONNECTION_LOST, "not logged on", ORACLE)
            .row(2396, CONNECTION_LOST, "exceeded maximum idle time", ORACLE)
            .row(3113, CONNECTION_LOST, "end-of-file on communication channel", ORACLE)
            .row(3114, CONNECTION_LOST, "not connected", ORACLE)
            .row(3135, CONNECTION_LOST, "connection lost contact", ORACLE)
            .row(25408, CONNECTION_LOST, "can not safely replay call", ORACLE)
            .row(17002, CONNECTION_LOST, "IO Error", ORACLE_JDBC)
            .row(17008, CONNECTION_LOST, "Closed connection", ORACLE_JDBC)
            .row(17410, CONNECTION_LOST, "No more data to read from socket", ORACLE_JDBC)
            // SQL Server: the number is that of the message.
            .of(Product.SQL_SERVER)
            .rolledBack(1205, CONFLICT, "chosen as the deadlock victim", SQL_SERVER)
            .rolledBack(3960, CONFLICT, "snapshot isolation update conflict", SNAPSHOT)
            .row(1222, CONFLICT, "lock request time out period exceeded", SNAPSHOT)
            .rolledBack(41301, CONFLICT, "commit dependency failed", IN_MEMORY)
            .rolledBack(41302, CONFLICT, "write conflict", IN_MEMORY)
            .rolledBack(41305, CONFLICT, "repeatable read validation failed", IN_MEMORY)
            .rolledBack(41325, CONFLICT, "serializable validation failed", IN_MEMORY)
            .row(701, OVERLOADED, "insufficient system memory", SQL_SERVER)
            .row(8645, OVERLOADED, "timeout waiting for memory", SQL_SERVER)
            .row(10928, OVERLOADED, "resource limit reached", AZURE)
            .row(10929, OVERLOADED, "resource minimum guarantee", AZURE)
            .row(40501, OVERLOADED, "service busy", AZURE)
            .row(49918, OVERLOADED, "not enough resources to process the request", AZURE)
            .row(49919, OVERLOADED, "too many create or update operations", AZURE)
            .row(49920, OVERLOADED, "too many operations", AZURE)
            .row(40197, UNAVAILABLE, "error processing the request", AZURE)
            .row(40613, UNAVAILABLE, "database not currently available", AZURE)
            .row(6005, UNAVAILABLE, "shutdown is in progress", SQL_SERVER)
            .row(596, CONNECTION_LOST, "session in the kill state", SQL_SERVER)
            .row("08S01", CONNECTION_LOST, "communication link failure", MSSQL_JDBC)
            .build();

    /** For exceptions whose codes tell nothing: the class that the driver chose. The first that fits counts. */
    private static final Map<Class<? extends SQLException>, SqlFault> BY_CLASS = byClass();

    private SqlTable() {}

    private static Map<Class<? extends SQLException>, SqlFault> byClass() {
        Map<Class<? extends SQLException>, SqlFault> rows = new LinkedHashMap<>();
        rows.put(SQLTransactionRollbackException.class, byClass(CONFLICT, true));
        rows.put(SQLTimeoutException.class, byClass(TIMEOUT, false));
        rows.put(SQLTransientConnectionException.class, byClass(CONNECTION_LOST, false));
        rows.put(SQLNonTransientConnectionException.class, byClass(CONNECTION_LOST, false));
        rows.put(SQLRecoverableException.class, byClass(CONNECTION_LOST, false));
        rows.put(SQLTransientException.class, byClass(UNAVAILABLE, false));
        rows.put(SQLNonTransientException.class, byClass(REQUEST_REFUSED, false));
        return rows;
    }

    private static SqlFault byClass(ErrorKind kind, boolean rolledBack) {
        return new SqlFault(Product.ANY, "no code", kind, rolledBack, "by the exception's class", JDBC);
    }

    /** The row for a code, or null. */
    static @Nullable SqlFault find(Product product, @Nullable String sqlState, int vendorCode) {
        SqlFault row = vendorCode == 0 ? null : ROWS.get(key(product, Integer.toString(vendorCode)));
        if (row != null || sqlState == null) {
            return row;
        }
        row = ROWS.get(key(product, sqlState));
        if (row == null) {
            row = ROWS.get(key(Product.ANY, sqlState));
        }
        return row == null && sqlState.length() == 5 ? ROWS.get(key(Product.ANY, sqlState.substring(0, 2))) : row;
    }

    /** The row for a class of java.sql's, or null. */
    static @Nullable SqlFault find(Predicate<Class<?>> isA) {
        for (Map.Entry<Class<? extends SQLException>, SqlFault> each : BY_CLASS.entrySet()) {
            if (isA.test(each.getKey())) {
                return each.getValue();
            }
        }
        return null;
    }

    /** All rows in their order, for the documentation and tests. */
    static List<SqlFault> rows() {
        return List.copyOf(ROWS.values());
    }

    private static String key(Product product, String code) {
        return product.name() + ' ' + code;
    }

    /** Builds the table, and refuses a code that is there already. */
    private static final class Rows {
        private final Map<String, SqlFault> rows = new LinkedHashMap<>();
        private final List<String> twice = new ArrayList<>();
        private Product product = Product.ANY;

        Rows of(Product owner) {
            product = owner;
            return this;
        }

        Rows row(String code, ErrorKind kind, String name, String source) {
            return add(new SqlFault(product, code, kind, false, name, source));
        }

        Rows row(int vendorCode, ErrorKind kind, String name, String source) {
            return row(Integer.toString(vendorCode), kind, name, source);
        }

        Rows rolledBack(String code, ErrorKind kind, String name, String source) {
            return add(new SqlFault(product, code, kind, true, name, source));
        }

        Rows rolledBack(int vendorCode, ErrorKind kind, String name, String source) {
            return rolledBack(Integer.toString(vendorCode), kind, name, source);
        }

        private Rows add(SqlFault row) {
            if (rows.put(key(row.product(), row.code()), row) != null) {
                twice.add(row.text());
            }
            return this;
        }

        Map<String, SqlFault> build() {
            if (!twice.isEmpty()) {
                throw new IllegalStateException("codes that stand in the table twice: " + twice);
            }
            return Collections.unmodifiableMap(rows);
        }
    }
}
