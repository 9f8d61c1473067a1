package io.levee.jdbc;

import io.levee.AttemptTimeoutException;
import io.levee.CauseChain;
import io.levee.ErrorKind;
import io.levee.Fate;
import io.levee.Outcome;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Translates what a transaction failed with into what the engine judges: the kind of error by SQLState, vendor code or
 * class, and the fate of the transaction's work by how far it had come. Decides nothing; for who wants to judge SQL errors
 * that did not come out of {@link LeveeJdbc}:
 *
 * <pre>{@code
 * Call<Integer> call = Call.<Integer>named("count")
 *         .outcome((value, failure) -> failure == null
 *                 ? Outcome.value(value)
 *                 : SqlErrors.outcome(failure, "PostgreSQL", false));
 * }</pre>
 *
 * <p>Looks through the cause chain and {@link SQLException#getNextException()}, outermost first. Stateless.
 */
public final class SqlErrors {
    /** Throwables looked at in one failure: chains can be cycles. */
    private static final int MAX_VISITS = 256;

    private static final String LOST_UPDATE = LostUpdateException.class.getName();

    /**
     * Lost optimistic locks and lost races for pessimistic ones, as the common libraries throw them. By name: none of them
     * need be here.
     */
    private static final List<String> CONFLICTS = List.of(
            LOST_UPDATE,
            // Jakarta Persistence 3.2, "Locking and Concurrency"; javax is its name up to 2.2
            "jakarta.persistence.OptimisticLockException",
            "jakarta.persistence.PessimisticLockException",
            "jakarta.persistence.LockTimeoutException",
            "javax.persistence.OptimisticLockException",
            "javax.persistence.PessimisticLockException",
            "javax.persistence.LockTimeoutException",
            // Hibernate ORM Javadoc; StaleObjectStateException extends the first
            "org.hibernate.StaleStateException",
            "org.hibernate.dialect.lock.OptimisticEntityLockException",
            "org.hibernate.exception.LockAcquisitionException",
            "org.hibernate.PessimisticLockException",
            // Spring Framework Javadoc: superclass of OptimisticLockingFailureException, CannotAcquireLockException,
            // ...
            "org.springframework.dao.ConcurrencyFailureException",
            // EclipseLink and jOOQ Javadoc
            "org.eclipse.persistence.exceptions.OptimisticLockException",
            "org.jooq.exception.DataChangedException");

    private SqlErrors() {}

    /**
     * What a transaction's failure is to the engine.
     *
     * @param failure what the transaction threw
     * @param product as {@link java.sql.DatabaseMetaData#getDatabaseProductName()} gives it; null or unknown leaves the
     *     standard's SQLStates
     * @param commitSent whether COMMIT may have been sent. If not, the database rolls back whatever was done; if so, only
     *     a code that proves a rollback does
     * @return the outcome
     */
    public static Outcome outcome(Throwable failure, @Nullable String product, boolean commitSent) {
        return outcome(failure, Product.of(product), commitSent ? Stage.COMMITTING : Stage.OPEN);
    }

    static Outcome outcome(Throwable failure, Product product, Stage stage) {
        SqlFault fault = fault(failure, product, stage);
        Outcome outcome = Outcome.failure(failure);
        if (fault != null) {
            outcome = outcome.withErrorKind(fault.kind(), fault.text());
        }
        Fate fate = fate(failure, fault, stage);
        return fate == null ? outcome : outcome.withFate(fate);
    }

    private static @Nullable Fate fate(Throwable failure, @Nullable SqlFault fault, Stage stage) {
        return switch (stage) {
            case CONNECTING -> Fate.NEVER_SENT;
            case OPEN -> {
                if (fault != null) {
                    yield fault.kind() == ErrorKind.CONNECT || fault.kind() == ErrorKind.CERTIFICATE
                            ? Fate.NEVER_SENT
                            : Fate.REFUSED_UNPROCESSED;
                }
                // A failure that is not the database's is judged as it would be without one: that the transaction was
                // rolled back does not take back what else the body did.
                yield failure instanceof AttemptTimeoutException ? Fate.REFUSED_UNPROCESSED : null;
            }
            case COMMITTING -> fault != null && fault.rolledBack() ? Fate.REFUSED_UNPROCESSED : Fate.SENT_NO_ANSWER;
        };
    }

    /** The row that tells most of a failure; null if it is not the database's. */
    static @Nullable SqlFault fault(Throwable failure, Product product, Stage stage) {
        SqlFault lastResort = null;
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> open = new ArrayDeque<>();
        open.push(failure);
        while (!open.isEmpty() && seen.size() < MAX_VISITS) {
            Throwable t = open.pop();
            if (!seen.add(t)) {
                continue;
            }
            if (t.getCause() != null) {
                open.push(t.getCause());
            }
            if (t instanceof SQLException sql) {
                if (sql.getNextException() != null) {
                    open.push(sql.getNextException());
                }
                SqlFault fault = own(sql, product, stage);
                if (fault.kind() != ErrorKind.FAULT && !SqlState.IN_FAILED_TRANSACTION.equals(sql.getSQLState())) {
                    return conflictAround(failure, fault);
                }
                lastResort = lastResort == null ? fault : lastResort;
            }
        }
        if (lastResort == null) {
            // Of a failure that was read in a log, only the names of its classes are known.
            lastResort = SqlTable.find(type -> CauseChain.contains(failure, type.getName()));
        }
        return conflictAround(failure, lastResort);
    }

    /** A library that says 'lost lock' knows more than the code below it, if there is one. */
    private static @Nullable SqlFault conflictAround(Throwable failure, @Nullable SqlFault fault) {
        if (fault != null && fault.kind() == ErrorKind.CONFLICT) {
            return fault;
        }
        for (String name : CONFLICTS) {
            if (CauseChain.contains(failure, name)) {
                return new SqlFault(
                        Product.ANY, simpleName(name), ErrorKind.CONFLICT, false, "lost a lock on a row", name);
            }
        }
        return fault;
    }

    private static SqlFault own(SQLException sql, Product product, Stage stage) {
        String state = sql.getSQLState();
        if (saysWrongHost(sql)) {
            return new SqlFault(
                    Product.POSTGRESQL,
                    state,
                    ErrorKind.CERTIFICATE,
                    false,
                    "the certificate is another host's",
                    "PostgreSQL JDBC Driver, MakeSSL.verifyPeerName");
        }
        SqlFault row = SqlTable.find(product, state, sql.getErrorCode());
        if (row != null) {
            // Some drivers say 'connection exception' of one that was never made.
            return stage == Stage.CONNECTING && row.kind() == ErrorKind.CONNECTION_LOST
                    ? new SqlFault(row.product(), row.code(), ErrorKind.CONNECT, false, row.name(), row.source())
                    : row;
        }
        if (stage == Stage.CONNECTING && state == null && sql.getErrorCode() == 0) {
            // No database speaks without a code. A pool that lends nothing in time does.
            return new SqlFault(
                    Product.ANY,
                    sql.getClass().getSimpleName(),
                    ErrorKind.LOCAL_QUEUE,
                    false,
                    "the connection pool lent none in time",
                    "HikariCP, HikariPool.createTimeoutException");
        }
        row = SqlTable.find(type -> type.isInstance(sql));
        return row != null
                ? row
                : new SqlFault(
                        product,
                        state == null ? "without SQLState" : state,
                        ErrorKind.FAULT,
                        false,
                        "vendor code " + sql.getErrorCode() + ", not in the table",
                        "");
    }

    /**
     * PostgreSQL's driver says of a host that the certificate does not name no more than 'connection failure', without a
     * cause. Its message is translated; the verifier's class name in it is not.
     */
    private static boolean saysWrongHost(SQLException sql) {
        String message = sql.getMessage();
        return SqlState.CONNECTION_FAILURE.equals(sql.getSQLState())
                && message != null
                && message.toLowerCase(Locale.ROOT).contains("hostnameverifier");
    }

    private static String simpleName(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
