package io.levee.jdbc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.h2.jdbcx.JdbcDataSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The databases that the tests run against: real ones, started once for the JVM, ended with it. */
enum Db {
    POSTGRESQL("PostgreSQL") {
        @Override
        int port() {
            return Postgres.SERVER.getPort();
        }

        @Override
        DataSource dataSource(int port) {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setServerNames(new String[] {"127.0.0.1"});
            source.setPortNumbers(new int[] {port});
            source.setUser("postgres");
            source.setDatabaseName("postgres");
            return source;
        }

        @Override
        String waiters() {
            return "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        }

        @Override
        String sessionId() {
            return "SELECT pg_backend_pid()";
        }

        @Override
        String kill(int session) {
            return "SELECT pg_terminate_backend(" + session + ")";
        }

        @Override
        String sleep(int seconds) {
            return "SELECT pg_sleep(" + seconds + ")";
        }
    },
    MARIADB("MariaDB") {
        @Override
        int port() {
            return MariaServer.shared().port();
        }

        @Override
        DataSource dataSource(int port) throws SQLException {
            // The snapshot check makes MariaDB refuse an update of what has changed since it was read.
            return new MariaDbDataSource("jdbc:mariadb://127.0.0.1:" + port
                    + "/test?user=root&sslMode=disable&sessionVariables=innodb_snapshot_isolation=ON");
        }

        @Override
        String waiters() {
            return "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
        }

        @Override
        String sessionId() {
            return "SELECT CONNECTION_ID()";
        }

        @Override
        String kill(int session) {
            return "KILL " + session;
        }

        @Override
        String sleep(int seconds) {
            return "SELECT SLEEP(" + seconds + ")";
        }
    },
    H2("H2") {
        @Override
        int port() {
            throw new UnsupportedOperationException("in this process");
        }

        @Override
        DataSource dataSource(int port) {
            return h2("shared");
        }

        @Override
        DataSource dataSource() {
            return h2("shared");
        }

        @Override
        String waiters() {
            return "SELECT count(*) FROM information_schema.sessions WHERE blocker_id IS NOT NULL";
        }

        @Override
        String sessionId() {
            return "SELECT SESSION_ID()";
        }

        @Override
        String kill(int session) {
            return "CALL ABORT_SESSION(" + session + ")";
        }

        @Override
        String sleep(int seconds) {
            // A join that it cannot finish: H2 looks between rows whether it was cancelled.
            return "SELECT count(*) FROM SYSTEM_RANGE(1, 100000) a, SYSTEM_RANGE(1, 100000) b WHERE a.x + b.x < 0";
        }
    };

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String title;

    Db(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    abstract int port();

    /** New connections through a port of this machine. */
    abstract DataSource dataSource(int port) throws SQLException;

    /** New connections, without a pool. */
    DataSource dataSource() throws SQLException {
        return dataSource(port());
    }

    /** A query for how many sessions wait for a lock. */
    abstract String waiters();

    abstract String sessionId();

    abstract String kill(int session);

    abstract String sleep(int seconds);

    boolean hasPort() {
        return this != H2;
    }

    static DataSource h2(String name) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=1000");
        return source;
    }

    /** A pool of connections. */
    HikariDataSource pool(int size, Duration wait) throws SQLException {
        return pool(dataSource(), size, wait);
    }

    static HikariDataSource pool(DataSource source, int size, Duration wait) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(wait.toMillis());
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    /** Runs statements, each committed. */
    void run(String... statements) throws SQLException {
        run(dataSource(), statements);
    }

    static void run(DataSource source, String... statements) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    int number(String query) throws SQLException {
        return number(dataSource(), query);
    }

    static int number(DataSource source, String query) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return number(connection, query);
        }
    }

    static int number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }

    static int update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    /** Until somebody waits for a lock. */
    void awaitWaiter() {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> number(waiters()) > 0);
    }

    private static final class Postgres {
        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", "60")
                        .setServerConfig("fsync", "off")
                        .start();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    /** Skips the test, loudly, where a database's program is missing. */
    Db orSkip() {
        if (this == MARIADB) {
            assumeTrue(
                    MariaServer.isInstalled(),
                    "SKIPPED: needs the Debian packages mariadb-server-core and mariadb-client-core");
        }
        return this;
    }

    static {
        // The drivers' own timeouts are not under test.
        DriverManager.setLoginTimeout(10);
    }
}
