package io.levee.guard.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, which several guards share: advisory locks say whose turn it is, and who leads. */
final class PostgresDatabase implements Database {
    private static final int CONNECTIONS = 8;
    private static final long WAIT_MS = 5_000;

    /** A leader that cannot ask for this long leads no more. */
    private static final int LEAD_TIMEOUT_SECONDS = 3;

    /** Of the locks' two numbers the first: chosen once, so that no other application's are met by chance. */
    private static final int SPACE = 0x1E4EE;

    private final StoreSettings settings;
    private final String url;
    private final HikariDataSource pool;
    private final int schema;

    /** Holds the lock of the leader for as long as it is open. Guarded by this. */
    private @Nullable Connection leading;

    private PostgresDatabase(StoreSettings settings, String url, HikariDataSource pool, int schema) {
        this.settings = settings;
        this.url = url;
        this.pool = pool;
        this.schema = schema;
    }

    static PostgresDatabase open(StoreSettings settings, String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        if (settings.user() != null) {
            config.setUsername(settings.user());
        }
        if (settings.password() != null) {
            config.setPassword(settings.password());
        }
        config.setPoolName("levee-guard");
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(WAIT_MS);
        config.setInitializationFailTimeout(WAIT_MS);
        config.addDataSourceProperty("ApplicationName", "levee-guard");
        try {
            HikariDataSource pool = new HikariDataSource(config);
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT hashtext(current_schema())")) {
                row.next();
                return new PostgresDatabase(settings, url, pool, row.getInt(1));
            } catch (SQLException e) {
                pool.close();
                throw e;
            }
        } catch (SQLException | HikariPool.PoolInitializationException e) {
            throw new StoreException(
                    settings + " cannot be reached (" + e.getMessage() + "); check address, user and password", e);
        }
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return work.on(connection);
        }
    }

    @Override
    public <T extends @Nullable Object> T write(Turn turn, Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                lock(connection, turn);
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                rollBack(connection, e);
                throw e;
            } finally {
                restore(connection);
            }
        }
    }

    /** Till the end of the transaction: whoever comes next sees what this one committed. */
    private void lock(Connection connection, Turn turn) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("SELECT pg_advisory_xact_lock(?, ?)")) {
            lock.setInt(1, SPACE + turn.number());
            lock.setInt(2, schema);
            lock.execute();
        }
    }

    private static void rollBack(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static void restore(Connection connection) {
        try {
            connection.setAutoCommit(true);
        } catch (SQLException ignored) {
            // A broken connection: the pool notices, and what broke it has been told.
        }
    }

    @Override
    public String product() {
        return "postgresql";
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public synchronized boolean lead() {
        Connection connection = leading;
        try {
            if (connection != null && connection.isValid(LEAD_TIMEOUT_SECONDS)) {
                return true;
            }
        } catch (SQLException ignored) {
            // As good as not valid.
        }
        stopLeading();
        return takeLead();
    }

    private boolean takeLead() {
        Properties login = new Properties();
        if (settings.user() != null) {
            login.setProperty("user", settings.user());
        }
        if (settings.password() != null) {
            login.setProperty("password", settings.password());
        }
        login.setProperty("ApplicationName", "levee-guard leader");
        login.setProperty("connectTimeout", Integer.toString(LEAD_TIMEOUT_SECONDS));
        login.setProperty("socketTimeout", Integer.toString(LEAD_TIMEOUT_SECONDS));
        login.setProperty("tcpKeepAlive", "true");
        try {
            Connection connection = DriverManager.getConnection(url, login);
            if (hasLock(connection)) {
                leading = connection;
                return true;
            }
            connection.close();
        } catch (SQLException ignored) {
            // Not reachable: nobody can know that this one leads, so it does not.
        }
        return false;
    }

    private boolean hasLock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // So that PostgreSQL notices within 15 seconds that a leader's machine is gone, and gives the lock to
            // another.
            statement.execute("SET tcp_keepalives_idle = 5");
            statement.execute("SET tcp_keepalives_interval = 5");
            statement.execute("SET tcp_keepalives_count = 2");
            try (ResultSet row = statement.executeQuery("SELECT pg_try_advisory_lock(" + SPACE + ", " + schema + ")")) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private void stopLeading() {
        Connection connection = leading;
        leading = null;
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException ignored) {
                // It is gone already.
            }
        }
    }

    @Override
    public synchronized void close() {
        stopLeading();
        pool.close();
    }
}
