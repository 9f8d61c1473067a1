package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.levee.Levee;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a transaction's body can do with its connection, and what is left of it afterwards. */
class GuardTest {
    private final Levee levee = Trial.levee().build();
    private LeveeJdbc jdbc;

    @BeforeEach
    void tables() throws Exception {
        Fault.tables(Db.H2);
        jdbc = LeveeJdbc.on(Db.H2.dataSource(), levee);
    }

    @AfterEach
    void close() {
        levee.close();
    }

    private static int rows() throws SQLException {
        return Db.H2.number("SELECT count(*) FROM work");
    }

    private interface Use {
        void of(Connection connection) throws Exception;
    }

    private void assertRefused(Use use) {
        assertThatThrownBy(() -> jdbc.transaction(connection -> {
                    Fault.insert(connection, 1);
                    use.of(connection);
                    return null;
                }))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("2D000"))
                .hasMessageContaining("Levee's");
    }

    @Test
    void whatIsLeveesIsRefused() throws Exception {
        assertRefused(Connection::commit);
        assertRefused(Connection::rollback);
        assertRefused(Connection::close);
        assertRefused(connection -> connection.setAutoCommit(true));
        assertRefused(connection -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
        assertRefused(connection -> connection.setReadOnly(true));
        assertRefused(connection -> connection.abort(Runnable::run));
        assertRefused(connection -> connection.setNetworkTimeout(Runnable::run, 1));
        assertRefused(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.getConnection().commit();
            }
        });
        assertRefused(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("SELECT 1");
                    ResultSet row = statement.executeQuery()) {
                row.next();
                connection.unwrap(Connection.class).commit();
            }
        });
        assertThat(rows()).isZero();
    }

    @Test
    void whatIsTheBodysWorks() throws Exception {
        String text = jdbc.transaction(connection -> {
            connection.setAutoCommit(false);
            Fault.insert(connection, 1);
            Savepoint before = connection.setSavepoint();
            Fault.insert(connection, 2);
            connection.rollback(before);
            assertThat(connection.isClosed()).isFalse();
            assertThat(connection.isWrapperFor(org.h2.jdbc.JdbcConnection.class))
                    .isTrue();
            assertThat(connection.unwrap(org.h2.jdbc.JdbcConnection.class)).isNotNull();
            assertThat(new java.util.HashSet<>(List.of(connection))).contains(connection);
            try (PreparedStatement call = connection.prepareCall("SELECT 1")) {
                assertThat(call.getConnection()).isSameAs(connection);
                assertThat(call.isWrapperFor(PreparedStatement.class)).isTrue();
            }
            return connection.toString();
        });
        assertThat(text).startsWith("in a Levee transaction");
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void afterTheAttemptNothingOfItCanBeUsed() throws Exception {
        List<Connection> connections = new ArrayList<>();
        List<Statement> statements = new ArrayList<>();
        jdbc.transaction(connection -> {
            connections.add(connection);
            statements.add(connection.createStatement());
            return null;
        });
        Connection kept = connections.get(0);
        assertThat(kept.isClosed()).isTrue();
        assertThat(kept.isValid(1)).isFalse();
        kept.close();
        statements.get(0).close();
        assertThatThrownBy(kept::createStatement)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("has ended");
        assertThatThrownBy(() -> statements.get(0).execute("DELETE FROM item")).hasMessageContaining("has ended");
        assertThatThrownBy(kept::commit).hasMessageContaining("has ended");
        // A body that uses what an earlier one kept is a mistake that would repeat itself.
        int[] runs = {0};
        assertThatThrownBy(() -> jdbc.transaction(connection -> {
                    runs[0]++;
                    return kept.createStatement();
                }))
                .hasMessageContaining("has ended");
        assertThat(runs[0]).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(classes = {IOException.class, IllegalStateException.class, AssertionError.class})
    void whateverIsThrownRollsBackAndReachesTheCaller(Class<? extends Throwable> type) throws Exception {
        Throwable thrown = type.getDeclaredConstructor().newInstance();
        assertThatThrownBy(() -> jdbc.transaction(connection -> {
                    Fault.insert(connection, 1);
                    throw thrown;
                }))
                .isSameAs(thrown);
        assertThat(rows()).isZero();
    }

    /** That the transaction was rolled back does not take back the request that its body sent. */
    @Test
    void aFailureThatIsNotTheDatabasesIsJudgedAsInAnyOtherCall() throws Exception {
        Trial.Ending ending = Trial.run(Db.H2.dataSource(), Fault.WORK, (connection, run) -> {
            throw new java.net.SocketTimeoutException("Read timed out");
        });
        assertThat(ending.bodyRuns()).isEqualTo(1);
        assertThat(ending.last().stop()).isEqualTo(io.levee.StopReason.NOT_IDEMPOTENT);
    }

    @ParameterizedTest
    @EnumSource
    void theConnectionComesBackAsItWasLent(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        try (HikariDataSource pool = db.pool(1, Duration.ofSeconds(5))) {
            int isolation;
            try (Connection before = pool.getConnection()) {
                isolation = before.getTransactionIsolation();
            }
            LeveeJdbc pooled = LeveeJdbc.on(pool, levee);
            Transaction<Integer> reading =
                    Fault.WORK.isolation(Isolation.SERIALIZABLE).readOnly();
            assertThat(pooled.transaction(reading, connection -> {
                        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
                        return Db.number(connection, "SELECT count(*) FROM item");
                    }))
                    .isEqualTo(2);
            assertThatThrownBy(() -> pooled.transaction(reading, connection -> {
                        throw new IllegalStateException("the user's");
                    }))
                    .hasMessage("the user's");
            try (Connection after = pool.getConnection()) {
                assertThat(after.getAutoCommit()).isTrue();
                assertThat(after.isReadOnly()).isFalse();
                assertThat(after.getTransactionIsolation()).isEqualTo(isolation);
                if (db == Db.POSTGRESQL) {
                    assertThat(Db.number(
                                    after, "SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'"))
                            .isZero();
                }
            }
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
            assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isEqualTo(1);
        }
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> Fault.WORK.idempotencyRecord("")).hasMessageContaining("1 to 200");
        assertThatThrownBy(() -> Fault.WORK.idempotencyRecord("x ")).hasMessageContaining("spaces");
        assertThatThrownBy(() -> Fault.WORK.idempotencyRecord("x".repeat(201))).hasMessageContaining("1 to 200");
        assertThatThrownBy(() -> Fault.WORK.deadline(Duration.ZERO)).hasMessageContaining("more than zero");
        assertThatThrownBy(() -> LeveeJdbc.builder(Db.H2.dataSource(), levee).idempotencyTable("x; DROP TABLE y"))
                .hasMessageContaining("letters");
    }
}
