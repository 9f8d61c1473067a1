package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.levee.Fate;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.StopReason;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases that go away in the middle, with a pool in between. */
class OutageTest {
    /** Not H2: the pool does not know its code for a session that was ended, and lends the connection again. */
    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void aKilledConnectionIsReplacedAndTheTransactionRepeated(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        try (HikariDataSource pool = db.pool(1, Duration.ofSeconds(5))) {
            Trial.Ending ending = Trial.run(pool, Fault.WORK, (connection, run) -> {
                Fault.insert(connection, run);
                if (run == 1) {
                    db.run(db.kill(Db.number(connection, db.sessionId())));
                }
                return Db.number(connection, "SELECT count(*) FROM work");
            });
            assertThat(ending.failure()).isNull();
            assertThat(ending.bodyRuns()).isEqualTo(2);
            assertThat(ending.first().fate()).isEqualTo(Fate.REFUSED_UNPROCESSED);
            assertThat(db.number("SELECT count(*) FROM work")).isEqualTo(1);
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPoolWithNothingToLendIsNeverSentAndNotRepeated(Db db) throws Exception {
        db.orSkip();
        try (HikariDataSource pool = db.pool(1, Duration.ofMillis(300));
                Connection held = pool.getConnection()) {
            Trial.Ending ending = Trial.run(pool, Fault.WORK, (connection, run) -> run);
            assertThat(ending.failure()).isInstanceOf(SQLTransientConnectionException.class);
            assertThat(ending.bodyRuns()).isZero();
            assertThat(ending.last().fate()).isEqualTo(Fate.NEVER_SENT);
            assertThat(ending.last().rule()).isEqualTo("rejected");
            assertThat(ending.last().stop()).isEqualTo(StopReason.FINAL);
        }
    }

    /** The pool says the same words; that the database is down stands in the cause. */
    @Test
    void aPoolThatCannotConnectIsNeverSentAndIsRepeated() throws Exception {
        try (CutProxy proxy = new CutProxy(Db.POSTGRESQL.port(), CutProxy.OnCommit.PASS, 0)) {
            proxy.refuseFurther();
            try (HikariDataSource pool = Db.pool(Db.POSTGRESQL.dataSource(proxy.port()), 1, Duration.ofMillis(300))) {
                Trial.Ending ending = Trial.run(pool, Fault.WORK, (connection, run) -> run);
                assertThat(ending.failure()).isInstanceOf(SQLTransientConnectionException.class);
                assertThat(ending.last().fate()).isEqualTo(Fate.NEVER_SENT);
                assertThat(ending.last().stop()).isEqualTo(StopReason.ATTEMPTS);
            }
        }
    }

    @Test
    void aDatabaseThatIsRestartedInMidTransaction(@TempDir(cleanup = CleanupMode.NEVER) Path home) throws Exception {
        Path data = home.resolve("data");
        EmbeddedPostgres first = server(data, 0);
        EmbeddedPostgres[] second = {null};
        int port = first.getPort();
        try (HikariDataSource pool = Db.pool(Db.POSTGRESQL.dataSource(port), 2, Duration.ofSeconds(5))) {
            Db.run(pool, "CREATE TABLE work (run INT)");
            Levee.Builder patient = Levee.named("db")
                    .retry(RetryPolicy.fixed(Duration.ofMillis(200)).attempts(50))
                    .noRetryBudget();
            Trial.Ending ending = Trial.run(pool, patient, Fault.WORK, (connection, run) -> {
                Fault.insert(connection, run);
                if (run == 1) {
                    first.close();
                    second[0] = server(data, port);
                }
                return Db.number(connection, "SELECT count(*) FROM work");
            });
            assertThat(ending.failure()).isNull();
            assertThat(ending.bodyRuns()).isEqualTo(2);
            assertThat(ending.first().fate()).isEqualTo(Fate.REFUSED_UNPROCESSED);
            assertThat(Db.number(pool, "SELECT count(*) FROM work")).isEqualTo(1);
        } finally {
            first.close();
            if (second[0] != null) {
                second[0].close();
            }
        }
    }

    private static EmbeddedPostgres server(Path data, int port) throws IOException {
        Files.createDirectories(data);
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "off");
        if (port != 0) {
            builder.setPort(port);
        }
        return builder.start();
    }
}
