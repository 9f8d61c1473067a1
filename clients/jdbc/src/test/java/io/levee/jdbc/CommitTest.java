package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.Decision;
import io.levee.Fate;
import io.levee.Levee;
import io.levee.StopReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When the COMMIT gets no answer. A proxy cuts the connection before the COMMIT, or after the server has done it. */
class CommitTest {
    @BeforeEach
    void tables() throws Exception {
        Fault.tables(Db.POSTGRESQL);
        if (MariaServer.isInstalled()) {
            Fault.tables(Db.MARIADB);
        }
    }

    private static int rows(Db db) throws SQLException {
        return db.number("SELECT count(*) FROM work");
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void unlessToldMoreItIsNeverRepeated(Db db) throws Exception {
        db.orSkip();
        for (CutProxy.OnCommit when : List.of(CutProxy.OnCommit.CUT_BEFORE, CutProxy.OnCommit.CUT_AFTER)) {
            db.run("DELETE FROM work");
            Trial.Ending ending = Fault.cut(db, when, Fault.WORK, UnaryOperator.identity());
            assertThat(ending.failure()).isInstanceOf(SQLException.class);
            Decision decision = Decision.of(ending.failure());
            assertThat(decision).isNotNull();
            assertThat(decision.fate()).isEqualTo(Fate.SENT_NO_ANSWER);
            assertThat(decision.stop()).isEqualTo(StopReason.NOT_IDEMPOTENT);
            assertThat(ending.bodyRuns()).isEqualTo(1);
            assertThat(rows(db)).isEqualTo(when == CutProxy.OnCommit.CUT_AFTER ? 1 : 0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void theRecordTellsThatItWasCommittedAndTheValueIsTheBodys(Db db) throws Exception {
        db.orSkip();
        Trial.Ending ending = Fault.cut(
                db, CutProxy.OnCommit.CUT_AFTER, Fault.WORK.idempotencyRecord("order-1"), UnaryOperator.identity());
        assertThat(ending.failure()).isNull();
        assertThat(ending.value()).isEqualTo(1);
        assertThat(ending.bodyRuns()).isEqualTo(1);
        assertThat(rows(db)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void theRecordTellsThatItWasNotCommittedAndTheBodyRunsAgain(Db db) throws Exception {
        db.orSkip();
        Trial.Ending ending = Fault.cut(
                db, CutProxy.OnCommit.CUT_BEFORE, Fault.WORK.idempotencyRecord("order-1"), UnaryOperator.identity());
        assertThat(ending.failure()).isNull();
        assertThat(ending.value()).isEqualTo(2);
        assertThat(ending.bodyRuns()).isEqualTo(2);
        assertThat(rows(db)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void anotherCallWithTheKeyDoesNothingAndIsTold(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        Transaction<Integer> once = Fault.WORK.idempotencyRecord("order-1");
        try (Levee levee = Trial.levee().build()) {
            LeveeJdbc jdbc = LeveeJdbc.on(db.dataSource(), levee);
            TransactionBody<Integer, RuntimeException> body = connection -> {
                Fault.insert(connection, 1);
                return 1;
            };
            assertThat(jdbc.transaction(once, body)).isEqualTo(1);
            assertThatThrownBy(() -> jdbc.transaction(once, body))
                    .isInstanceOfSatisfying(
                            AlreadyCommittedException.class,
                            already -> assertThat(already.key()).isEqualTo("order-1"))
                    .hasMessageContaining("order-1")
                    .hasMessageContaining("levee_idempotency");
            // Keys are told apart to the letter.
            assertThat(jdbc.transaction(Fault.WORK.idempotencyRecord("ORDER-1"), body))
                    .isEqualTo(1);
        }
        assertThat(rows(db)).isEqualTo(2);
    }

    /** A failed transaction leaves no record, so the key is free for the next try. */
    @ParameterizedTest
    @EnumSource
    void theRecordIsRolledBackWithTheWork(Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        Transaction<Integer> once = Fault.WORK.idempotencyRecord("order-1");
        try (Levee levee = Trial.levee().build()) {
            LeveeJdbc jdbc = LeveeJdbc.on(db.dataSource(), levee);
            assertThatThrownBy(() -> jdbc.transaction(once, connection -> {
                        throw new IllegalStateException("the user's");
                    }))
                    .hasMessage("the user's");
            assertThat(jdbc.transaction(once, connection -> 5)).isEqualTo(5);
        }
    }

    /** The first COMMIT may still be under way when the record is looked for: the primary key waits for it. */
    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void aCommitThatIsStillUnderWayIsWaitedFor(Db db) throws Exception {
        db.orSkip();
        IdempotencyTable table = new IdempotencyTable(IdempotencyTable.DEFAULT_NAME);
        try (Connection slow = db.dataSource().getConnection();
                Levee levee = Trial.levee().build()) {
            slow.setAutoCommit(false);
            table.insert(slow, "order-1", "somebody");
            Fault.insert(slow, 9);
            LeveeJdbc jdbc = LeveeJdbc.on(db.dataSource(), levee);
            List<Integer> runs = new ArrayList<>();
            CompletableFuture<Integer> second = CompletableFuture.supplyAsync(() -> {
                try {
                    return jdbc.transaction(Fault.WORK.idempotencyRecord("order-1"), connection -> {
                        runs.add(1);
                        Fault.insert(connection, 1);
                        return 1;
                    });
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            db.awaitWaiter();
            slow.commit();
            assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS))
                    .rootCause()
                    .isInstanceOf(AlreadyCommittedException.class);
            assertThat(runs).isEmpty();
        }
        assertThat(rows(db)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void theUsersOwnCheckDecidesAsWell(Db db) throws Exception {
        db.orSkip();
        Transaction<Integer> checked =
                Fault.WORK.commitCheck(connection -> Db.number(connection, "SELECT count(*) FROM work") > 0);
        Trial.Ending committed = Fault.cut(db, CutProxy.OnCommit.CUT_AFTER, checked, UnaryOperator.identity());
        assertThat(committed.failure()).isNull();
        assertThat(committed.value()).isEqualTo(1);
        assertThat(rows(db)).isEqualTo(1);
        db.run("DELETE FROM work");
        Trial.Ending not = Fault.cut(db, CutProxy.OnCommit.CUT_BEFORE, checked, UnaryOperator.identity());
        assertThat(not.value()).isEqualTo(2);
        assertThat(rows(db)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void whatIsIdempotentIsRepeatedBlindly(Db db) throws Exception {
        db.orSkip();
        Trial.Ending ending =
                Fault.cut(db, CutProxy.OnCommit.CUT_AFTER, Fault.WORK.idempotent(), UnaryOperator.identity());
        assertThat(ending.failure()).isNull();
        assertThat(ending.bodyRuns()).isEqualTo(2);
        assertThat(rows(db)).isEqualTo(2);
    }

    /** An attempt that never reaches the database does not make an earlier one's COMMIT any more certain. */
    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void theFateStaysUnknownWhateverComesLater(Db db) throws Exception {
        db.orSkip();
        try (CutProxy proxy = new CutProxy(db.port(), CutProxy.OnCommit.CUT_AFTER, 1)) {
            Trial.Ending ending = Trial.run(
                    db.dataSource(proxy.port()), Fault.WORK.idempotencyRecord("order-1"), (connection, run) -> {
                        Fault.insert(connection, run);
                        proxy.refuseFurther();
                        return run;
                    });
            assertThat(ending.failure()).isInstanceOf(SQLException.class);
            assertThat(ending.last().fate()).isEqualTo(Fate.SENT_NO_ANSWER);
            assertThat(ending.last().attempt()).isEqualTo(2);
            assertThat(ending.bodyRuns()).isEqualTo(1);
        }
        assertThat(rows(db)).isEqualTo(1);
    }
}
