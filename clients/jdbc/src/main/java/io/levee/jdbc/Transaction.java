package io.levee.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What Levee must know of one kind of transaction: its name, isolation, whether it only reads, when it lost an optimistic
 * lock, and what is to happen when nobody knows whether its COMMIT came through. Immutable and thread-safe; make it once
 * and keep it in a constant (one with an {@linkplain #idempotencyRecord idempotency key} is made for each call):
 *
 * <pre>{@code
 * static final Transaction<Integer> TRANSFER = Transaction.<Integer>named("transfer").isolation(Isolation.SERIALIZABLE);
 * }</pre>
 *
 * <h2>When the COMMIT gets no answer</h2>
 *
 * The connection broke after COMMIT was sent: the database has committed, or has rolled back. Unless it is told more,
 * Levee does not repeat the transaction; the exception goes to the caller, and its
 * {@linkplain io.levee.Decision#of(Throwable) decision record} has the fate SENT_NO_ANSWER. {@link #idempotencyRecord}
 * and {@link #commitCheck} tell how to find out, {@link #idempotent} that it does not matter.
 *
 * @param <T> what the transaction returns
 */
public final class Transaction<T extends @Nullable Object> {
    private static final int LONGEST_KEY = 200;

    private final String operation;
    private final @Nullable Isolation isolation;
    private final boolean readOnly;
    private final boolean idempotent;
    private final @Nullable Duration deadline;
    private final @Nullable Predicate<? super T> lostUpdate;
    private final @Nullable String idempotencyKey;
    private final @Nullable CommitCheck commitCheck;

    private Transaction(
            String operation,
            @Nullable Isolation isolation,
            boolean readOnly,
            boolean idempotent,
            @Nullable Duration deadline,
            @Nullable Predicate<? super T> lostUpdate,
            @Nullable String idempotencyKey,
            @Nullable CommitCheck commitCheck) {
        this.operation = operation;
        this.isolation = isolation;
        this.readOnly = readOnly;
        this.idempotent = idempotent;
        this.deadline = deadline;
        this.lostUpdate = lostUpdate;
        this.idempotencyKey = idempotencyKey;
        this.commitCheck = commitCheck;
    }

    /**
     * A transaction with a name.
     *
     * @param operation what it does, of low cardinality: {@code transfer}, never with an account's number
     * @param <T> what it returns
     * @return one with the data source's own isolation that reads and writes
     */
    public static <T extends @Nullable Object> Transaction<T> named(String operation) {
        return new Transaction<>(
                Objects.requireNonNull(operation, "operation"), null, false, false, null, null, null, null);
    }

    /**
     * Sets the isolation level; the connection's own is set back afterwards. Default: what the data source gives.
     *
     * @param level the level
     * @return a changed copy
     */
    public Transaction<T> isolation(Isolation level) {
        return new Transaction<>(
                operation,
                Objects.requireNonNull(level, "isolation"),
                readOnly,
                idempotent,
                deadline,
                lostUpdate,
                idempotencyKey,
                commitCheck);
    }

    /**
     * States that it only reads: the connection is set to read-only, the transaction may go to a replica
     * ({@link LeveeJdbc.Builder#readWeights}), and it may be repeated whatever became of it.
     *
     * @return a changed copy
     */
    public Transaction<T> readOnly() {
        return new Transaction<>(
                operation, isolation, true, idempotent, deadline, lostUpdate, idempotencyKey, commitCheck);
    }

    /**
     * States that committing it twice does no more than committing it once (it sets values and adds to none, or a unique
     * constraint refuses the second), so that it is repeated also where nobody knows whether the COMMIT came through.
     *
     * @return a changed copy
     */
    public Transaction<T> idempotent() {
        return new Transaction<>(
                operation, isolation, readOnly, true, deadline, lostUpdate, idempotencyKey, commitCheck);
    }

    /**
     * Sets a deadline for the whole call, repetitions included; the Levee's own and that of the enclosing scope still hold
     * if they are earlier.
     *
     * @param fromStart more than zero
     * @return a changed copy
     * @throws IllegalArgumentException if the time is zero or negative
     */
    public Transaction<T> deadline(Duration fromStart) {
        if (fromStart.isZero() || fromStart.isNegative()) {
            throw new IllegalArgumentException("deadline must be more than zero, is " + fromStart);
        }
        return new Transaction<>(
                operation, isolation, readOnly, idempotent, fromStart, lostUpdate, idempotencyKey, commitCheck);
    }

    /**
     * Says of a result that it means a lost optimistic lock: {@code count -> count == 0} for a body that returns the
     * update count. Such a transaction is rolled back and repeated, as with a {@link LostUpdateException} from the body.
     *
     * @param lost given what the body returned, before the commit
     * @return a changed copy
     */
    public Transaction<T> lostUpdateIf(Predicate<? super T> lost) {
        return new Transaction<>(
                operation,
                isolation,
                readOnly,
                idempotent,
                deadline,
                Objects.requireNonNull(lost, "lostUpdateIf"),
                idempotencyKey,
                commitCheck);
    }

    /**
     * Makes the transaction happen once for this key: within the same transaction a row with the key is put into a table
     * of Levee's ({@link IdempotencyTable} has its DDL). After a COMMIT without an answer the next attempt, on a fresh
     * connection, first looks for the row. If it is there, the call has succeeded and returns what the body returned; if
     * not, the body runs again, and the table's primary key sees to it that only one of the two can ever commit.
     *
     * <p>If another call has committed with this key, the body does not run (or is rolled back) and the caller gets an
     * {@link AlreadyCommittedException}.
     *
     * @param key names this very piece of work, such as {@code order-4711}; 1 to 200 characters, without spaces at its
     *     ends
     * @return a changed copy
     * @throws IllegalArgumentException if the key is empty, too long, or begins or ends with a space
     */
    public Transaction<T> idempotencyRecord(String key) {
        if (key.isEmpty() || key.length() > LONGEST_KEY || !key.equals(key.strip())) {
            // Databases disagree on whether spaces at the end count when strings are compared.
            throw new IllegalArgumentException("an idempotency key has 1 to " + LONGEST_KEY
                    + " characters and no spaces at its ends; got '" + key + "'");
        }
        return new Transaction<>(operation, isolation, readOnly, idempotent, deadline, lostUpdate, key, commitCheck);
    }

    /**
     * Tells how to find out whether an earlier attempt of the same call was committed: asked by the next attempt after a
     * COMMIT without an answer, before the body runs. The database may still be at work on that COMMIT, so use it only
     * where a unique constraint refuses the second transaction; {@link #idempotencyRecord} brings such a constraint along.
     *
     * @param check answers whether the work is there
     * @return a changed copy
     */
    public Transaction<T> commitCheck(CommitCheck check) {
        return new Transaction<>(
                operation,
                isolation,
                readOnly,
                idempotent,
                deadline,
                lostUpdate,
                idempotencyKey,
                Objects.requireNonNull(check, "commitCheck"));
    }

    /** Looks whether a transaction's work is in the database. */
    @FunctionalInterface
    public interface CommitCheck {
        /**
         * Looks.
         *
         * @param connection in the next attempt's transaction
         * @return true if the work is there: the call then returns what the body returned before that COMMIT
         * @throws SQLException what the database says
         */
        boolean isCommitted(Connection connection) throws SQLException;
    }

    /**
     * The transaction's name.
     *
     * @return the name, empty if it has none
     */
    public String operation() {
        return operation;
    }

    @Nullable
    Isolation isolation() {
        return isolation;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    /** Whether a repetition after a COMMIT without an answer does no harm. */
    boolean isRepeatable() {
        return idempotent || readOnly || idempotencyKey != null || commitCheck != null;
    }

    @Nullable
    Duration deadline() {
        return deadline;
    }

    @Nullable
    Predicate<? super T> lostUpdate() {
        return lostUpdate;
    }

    @Nullable
    String idempotencyKey() {
        return idempotencyKey;
    }

    @Nullable
    CommitCheck commitCheck() {
        return commitCheck;
    }
}
