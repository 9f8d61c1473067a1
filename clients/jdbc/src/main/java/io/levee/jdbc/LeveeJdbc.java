package io.levee.jdbc;

import io.levee.CallTarget;
import io.levee.Levee;
import io.levee.traffic.TrafficWeights;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs transactions on a database under the protection of a {@link Levee}: one attempt is one connection and one
 * transaction, repeated where it lost a race (a deadlock, a serialization failure, a lost optimistic lock) or its
 * connection, and never where it may have been committed, unless that is said to do no harm.
 *
 * <pre>{@code
 * LeveeJdbc orders = LeveeJdbc.on(dataSource, Levee.named("orders-db").build());
 *
 * int stock = orders.transaction(connection -> {
 *     try (PreparedStatement take = connection.prepareStatement("UPDATE stock SET n = n - 1 WHERE sku = ?")) {
 *         take.setString(1, sku);
 *         return take.executeUpdate();
 *     }
 * });
 * }</pre>
 *
 * <p>The body runs with autocommit off; the transaction is committed when it returns and rolled back when it throws
 * anything. It may run several times, so it must have no effect but through its connection. The connection's settings are
 * set back and it is closed on every path.
 *
 * <p>A transaction that failed before COMMIT was sent was rolled back, surely: by Levee, by the database, or with the
 * connection. So it is repeated whatever it does, if its error is one that may pass ({@link SqlErrors} translates, the
 * Levee's classifier judges). What the body throws beyond SQL errors and lost locks is judged as in any other call.
 *
 * <p>Not guaranteed: what the body does behind Levee's back. It can get at the data source's own connection
 * ({@code unwrap}, {@code ResultSet.getStatement}, {@code DatabaseMetaData.getConnection}), and a statement that commits by itself (DDL in MySQL and Oracle) is committed when the transaction is
 * repeated.
 *
 * <p>When the attempt's time is over, its call is cancelled or its thread interrupted, the running statement is cancelled;
 * if that does not help within a second, the connection is aborted. So an attempt ends a second late at the most. The
 * wait for a connection is interrupted, which pools such as HikariCP heed; a data source that ignores interrupts is
 * bounded by its own timeout alone.
 *
 * <p>Thread-safe. Make one for each data source and keep it; it closes neither data source nor Levee.
 */
public final class LeveeJdbc {
    /** The name of the database itself in {@link Builder#readWeights}. */
    public static final String PRIMARY = "primary";

    private final Settings settings;
    private final Map<String, LeveeJdbc> replicas;
    private final @Nullable TrafficWeights readWeights;

    private LeveeJdbc(Settings settings, Map<String, LeveeJdbc> replicas, @Nullable TrafficWeights readWeights) {
        this.settings = settings;
        this.replicas = replicas;
        this.readWeights = readWeights;
    }

    /**
     * Transactions on a data source, with the defaults of {@link Builder}.
     *
     * @param dataSource lends the connections; remains the caller's
     * @param levee decides; remains the caller's
     * @return an object to keep
     */
    public static LeveeJdbc on(DataSource dataSource, Levee levee) {
        return builder(dataSource, levee).build();
    }

    /**
     * Begins to set up transactions on a data source.
     *
     * @param dataSource lends the connections; remains the caller's
     * @param levee decides; remains the caller's
     * @return a builder with the defaults
     */
    public static Builder builder(DataSource dataSource, Levee levee) {
        return new Builder(dataSource, levee);
    }

    /**
     * Runs a transaction of no particular kind.
     *
     * @param body does the work; may run several times
     * @param <T> what it returns
     * @param <X> the checked exception that it throws beside {@link SQLException}
     * @return what the body returned in the attempt that was committed
     * @throws SQLException what the last attempt met
     * @throws X what the body threw in the last attempt
     * @throws io.levee.LeveeException if the call was refused or cut short
     */
    public <T extends @Nullable Object, X extends Throwable> T transaction(TransactionBody<T, X> body)
            throws SQLException, X {
        return transaction(Transaction.named(""), body);
    }

    /**
     * Runs a transaction.
     *
     * @param kind what kind of transaction it is
     * @param body does the work; may run several times
     * @param <T> what it returns
     * @param <X> the checked exception that it throws beside {@link SQLException}
     * @return what the body returned in the attempt that was committed
     * @throws AlreadyCommittedException if another call has committed with the transaction's idempotency key
     * @throws SQLException what the last attempt met
     * @throws X what the body threw in the last attempt
     * @throws io.levee.LeveeException if the call was refused or cut short
     */
    public <T extends @Nullable Object, X extends Throwable> T transaction(
            Transaction<T> kind, TransactionBody<T, X> body) throws SQLException, X {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(body, "body");
        if (readWeights != null && kind.isReadOnly()) {
            LeveeJdbc replica = replicas.get(readWeights.choose());
            if (replica != null) {
                return replica.transaction(kind, body);
            }
        }
        return new TransactionCall<>(settings, kind, body).run();
    }

    @Override
    public String toString() {
        return "LeveeJdbc[" + settings.levee().name() + ", " + settings.dataSource() + "]";
    }

    /** What all transactions on a data source share. */
    static final class Settings {
        private final DataSource dataSource;
        private final Levee levee;
        private final IdempotencyTable idempotencyTable;
        private final boolean serverTimeouts;

        /** Learnt from the first connection. Two that come at once learn the same. */
        private volatile @Nullable Database database;

        private final CallTarget target = new DatabaseTarget(() -> database);

        Settings(DataSource dataSource, Levee levee, IdempotencyTable idempotencyTable, boolean serverTimeouts) {
            this.dataSource = dataSource;
            this.levee = levee;
            this.idempotencyTable = idempotencyTable;
            this.serverTimeouts = serverTimeouts;
        }

        DataSource dataSource() {
            return dataSource;
        }

        Levee levee() {
            return levee;
        }

        IdempotencyTable idempotencyTable() {
            return idempotencyTable;
        }

        boolean serverTimeouts() {
            return serverTimeouts;
        }

        Database database(Session session) throws SQLException {
            Database known = database;
            if (known == null) {
                known = session.database();
                database = known;
            }
            return known;
        }

        CallTarget target() {
            return target;
        }

        Product product() {
            Database known = database;
            return known == null ? Product.ANY : known.product();
        }
    }

    /** Sets up a {@link LeveeJdbc}. Not thread-safe. */
    public static final class Builder {
        private final DataSource dataSource;
        private final Levee levee;
        private final Map<String, LeveeJdbc> replicas = new LinkedHashMap<>();
        private IdempotencyTable idempotencyTable = new IdempotencyTable(IdempotencyTable.DEFAULT_NAME);
        private boolean serverTimeouts = true;
        private @Nullable TrafficWeights readWeights;

        private Builder(DataSource dataSource, Levee levee) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
            this.levee = Objects.requireNonNull(levee, "levee");
        }

        /**
         * Sets the name of the table for {@link Transaction#idempotencyRecord}. Default
         * {@value IdempotencyTable#DEFAULT_NAME}. It is not created: see {@link IdempotencyTable#ddl}.
         *
         * @param name letters, digits and underscores, with a schema in front if need be
         * @return this
         * @throws IllegalArgumentException if the name is anything else
         */
        public Builder idempotencyTable(String name) {
            idempotencyTable = new IdempotencyTable(name);
            return this;
        }

        /**
         * Sets whether the database itself, too, is told how long statements may take, so that it stops work that nobody
         * waits for even if this process or the network dies. Default true. On PostgreSQL this is a
         * {@code SET LOCAL statement_timeout} in each transaction, one round trip more, skipped where the connection's own
         * timeout is shorter; elsewhere {@link java.sql.Statement#setQueryTimeout}, in whole seconds; on H2 nothing, since
         * it would outlive the transaction, and on MySQL and MariaDB nothing, since it would change the statements.
         *
         * @param set false to leave the database's timeouts alone
         * @return this
         */
        public Builder serverTimeouts(boolean set) {
            serverTimeouts = set;
            return this;
        }

        /**
         * Adds a replica that read-only transactions may go to: a downstream of its own, with its own Levee, whose breaker
         * and retry budget have nothing to do with the primary's.
         *
         * @param name its name in {@link #readWeights}; not {@value LeveeJdbc#PRIMARY}
         * @param replica runs the transactions that go there
         * @return this
         * @throws IllegalArgumentException if the name is taken or the primary's
         */
        public Builder replica(String name, LeveeJdbc replica) {
            if (name.equals(PRIMARY) || replicas.containsKey(name)) {
                throw new IllegalArgumentException("replica '" + name + "': the name is taken; taken are " + PRIMARY
                        + " (the database itself) and " + replicas.keySet());
            }
            replicas.put(name, Objects.requireNonNull(replica, "replica"));
            return this;
        }

        /**
         * Sets how read-only transactions are shared out among {@value LeveeJdbc#PRIMARY} and the replicas. Chosen once
         * for each call: its repetitions go where its first attempt went. The weights can be changed at any time. Default:
         * all to the primary.
         *
         * @param weights weights of {@value LeveeJdbc#PRIMARY} and of every replica
         * @return this
         */
        public Builder readWeights(TrafficWeights weights) {
            readWeights = Objects.requireNonNull(weights, "readWeights");
            return this;
        }

        /**
         * Makes the object.
         *
         * @return an object to keep
         * @throws IllegalArgumentException if the weights' targets are not the primary and the replicas
         */
        public LeveeJdbc build() {
            Set<String> targets = new TreeSet<>(replicas.keySet());
            targets.add(PRIMARY);
            if (readWeights != null && !readWeights.snapshot().keySet().equals(targets)) {
                throw new IllegalArgumentException(
                        "readWeights are for " + readWeights.snapshot().keySet() + ", but the targets are " + targets);
            }
            if (readWeights == null && !replicas.isEmpty()) {
                throw new IllegalArgumentException(
                        "replicas " + replicas.keySet() + " get nothing without readWeights(...)");
            }
            return new LeveeJdbc(
                    new Settings(dataSource, levee, idempotencyTable, serverTimeouts),
                    Map.copyOf(replicas),
                    readWeights);
        }
    }
}
