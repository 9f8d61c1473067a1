package io.levee.guard.store;

import static io.levee.guard.store.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.EventTally;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Question;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresStoreTest extends StoreContract {
    private static EmbeddedPostgres server;
    private static int databases;

    private String database;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedPostgres.builder().start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Override
    int histories() {
        return 3;
    }

    @Override
    StoreSettings settings() {
        if (database == null) {
            database = "guard" + databases++;
            execute("postgres", "CREATE DATABASE " + database);
        }
        return StoreSettings.postgres(server.getJdbcUrl("postgres", database), null, null);
    }

    private static void execute(String database, String sql) {
        try (Connection connection = server.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TimeRange upToNow() {
        return new TimeRange(NOW.minus(Duration.ofDays(28)), NOW.plusSeconds(60));
    }

    private static long total(Store store) {
        return store.counts("orders").counts(upToNow()).total();
    }

    @Test
    void theDatabaseItselfRefusesToChangeTheRecord() {
        store.ledger().append("gate.decision", null, "ci", Map.of());
        for (String sql : List.of("UPDATE ledger SET actor = 'x'", "DELETE FROM ledger", "TRUNCATE ledger")) {
            assertThatThrownBy(() -> execute(database, sql))
                    .hasRootCauseInstanceOf(SQLException.class)
                    .hasMessageContaining("only ever appended to");
        }
    }

    @Test
    void aServerThatIsNotThereIsTold() {
        assertThatThrownBy(() -> Stores.open(StoreSettings.postgres(
                        "jdbc:postgresql://127.0.0.1:1/none?password=secret", "guard", "secret")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("jdbc:postgresql://127.0.0.1:1/none cannot be reached")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aGuardWhoseTablesANewerOneChangedStopsAndSaysWhy() {
        store.append(List.of(Samples.good("a", NOW)));
        execute(database, "INSERT INTO guard_migration VALUES (99, 'V99')");
        clock.advance(Duration.ofSeconds(10));
        for (int again = 0; again < 2; again++) {
            assertThatThrownBy(() -> store.tick(clock.instant()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContainingAll("version 99", "a newer guard made them");
        }
        assertThatThrownBy(() -> store.append(List.of(Samples.good("b", NOW))))
                .hasMessageContaining("a newer guard made them");
        assertThat(store.leads()).isFalse();
        assertThatThrownBy(this::open).hasMessageContaining("a newer guard made them");
    }

    // --- several guards ---------------------------------------------------------------------------------------------

    @Test
    void twoGuardsCountEachEventOnceAndSeeEachOthersCounts() throws Exception {
        Store other = open();
        List<Long> toldFirst = new CopyOnWriteArrayList<>();
        List<Long> toldOther = new CopyOnWriteArrayList<>();
        store.ledger().subscribe(entry -> toldFirst.add(entry.seq()));
        other.ledger().subscribe(entry -> toldOther.add(entry.seq()));
        Random random = new Random(1);
        EventTally tally = new EventTally(Samples.OBJECTIVES.get(0).matcher());
        List<List<Event>> batches = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            batches.add(Samples.random(random, 50, Duration.ofDays(3)).stream()
                    .filter(event -> event.id() != null)
                    .toList());
            batches.get(i).forEach(tally::add);
        }
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (Store each : List.of(store, other, store, other)) {
                done.add(callers.submit(() -> {
                    for (int i = 0; i < batches.size(); i++) {
                        each.append(batches.get(i));
                        if (i % 10 == 0) {
                            each.tick(clock.instant());
                            each.ledger().append("entry", null, "guard", Map.of("i", i));
                            clock.advance(Duration.ofSeconds(1));
                        }
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            callers.shutdownNow();
        }
        long expected = tally.counts(upToNow()).total();
        Question question = new Question("orders", Environment.CANARY, "r2", NOW, false);
        for (Store each : List.of(store, other)) {
            Awaitility.await().untilAsserted(() -> assertThat(total(each)).isEqualTo(expected));
            assertThat(each.evidence(question, TERMS, GatePolicy.DEFAULT))
                    .isEqualTo(tally.evidence(question, TERMS, GatePolicy.DEFAULT));
        }
        Awaitility.await().untilAsserted(() -> assertThat(toldFirst).hasSize(24));
        Awaitility.await().untilAsserted(() -> assertThat(toldOther).isEqualTo(toldFirst));
        assertThat(toldFirst).isSorted().doesNotHaveDuplicates();
        other.close();
        Store third = open();
        assertThat(total(third)).isEqualTo(expected);
    }

    @Test
    void whatIsTidiedUpMeanwhileIsNothingNew() {
        Store other = open();
        store.append(List.of(Samples.event("a", NOW, Event.Outcome.BAD, "r7", Environment.PRODUCTION, null)));
        store.append(List.of(Samples.event(
                "old", NOW.minus(Duration.ofDays(200)), Event.Outcome.BAD, "r6", Environment.PRODUCTION, null)));
        store.tick(clock.instant());
        other.tick(clock.instant());
        assertThat(other.append(List.of(Samples.good("b", NOW))).counted()).isEqualTo(1);
        Store third = open();
        for (Store each : List.of(store, other, third)) {
            Awaitility.await().untilAsserted(() -> assertThat(total(each)).isEqualTo(2));
            assertThat(each.releases("orders", upToNow()))
                    .extracting(Store.ReleaseSeen::release)
                    .containsExactly("r1", "r7");
        }
    }

    @Test
    void oneOfTwoLeadsAndTheOtherTakesOver() throws Exception {
        Store other = open();
        assertThat(store.leads()).isTrue();
        assertThat(other.leads()).isFalse();
        store.tick(clock.instant());
        other.tick(clock.instant());
        assertThat(other.leads()).isFalse();
        // Its connection dies, as when its machine does. Whoever ticks first takes over; the other one notices.
        execute(
                "postgres",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE application_name = 'levee-guard leader' AND datname = '" + database + "'");
        Awaitility.await().until(() -> {
            other.tick(clock.instant());
            return other.leads();
        });
        store.tick(clock.instant());
        assertThat(store.leads()).isFalse();
        other.close();
        Awaitility.await().until(() -> {
            store.tick(clock.instant());
            return store.leads();
        });
    }

    @Test
    void aGuardThatWasAwayForLongLoadsAllAnew() throws Exception {
        store.append(List.of(Samples.good("a", NOW)));
        Store other = open();
        assertThat(total(other)).isEqualTo(1);
        try (Connection connection = server.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement()) {
            // What others see of it meanwhile is held back, as if this guard's machine slept.
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE journal IN ACCESS EXCLUSIVE MODE");
            statement.execute(
                    "INSERT INTO journal SELECT seq + 1, at_ms, ids, batches, data FROM journal ORDER BY seq DESC LIMIT 1");
            statement.execute("UPDATE journal SET ids = '', data = ''");
            statement.execute("UPDATE meta SET value = 2 WHERE name = 'checkpoint'");
            statement.execute("INSERT INTO meta VALUES ('checkpoint', 2) ON CONFLICT (name) DO UPDATE SET value = 2");
            statement.execute("INSERT INTO meta VALUES ('pruned', 2) ON CONFLICT (name) DO UPDATE SET value = 2");
            statement.execute("DELETE FROM chunk");
            connection.commit();
        }
        Awaitility.await().untilAsserted(() -> assertThat(total(other)).isZero());
        assertThat(other.append(List.of(Samples.good("b", NOW))).counted()).isEqualTo(1);
        assertThat(total(other)).isEqualTo(1);
        Awaitility.await().untilAsserted(() -> assertThat(total(store)).isEqualTo(1));
    }

    @Test
    void aDatabaseThatWentAwayAndCameBackLosesNothing() {
        store.append(List.of(Samples.good("a", NOW)));
        execute(
                "postgres",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database + "'");
        Awaitility.await().ignoreExceptions().untilAsserted(() -> {
            store.tick(clock.instant());
            store.append(List.of(Samples.good("b", NOW)));
        });
        assertThat(total(store)).isEqualTo(2);
    }

    @Test
    void countsAreInTheDatabaseAndNotInAGuard() throws Exception {
        store.append(List.of(Samples.good("a", NOW)));
        store.tick(clock.instant());
        try (Connection connection = server.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM chunk")) {
            row.next();
            assertThat(row.getInt(1)).isPositive();
        }
    }
}
