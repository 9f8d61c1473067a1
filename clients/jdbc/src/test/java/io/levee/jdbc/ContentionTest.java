package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.levee.Levee;
import io.levee.RetryPolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many writers on the same rows: every call succeeds by repetition, and no update is lost or done twice. */
class ContentionTest {
    private static final int WRITERS = 8;
    private static final int TIMES = 10;

    /** The default retry budget: conflicts cost nothing of it. */
    private static Levee levee() {
        return Levee.named("db")
                .retry(RetryPolicy.exponential(Duration.ofMillis(1))
                        .cap(Duration.ofMillis(50))
                        .fullJitter()
                        .attempts(1000))
                .deadline(Duration.ofSeconds(60))
                .build();
    }

    private static void writers(Callable<?> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            CountDownLatch together = new CountDownLatch(WRITERS);
            List<Future<?>> all = new ArrayList<>();
            for (int w = 0; w < WRITERS; w++) {
                all.add(threads.submit(() -> {
                    together.countDown();
                    together.await();
                    for (int i = 0; i < TIMES; i++) {
                        work.call();
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get(120, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void optimisticLocksLoseNoUpdate(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        AtomicInteger runs = new AtomicInteger();
        Transaction<Integer> add = Transaction.<Integer>named("add")
                .isolation(Isolation.READ_COMMITTED)
                .lostUpdateIf(changed -> changed == 0);
        try (HikariDataSource pool = db.pool(WRITERS, Duration.ofSeconds(30));
                Levee levee = levee()) {
            LeveeJdbc jdbc = LeveeJdbc.on(pool, levee);
            double before = levee.state().retryBudgetLeft();
            writers(() -> jdbc.transaction(add, connection -> {
                runs.incrementAndGet();
                int value;
                int version;
                try (PreparedStatement read = connection.prepareStatement("SELECT v, version FROM item WHERE id = 1");
                        ResultSet row = read.executeQuery()) {
                    row.next();
                    value = row.getInt(1);
                    version = row.getInt(2);
                }
                // Widens the window between reading and writing, by a round trip and a change of threads.
                Thread.yield();
                try (PreparedStatement write = connection.prepareStatement(
                        "UPDATE item SET v = ?, version = version + 1 WHERE id = 1 AND version = ?")) {
                    write.setInt(1, value + 1);
                    write.setInt(2, version);
                    return write.executeUpdate();
                }
            }));
            assertThat(levee.state().retryBudgetLeft()).isGreaterThanOrEqualTo(before);
        }
        assertThat(db.number("SELECT v FROM item WHERE id = 1")).isEqualTo(WRITERS * TIMES);
        assertThat(db.number("SELECT version FROM item WHERE id = 1")).isEqualTo(WRITERS * TIMES);
        assertThat(runs.get()).isGreaterThanOrEqualTo(WRITERS * TIMES);
    }

    @ParameterizedTest
    @EnumSource
    void serializableReadModifyWriteLosesNoUpdate(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        Transaction<Integer> add = Transaction.<Integer>named("add").isolation(Isolation.SERIALIZABLE);
        try (HikariDataSource pool = db.pool(WRITERS, Duration.ofSeconds(30));
                Levee levee = levee()) {
            LeveeJdbc jdbc = LeveeJdbc.on(pool, levee);
            writers(() -> jdbc.transaction(add, connection -> {
                int value = Db.number(connection, "SELECT v FROM item WHERE id = 1");
                return Db.update(connection, "UPDATE item SET v = " + (value + 1) + " WHERE id = 1");
            }));
        }
        assertThat(db.number("SELECT v FROM item WHERE id = 1")).isEqualTo(WRITERS * TIMES);
    }

    @ParameterizedTest
    @EnumSource
    void rowsLockedInOppositeOrderLoseNoUpdate(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        AtomicInteger turn = new AtomicInteger();
        try (HikariDataSource pool = db.pool(WRITERS, Duration.ofSeconds(30));
                Levee levee = levee()) {
            LeveeJdbc jdbc = LeveeJdbc.on(pool, levee);
            writers(() -> {
                int first = 1 + turn.incrementAndGet() % 2;
                return jdbc.transaction(connection -> {
                    quickDeadlocks(db, connection);
                    Db.update(connection, "UPDATE item SET v = v + 1 WHERE id = " + first);
                    return Db.update(connection, "UPDATE item SET v = v + 1 WHERE id = " + (3 - first));
                });
            });
        }
        assertThat(db.number("SELECT v FROM item WHERE id = 1")).isEqualTo(WRITERS * TIMES);
        assertThat(db.number("SELECT v FROM item WHERE id = 2")).isEqualTo(WRITERS * TIMES);
    }

    /** PostgreSQL looks for one after a second, which would make this test long. */
    private static void quickDeadlocks(Db db, Connection connection) throws SQLException {
        if (db == Db.POSTGRESQL) {
            Db.update(connection, "SET LOCAL deadlock_timeout = '10ms'");
        }
    }
}
