package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.CauseChain;
import io.levee.Classifier;
import io.levee.ErrorKind;
import io.levee.Fate;
import io.levee.Outcome;
import java.lang.reflect.Field;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLState;

class SqlErrorsTest {
    private static ErrorKind kind(Throwable failure, String product) {
        return SqlErrors.outcome(failure, product, false).errorKind();
    }

    private static Fate fate(String state, int vendor, String product, boolean commitSent) {
        return SqlErrors.outcome(new SQLException("", state, vendor), product, commitSent)
                .fate();
    }

    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, 40001, 0, CONFLICT",
        "PostgreSQL, 40P01, 0, CONFLICT",
        "PostgreSQL, 57P01, 0, UNAVAILABLE",
        "PostgreSQL, 53300, 0, OVERLOADED",
        "PostgreSQL, 08006, 0, CONNECTION_LOST",
        "PostgreSQL, 08001, 0, CONNECT",
        "PostgreSQL, 23505, 0, REQUEST_REFUSED",
        "PostgreSQL, 42P01, 0, REQUEST_REFUSED",
        "PostgreSQL, XX000, 0, FAULT",
        "MySQL, 40001, 1213, CONFLICT",
        "MySQL, HY000, 1205, CONFLICT",
        "MariaDB, HY000, 1020, CONFLICT",
        "MariaDB, 08004, 1040, OVERLOADED",
        "MySQL, HY000, 1366, FAULT",
        "H2, 90131, 90131, CONFLICT",
        "H2, HYT00, 50200, CONFLICT",
        "Oracle, 72000, 8177, CONFLICT",
        "Oracle, 61000, 60, CONFLICT",
        "Oracle, 08003, 17008, CONNECTION_LOST",
        "Oracle, 66000, 12519, OVERLOADED",
        "Microsoft SQL Server, 40001, 1205, CONFLICT",
        "Microsoft SQL Server, S0005, 3960, CONFLICT",
        "Microsoft SQL Server, S0001, 40613, UNAVAILABLE",
        "Derby, 40001, 30000, CONFLICT",
        "Derby, 08006, 45000, CONNECTION_LOST",
        "Derby, XJ015, 50000, FAULT",
    })
    void aCodeHasItsKind(String product, String state, int vendor, ErrorKind kind) {
        assertThat(kind(new SQLException("", state, vendor), product)).isEqualTo(kind);
    }

    /** A number means something else in each database: 1205 is a lock timeout here and a deadlock there. */
    @Test
    void vendorCodesCountOnlyForTheirProduct() {
        assertThat(fate("HY000", 1205, "MySQL", true)).isEqualTo(Fate.SENT_NO_ANSWER);
        assertThat(fate("40001", 1205, "Microsoft SQL Server", true)).isEqualTo(Fate.REFUSED_UNPROCESSED);
        assertThat(kind(new SQLException("", "XXXXX", 1205), null)).isEqualTo(ErrorKind.FAULT);
    }

    @Test
    void aCertificateOfAnotherHostIsKnownByTheVerifiersNameInWhateverLanguage() {
        SQLException german = new SQLException("127.0.0.1: PgjdbcHostnameVerifier lehnt den Namen ab", "08006");
        assertThat(kind(german, "PostgreSQL")).isEqualTo(ErrorKind.CERTIFICATE);
        assertThat(kind(new SQLException("An I/O error occurred", "08006"), "PostgreSQL"))
                .isEqualTo(ErrorKind.CONNECTION_LOST);
    }

    @Test
    void beforeTheCommitEverythingIsRolledBack() {
        for (String state : List.of("40001", "08006", "57P01", "23505", "XX000", "57014")) {
            assertThat(fate(state, 0, "PostgreSQL", false)).as(state).isEqualTo(Fate.REFUSED_UNPROCESSED);
        }
        assertThat(fate("08001", 0, "PostgreSQL", false)).isEqualTo(Fate.NEVER_SENT);
    }

    @Test
    void afterTheCommitOnlyACodeThatProvesItIs() {
        for (String state : List.of("40001", "40P01", "40002", "23503")) {
            assertThat(fate(state, 0, "PostgreSQL", true)).as(state).isEqualTo(Fate.REFUSED_UNPROCESSED);
        }
        for (String state : List.of("40003", "08006", "08007", "08001", "57P01", "57014", "XX000")) {
            assertThat(fate(state, 0, "PostgreSQL", true)).as(state).isEqualTo(Fate.SENT_NO_ANSWER);
        }
        assertThat(SqlErrors.outcome(new IllegalStateException(), null, true).fate())
                .isEqualTo(Fate.SENT_NO_ANSWER);
    }

    @Test
    void causesAndNextExceptionsAreLookedThrough() {
        SQLException deadlock = new SQLException("", "40P01");
        BatchUpdateException batch = new BatchUpdateException("batch", null, new int[0]);
        batch.setNextException(deadlock);
        assertThat(kind(batch, "PostgreSQL")).isEqualTo(ErrorKind.CONFLICT);
        assertThat(kind(new IllegalStateException(new RuntimeException(deadlock)), "PostgreSQL"))
                .isEqualTo(ErrorKind.CONFLICT);
        SQLException ring = new SQLException("ring", "XX000");
        ring.setNextException(new SQLException("other", "XX001", ring));
        assertThat(kind(ring, "PostgreSQL")).isEqualTo(ErrorKind.FAULT);
    }

    /** PostgreSQL's driver answers the COMMIT of a transaction in which the body has swallowed an error so. */
    @Test
    void theErrorBehindAFailedTransactionTells() {
        SQLException commit = new SQLException("failed before", "25P02", new SQLException("", "40001"));
        assertThat(kind(commit, "PostgreSQL")).isEqualTo(ErrorKind.CONFLICT);
        assertThat(kind(new SQLException("", "25P02"), "PostgreSQL")).isEqualTo(ErrorKind.REQUEST_REFUSED);
    }

    @Test
    void withoutACodeTheDriversClassTells() {
        assertThat(kind(new SQLTransactionRollbackException(), null)).isEqualTo(ErrorKind.CONFLICT);
        assertThat(kind(new SQLRecoverableException(), null)).isEqualTo(ErrorKind.CONNECTION_LOST);
        assertThat(kind(new SQLSyntaxErrorException(), null)).isEqualTo(ErrorKind.REQUEST_REFUSED);
        assertThat(kind(new SQLException(), null)).isEqualTo(ErrorKind.FAULT);
    }

    @Test
    void aPoolsTimeoutIsNoDatabases() {
        SQLTransientConnectionException empty = new SQLTransientConnectionException("not available");
        Outcome outcome = SqlErrors.outcome(empty, Product.ANY, Stage.CONNECTING);
        assertThat(outcome.errorKind()).isEqualTo(ErrorKind.LOCAL_QUEUE);
        assertThat(outcome.fate()).isEqualTo(Fate.NEVER_SENT);
        assertThat(SqlErrors.outcome(new SQLException("refused", "08000"), Product.ANY, Stage.CONNECTING)
                        .errorKind())
                .isEqualTo(ErrorKind.CONNECT);
        SQLException refused = new SQLException("refused", "08001");
        SQLTransientConnectionException down = new SQLTransientConnectionException("not available", "08001", refused);
        assertThat(SqlErrors.outcome(down, Product.ANY, Stage.CONNECTING).errorKind())
                .isEqualTo(ErrorKind.CONNECT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jakarta.persistence.OptimisticLockException",
                "javax.persistence.OptimisticLockException",
                "org.hibernate.StaleStateException",
                "org.springframework.dao.ConcurrencyFailureException",
                "org.jooq.exception.DataChangedException",
                "io.levee.jdbc.LostUpdateException"
            })
    void lostLocksOfOtherLibrariesAreKnownByName(String name) {
        Throwable failure = CauseChain.named(List.of("java.lang.RuntimeException", name), List.of(), loader());
        Outcome outcome = SqlErrors.outcome(failure, "PostgreSQL", false);
        assertThat(outcome.errorKind()).isEqualTo(ErrorKind.CONFLICT);
        assertThat(outcome.fate()).isEqualTo(Fate.REFUSED_UNPROCESSED);
        assertThat(Classifier.standard().classify(outcome).isRetryable()).isTrue();
    }

    private static ClassLoader loader() {
        return SqlErrorsTest.class.getClassLoader();
    }

    @Test
    void whatIsNotTheDatabasesIsLeftToTheClassifier() {
        Outcome outcome = SqlErrors.outcome(new java.io.IOException("of a request in the body"), "PostgreSQL", false);
        assertThat(outcome.errorKind()).isNull();
        assertThat(outcome.fate()).isNull();
    }

    @Test
    void everyRowHasAKindANameAndASource() {
        assertThat(SqlTable.rows()).hasSizeGreaterThan(100).allSatisfy(row -> {
            assertThat(row.name()).isNotBlank();
            assertThat(row.source()).isNotBlank();
            if (row.rolledBack()) {
                assertThat(row.kind()).isIn(ErrorKind.CONFLICT, ErrorKind.REQUEST_REFUSED);
            }
        });
    }

    /** Held against the numbers in the database's own classes. */
    @Test
    void theRowsOfH2AreItsOwn() throws Exception {
        for (SqlFault row : SqlTable.rows()) {
            if (row.product() == Product.H2) {
                Field field = org.h2.api.ErrorCode.class.getField(row.name());
                assertThat(field.getInt(null)).as(row.name()).isEqualTo(Integer.parseInt(row.code()));
            }
        }
    }

    @Test
    void theRowsOfPostgresAgreeWithItsDriver() {
        Map<String, String> known = new HashMap<>();
        for (PSQLState state : PSQLState.values()) {
            known.put(state.getState(), state.name());
        }
        assertThat(known).containsEntry("40001", "SERIALIZATION_FAILURE").containsEntry("40P01", "DEADLOCK_DETECTED");
        for (SqlFault row : SqlTable.rows()) {
            if (row.source().contains("PSQLState")) {
                assertThat(known).containsEntry(row.code(), row.name());
            }
        }
    }
}
