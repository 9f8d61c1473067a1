package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.levee.AttemptTimeoutException;
import io.levee.CallCancelledException;
import io.levee.DeadlineExceededException;
import io.levee.Fate;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.Scope;
import io.levee.StopReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A transaction that takes too long. Each statement would run for 20 s or more, so that a test that passes within its
 * timeout shows that it was stopped.
 */
@Timeout(value = 15, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeadlineTest {
    private static Levee.Builder levee() {
        return Levee.named("db")
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(2))
                .noRetryBudget();
    }

    private static int sessions(Db db) throws SQLException {
        return switch (db) {
            case POSTGRESQL ->
                db.number("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
                        + " AND state = 'active'");
            case MARIADB ->
                db.number("SELECT count(*) FROM information_schema.processlist WHERE info LIKE"
                        + " '%SLEEP(%' AND id <> CONNECTION_ID()");
            case H2 ->
                db.number("SELECT count(*) FROM information_schema.sessions WHERE executing_statement LIKE"
                        + " '%SYSTEM_RANGE%' AND session_id <> SESSION_ID()");
        };
    }

    @ParameterizedTest
    @EnumSource
    void theRunningStatementIsStoppedAndTheConnectionGoesBack(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        try (HikariDataSource pool = db.pool(1, Duration.ofSeconds(5))) {
            Trial.Ending ending =
                    Trial.run(pool, levee().attemptTimeout(Duration.ofMillis(400)), Fault.WORK, (connection, run) -> {
                        Fault.insert(connection, run);
                        return run == 1 ? Db.number(connection, db.sleep(30)) : run;
                    });
            assertThat(ending.failure()).isNull();
            assertThat(ending.value()).isEqualTo(2);
            assertThat(ending.first().rule()).isEqualTo("attempt-timeout");
            assertThat(ending.first().fate()).isEqualTo(Fate.REFUSED_UNPROCESSED);
            assertThat(ending.failures().get(0)).isInstanceOf(AttemptTimeoutException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            try (Connection next = pool.getConnection()) {
                // A cancellation that came late would hit this one.
                assertThat(Db.number(next, "SELECT count(*) FROM work")).isEqualTo(1);
            }
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
        Awaitility.await().atMost(Db.PATIENCE).until(() -> sessions(db) == 0);
    }

    @ParameterizedTest
    @EnumSource
    void theDeadlineEndsTheCall(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        Trial.Ending ending =
                Trial.run(db.dataSource(), levee(), Fault.WORK.deadline(Duration.ofMillis(400)), (connection, run) -> {
                    Fault.insert(connection, run);
                    return Db.number(connection, db.sleep(30));
                });
        assertThat(ending.failure()).isInstanceOf(DeadlineExceededException.class);
        assertThat(ending.last().stop()).isEqualTo(StopReason.DEADLINE);
        assertThat(ending.bodyRuns()).isEqualTo(1);
        assertThat(db.number("SELECT count(*) FROM work")).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void cancellingTheScopeStopsTheStatement(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        try (Levee levee = levee().noAttemptTimeout().noDeadline().build()) {
            LeveeJdbc jdbc = LeveeJdbc.on(db.dataSource(), levee);
            CompletableFuture<Throwable> ended = new CompletableFuture<>();
            AtomicReference<Scope> opened = new AtomicReference<>();
            CountDownLatch running = new CountDownLatch(1);
            Thread caller = new Thread(() -> {
                try (Scope scope = Scope.open()) {
                    opened.set(scope);
                    jdbc.transaction(connection -> {
                        Fault.insert(connection, 1);
                        running.countDown();
                        return Db.number(connection, db.sleep(30));
                    });
                } catch (Throwable thrown) {
                    ended.complete(thrown);
                }
            });
            caller.start();
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
            Awaitility.await().atMost(Db.PATIENCE).until(() -> sessions(db) > 0);
            opened.get().cancel();
            assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(CallCancelledException.class);
            Awaitility.await().atMost(Db.PATIENCE).until(() -> sessions(db) == 0);
        }
        assertThat(db.number("SELECT count(*) FROM work")).isZero();
    }

    /** A read from a socket does not notice an interrupt; the watchdog does. */
    @ParameterizedTest
    @EnumSource
    void interruptingTheThreadStopsTheStatement(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        try (Levee levee = levee().noAttemptTimeout().noDeadline().build()) {
            LeveeJdbc jdbc = LeveeJdbc.on(db.dataSource(), levee);
            CompletableFuture<Throwable> ended = new CompletableFuture<>();
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    jdbc.transaction(connection -> {
                        Fault.insert(connection, 1);
                        return Db.number(connection, db.sleep(30));
                    });
                } catch (Throwable thrown) {
                    flag.complete(Thread.currentThread().isInterrupted());
                    ended.complete(thrown);
                }
            });
            caller.start();
            Awaitility.await().atMost(Db.PATIENCE).until(() -> sessions(db) > 0);
            caller.interrupt();
            ended.get(10, TimeUnit.SECONDS);
            assertThat(flag.get()).isTrue();
            assertThat(io.levee.Decision.of(ended.get()).stop()).isEqualTo(StopReason.CANCELLED);
        }
        assertThat(db.number("SELECT count(*) FROM work")).isZero();
    }

    /** No answer comes, no cancellation gets through: the connection is aborted, a second after the attempt's end. */
    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void aDeadNetworkDoesNotHoldTheCaller(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        try (CutProxy proxy = new CutProxy(db.port(), CutProxy.OnCommit.PASS, 0);
                HikariDataSource pool = Db.pool(db.dataSource(proxy.port()), 1, Duration.ofSeconds(5))) {
            Trial.Ending ending = Trial.run(
                    pool,
                    Levee.named("db")
                            .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(1))
                            .attemptTimeout(Duration.ofMillis(300)),
                    Fault.WORK,
                    (connection, run) -> {
                        Fault.insert(connection, run);
                        proxy.freeze();
                        return Db.number(connection, "SELECT count(*) FROM work");
                    });
            assertThat(ending.failure()).isInstanceOf(AttemptTimeoutException.class);
            assertThat(ending.last().fate()).isEqualTo(Fate.REFUSED_UNPROCESSED);
            Awaitility.await()
                    .atMost(Db.PATIENCE)
                    .until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
        }
    }

    @Test
    void theWaitForThePoolIsCutToWhatIsLeft() throws Exception {
        Fault.tables(Db.H2);
        try (HikariDataSource pool = Db.H2.pool(1, Duration.ofSeconds(60));
                Connection held = pool.getConnection()) {
            Trial.Ending ending =
                    Trial.run(pool, levee(), Fault.WORK.deadline(Duration.ofMillis(200)), (connection, run) -> run);
            assertThat(ending.failure()).isInstanceOf(DeadlineExceededException.class);
            assertThat(ending.bodyRuns()).isZero();
        }
    }

    @Test
    void noCommitIsSentOnceTheTimeIsOver() throws Exception {
        Fault.tables(Db.H2);
        CountDownLatch never = new CountDownLatch(1);
        Trial.Ending ending = Trial.run(
                Db.H2.dataSource(), levee(), Fault.WORK.deadline(Duration.ofMillis(100)), (connection, run) -> {
                    Fault.insert(connection, run);
                    try {
                        never.await();
                    } catch (InterruptedException swallowed) {
                        // A body that hides that it was interrupted.
                    }
                    return run;
                });
        assertThat(ending.failure()).isInstanceOf(DeadlineExceededException.class);
        assertThat(Db.H2.number("SELECT count(*) FROM work")).isZero();
    }

    @Test
    void postgresIsToldTheTimeLeftAndKeepsAShorterOneOfItsOwn() throws Exception {
        Db db = Db.POSTGRESQL;
        String setting = "SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'";
        try (Levee levee = levee().attemptTimeout(Duration.ofSeconds(7)).build()) {
            int told = LeveeJdbc.on(db.dataSource(), levee).transaction(connection -> Db.number(connection, setting));
            assertThat(told).isBetween(1, 7050);
            int untold = LeveeJdbc.builder(db.dataSource(), levee)
                    .serverTimeouts(false)
                    .build()
                    .transaction(connection -> Db.number(connection, setting));
            assertThat(untold).isZero();
            org.postgresql.ds.PGSimpleDataSource strict = (org.postgresql.ds.PGSimpleDataSource) db.dataSource();
            strict.setOptions("-c statement_timeout=77");
            assertThat(LeveeJdbc.on(strict, levee).<Integer, SQLException>transaction(c -> Db.number(c, setting)))
                    .isEqualTo(77);
        }
    }

    @Test
    void aBodyThatWaitsForAnotherStatementAfterTheEndIsRefusedIt() throws Exception {
        Fault.tables(Db.H2);
        try (Levee levee = levee().attemptTimeout(Duration.ofMillis(100)).build()) {
            LeveeJdbc jdbc = LeveeJdbc.on(Db.H2.dataSource(), levee);
            assertThatThrownBy(() -> jdbc.transaction(connection -> {
                        while (true) {
                            Db.number(connection, "SELECT 1");
                        }
                    }))
                    .isInstanceOf(AttemptTimeoutException.class);
        }
    }
}
