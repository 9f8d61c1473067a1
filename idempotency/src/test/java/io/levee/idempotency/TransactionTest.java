package io.levee.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The application's change and the record in one transaction, on PostgreSQL. */
class TransactionTest {
    private static final StoredResponse ANSWER = StoredResponse.of(201, "text/plain", "paid");
    private static EmbeddedPostgres server;
    private static DataSource database;
    private Idempotency idempotency;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        database = server.getPostgresDatabase();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @BeforeEach
    void open() throws SQLException {
        run("DROP TABLE IF EXISTS " + JdbcStore.TABLE, "DROP TABLE IF EXISTS payment", "CREATE TABLE payment (n INT)");
        run(JdbcStore.ddl("PostgreSQL"));
        idempotency = Idempotency.on(JdbcStore.on(database))
                .lease(Duration.ofSeconds(1))
                .build();
    }

    @AfterEach
    void close() {
        idempotency.close();
    }

    private static void run(String... statements) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static int paid() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM payment")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static Admission admit(Idempotency by) throws IOException {
        RequestHead head = new RequestHead(
                "POST", "/pay", null, null, name -> name.equals("Idempotency-Key") ? List.of("\"k\"") : List.of());
        return by.admit(head, 0, new ByteArrayInputStream(new byte[0]));
    }

    private static KeyedWork work(Admission admission) {
        assertThat(admission).isInstanceOf(Admission.Work.class);
        return ((Admission.Work) admission).work();
    }

    private static Connection pay(KeyedWork work) throws SQLException {
        Connection connection = database.getConnection();
        connection.setAutoCommit(false);
        try (Statement insert = connection.createStatement()) {
            insert.executeUpdate("INSERT INTO payment VALUES (1)");
            work.record(connection, ANSWER);
        } catch (SQLException | RuntimeException refused) {
            connection.rollback();
            connection.close();
            throw refused;
        }
        return connection;
    }

    @Test
    void theCommittedAnswerIsSentWhateverTheHandlerWrites() throws Exception {
        KeyedWork work = work(admit(idempotency));
        try (Connection connection = pay(work)) {
            connection.commit();
        }
        assertThat(work.finish(StoredResponse.of(503, "text/plain", "after all")))
                .isEqualTo(ANSWER);
        assertThat(((Admission.Answer) admit(idempotency)).answer().status()).isEqualTo(201);
        assertThat(paid()).isEqualTo(1);
    }

    @Test
    void whatWasRolledBackIsDoneTheNextTime() throws Exception {
        KeyedWork work = work(admit(idempotency));
        try (Connection connection = pay(work)) {
            connection.rollback();
        }
        work.fail();
        KeyedWork again = work(admit(idempotency));
        assertThat(again.fence()).isGreaterThan(work.fence());
        try (Connection connection = pay(again)) {
            connection.commit();
        }
        again.fail();
        assertThat(((Admission.Answer) admit(idempotency)).answer().status()).isEqualTo(201);
        assertThat(paid()).isEqualTo(1);
    }

    /** An owner that was paused for longer than its lease, and then wants to commit. */
    @Test
    void whoWasTakenOverCannotCommit() throws Exception {
        KeyedWork paused = work(admit(idempotency));
        idempotency.heartbeat().close(); // as a paused process
        try (Idempotency other = Idempotency.on(JdbcStore.on(database))
                .lease(Duration.ofSeconds(1))
                .build()) {
            KeyedWork next = work(Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> admit(other), Admission.Work.class::isInstance));
            assertThat(next.isTakenOver()).isTrue();
            assertThatThrownBy(() -> pay(paused).close()).isInstanceOf(FenceLostException.class);
            try (Connection connection = pay(next)) {
                connection.commit();
            }
            assertThat(next.finish(ANSWER)).isEqualTo(ANSWER);
        }
        assertThat(paused.finish(StoredResponse.of(200, "text/plain", "late")).status())
                .isEqualTo(201);
        assertThat(paid()).isEqualTo(1);
    }

    @Test
    void aStoreElsewhereIsNamed() throws Exception {
        try (Idempotency elsewhere = Idempotency.on(new RedisStore(
                        (script, keys, arguments) -> List.of("granted".getBytes(), "1".getBytes(), "0".getBytes())))
                .build()) {
            assertThatThrownBy(() -> pay(work(admit(elsewhere))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("RedisStore");
        }
    }
}
