package io.levee.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.levee.Levee;
import io.levee.servers.Certificates;
import io.levee.servers.Haproxy;
import io.levee.servers.Program;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What can go wrong with a transaction, each done to a real database. Every body inserts a row into {@code work} that tells
 * its run, so the rows at the end are the commits. Unless its title says more, a fault is done to the first run only.
 */
enum Fault {
    CONFLICT("row changed since it was read, by a transaction that has committed") {
        @Override
        Trial.Ending play(Db db) throws Exception {
            return Trial.run(db.dataSource(), WORK.isolation(Isolation.REPEATABLE_READ), (connection, run) -> {
                insert(connection, run);
                Db.number(connection, "SELECT v FROM item WHERE id = 1");
                if (run == 1) {
                    db.run("UPDATE item SET v = v + 1 WHERE id = 1");
                }
                return Db.update(connection, "UPDATE item SET v = v + 10 WHERE id = 1");
            });
        }
    },
    WRITE_SKEW("serialization failure that the COMMIT meets") {
        @Override
        boolean isOn(Db db) {
            // The others lock what a serializable transaction reads, so none of the two could go on.
            return db == Db.POSTGRESQL;
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            return Trial.run(db.dataSource(), WORK.isolation(Isolation.SERIALIZABLE), (connection, run) -> {
                int sum = Db.number(connection, "SELECT sum(v) FROM item");
                insert(connection, run);
                Db.update(connection, "UPDATE item SET v = " + (sum + run) + " WHERE id = 1");
                if (run == 1) {
                    try (Connection other = db.dataSource().getConnection()) {
                        other.setAutoCommit(false);
                        other.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                        int seen = Db.number(other, "SELECT sum(v) FROM item");
                        Db.update(other, "UPDATE item SET v = " + (seen + 7) + " WHERE id = 2");
                        other.commit();
                    }
                }
                return sum;
            });
        }
    },
    DEADLOCK("deadlock") {
        @Override
        boolean isOn(Db db) {
            // H2 ends the one that waited first, which is the other one here. ContentionTest has its deadlocks.
            return db != Db.H2;
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            try (Connection other = db.dataSource().getConnection()) {
                other.setAutoCommit(false);
                CompletableFuture<Integer> waiting = new CompletableFuture<>();
                return Trial.run(db.dataSource(), WORK, (connection, run) -> {
                    if (run > 1) {
                        // The first run has been rolled back, so the other one got what it waited for.
                        waiting.get(10, TimeUnit.SECONDS);
                        other.rollback();
                    }
                    if (db == Db.POSTGRESQL) {
                        // The one that looks for the deadlock first is the victim.
                        Db.update(connection, "SET LOCAL deadlock_timeout = '20ms'");
                    }
                    insert(connection, run);
                    Db.update(connection, "UPDATE item SET v = v + 1 WHERE id = 1");
                    if (run == 1) {
                        lockTwoThenWaitForOne(db, other, waiting);
                    }
                    return Db.update(connection, "UPDATE item SET v = v + 1 WHERE id = 2");
                });
            }
        }

        private void lockTwoThenWaitForOne(Db db, Connection other, CompletableFuture<Integer> waiting)
                throws SQLException {
            if (db == Db.POSTGRESQL) {
                Db.update(other, "SET LOCAL deadlock_timeout = '60s'");
            }
            if (db == Db.MARIADB) {
                // The victim is the one that has changed fewer rows.
                Db.update(other, "INSERT INTO ballast SELECT seq FROM seq_1_to_1000");
            }
            Db.update(other, "UPDATE item SET v = v + 1 WHERE id = 2");
            waiting.completeAsync(() -> {
                try {
                    return Db.update(other, "UPDATE item SET v = v + 1 WHERE id = 1");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            db.awaitWaiter();
        }
    },
    LOCK_WAIT("lock not granted in time") {
        @Override
        Trial.Ending play(Db db) throws Exception {
            if (db == Db.MARIADB) {
                db.run("SET GLOBAL innodb_lock_wait_timeout = 1");
            }
            try (Connection other = db.dataSource().getConnection()) {
                other.setAutoCommit(false);
                Db.update(other, "UPDATE item SET v = v + 1 WHERE id = 1");
                return Trial.run(db.dataSource(), WORK, (connection, run) -> {
                    if (db == Db.POSTGRESQL) {
                        Db.update(connection, "SET LOCAL lock_timeout = '100ms'");
                    }
                    insert(connection, run);
                    if (run > 1) {
                        other.rollback();
                    }
                    return Db.update(connection, "UPDATE item SET v = v + 10 WHERE id = 1");
                });
            } finally {
                if (db == Db.MARIADB) {
                    db.run("SET GLOBAL innodb_lock_wait_timeout = 50");
                }
            }
        }
    },
    LOST_UPDATE("lost optimistic lock (version column)") {
        @Override
        Trial.Ending play(Db db) throws Exception {
            return Trial.run(db.dataSource(), WORK, (connection, run) -> {
                insert(connection, run);
                int seen = Db.number(connection, "SELECT version FROM item WHERE id = 1");
                int version = run == 1 ? seen - 1 : seen;
                int changed = Db.update(
                        connection, "UPDATE item SET version = version + 1 WHERE id = 1 AND version = " + version);
                LostUpdateException.ifNone(changed, "item 1, version " + version);
                return changed;
            });
        }
    },
    STATEMENT_TIMEOUT("statement timeout of the user's own") {
        @Override
        Trial.Ending play(Db db) throws Exception {
            return Trial.run(db.dataSource(), WORK, (connection, run) -> {
                insert(connection, run);
                if (run == 1) {
                    try (Statement statement = connection.createStatement()) {
                        statement.setQueryTimeout(1);
                        statement.execute(db.sleep(20));
                    }
                }
                return run;
            });
        }
    },
    KILLED("connection killed by the server, before the COMMIT") {
        @Override
        Trial.Ending play(Db db) throws Exception {
            return Trial.run(db.dataSource(), WORK, (connection, run) -> {
                insert(connection, run);
                if (run == 1) {
                    int session = Db.number(connection, db.sessionId());
                    db.run(db.kill(session));
                }
                return Db.number(connection, "SELECT count(*) FROM work");
            });
        }
    },
    CUT_BEFORE("connection cut before the COMMIT reaches the server") {
        @Override
        boolean isOn(Db db) {
            return db.hasPort();
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            return cut(db, CutProxy.OnCommit.CUT_BEFORE, WORK, UnaryOperator.identity());
        }
    },
    CUT_AFTER("connection cut after the COMMIT was forwarded") {
        @Override
        boolean isOn(Db db) {
            return db.hasPort();
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            return cut(db, CutProxy.OnCommit.CUT_AFTER, WORK, UnaryOperator.identity());
        }
    },
    CUT_BEFORE_WITH_RECORD("cut before the COMMIT, with an idempotency record") {
        @Override
        boolean isOn(Db db) {
            return db.hasPort();
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            return cut(db, CutProxy.OnCommit.CUT_BEFORE, WORK.idempotencyRecord("key"), UnaryOperator.identity());
        }
    },
    CUT_AFTER_WITH_RECORD("cut after the COMMIT, with an idempotency record") {
        @Override
        boolean isOn(Db db) {
            return db.hasPort();
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            return cut(db, CutProxy.OnCommit.CUT_AFTER, WORK.idempotencyRecord("key"), UnaryOperator.identity());
        }
    },
    SILENT_AFTER("silence after the COMMIT was forwarded, attempt timeout") {
        @Override
        boolean isOn(Db db) {
            return db.hasPort();
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            return silentAfter(db, WORK);
        }
    },
    SILENT_AFTER_WITH_RECORD("the same, with an idempotency record") {
        @Override
        boolean isOn(Db db) {
            return db.hasPort();
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            return silentAfter(db, WORK.idempotencyRecord("key"));
        }
    },
    UNIQUE("violated unique constraint, each time") {
        @Override
        Trial.Ending play(Db db) throws Exception {
            return Trial.run(db.dataSource(), WORK, (connection, run) -> {
                insert(connection, run);
                return Db.update(connection, "INSERT INTO item VALUES (1, 0, 0)");
            });
        }
    },
    REFUSED("database down: connection refused, each time") {
        @Override
        boolean isOn(Db db) {
            return db.hasPort();
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            return Trial.run(db.dataSource(Program.freePort()), WORK, (connection, run) -> run);
        }
    },
    HAPROXY_DOWN("database down behind HAProxy, each time") {
        @Override
        boolean isOn(Db db) {
            return db.hasPort();
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            try (Haproxy balancer = Haproxy.start("tcp", Program.freePort(), "", "")) {
                return Trial.run(db.dataSource(balancer.port()), WORK, (connection, run) -> run);
            }
        }
    },
    HAPROXY_CLOSES("HAProxy's patience ends while a statement runs") {
        @Override
        boolean isOn(Db db) {
            return db.hasPort();
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            String patience = "timeout client 500ms\ntimeout server 500ms";
            try (Haproxy balancer = Haproxy.start("tcp", db.port(), patience, "")) {
                return Trial.run(db.dataSource(balancer.port()), WORK, (connection, run) -> {
                    insert(connection, run);
                    if (run == 1) {
                        try (Statement statement = connection.createStatement()) {
                            statement.execute(db.sleep(2));
                        }
                    }
                    return run;
                });
            }
        }
    },
    TLS_CUT("TLS: closed in the handshake, each time") {
        @Override
        boolean isOn(Db db) {
            return db == Db.POSTGRESQL;
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            return tls(db, null, Certificates.selfSigned("ip:127.0.0.1"));
        }
    },
    TLS_UNTRUSTED("TLS: certificate not trusted") {
        @Override
        boolean isOn(Db db) {
            return db == Db.POSTGRESQL;
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            return tls(db, Certificates.selfSigned("ip:127.0.0.1"), Certificates.selfSigned("dns:elsewhere.invalid"));
        }
    },
    TLS_EXPIRED("TLS: certificate expired") {
        @Override
        boolean isOn(Db db) {
            return db == Db.POSTGRESQL;
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            Certificates expired = Certificates.expired("ip:127.0.0.1");
            return tls(db, expired, expired);
        }
    },
    TLS_WRONG_HOST("TLS: certificate of another host") {
        @Override
        boolean isOn(Db db) {
            return db == Db.POSTGRESQL;
        }

        @Override
        Trial.Ending play(Db db) throws Exception {
            Certificates elsewhere = Certificates.selfSigned("dns:elsewhere.invalid");
            return tls(db, elsewhere, elsewhere);
        }
    },
    POOL_EMPTY("no connection left in the pool (HikariCP)") {
        @Override
        Trial.Ending play(Db db) throws Exception {
            try (HikariDataSource pool = db.pool(1, Duration.ofMillis(300));
                    Connection held = pool.getConnection()) {
                return Trial.run(pool, WORK, (connection, run) -> run);
            }
        }
    };

    static final Transaction<Integer> WORK = Transaction.named("work");

    private final String title;

    Fault(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean isOn(Db db) {
        return true;
    }

    abstract Trial.Ending play(Db db) throws Exception;

    /** The tables of the bodies, as each fault begins. */
    static void tables(Db db) throws Exception {
        db.run(
                "DROP TABLE IF EXISTS work",
                "DROP TABLE IF EXISTS item",
                "DROP TABLE IF EXISTS ballast",
                "DROP TABLE IF EXISTS levee_idempotency",
                "CREATE TABLE work (run INT)",
                "CREATE TABLE item (id INT PRIMARY KEY, v INT, version INT)",
                "CREATE TABLE ballast (n INT)",
                IdempotencyTable.ddl(db.title(), IdempotencyTable.DEFAULT_NAME),
                "INSERT INTO item VALUES (1, 0, 0)",
                "INSERT INTO item VALUES (2, 0, 0)");
    }

    static void insert(Connection connection, int run) throws SQLException {
        Db.update(connection, "INSERT INTO work VALUES (" + run + ")");
    }

    static Trial.Ending cut(
            Db db, CutProxy.OnCommit when, Transaction<Integer> kind, UnaryOperator<LeveeJdbc.Builder> setUp)
            throws Exception {
        try (CutProxy proxy = new CutProxy(db.port(), when, 1)) {
            DataSource through = db.dataSource(proxy.port());
            Levee.Builder levee = Trial.levee();
            return Trial.run(through, levee, setUp, kind, (connection, run) -> {
                insert(connection, run);
                return run;
            });
        }
    }

    private static Trial.Ending silentAfter(Db db, Transaction<Integer> kind) throws Exception {
        try (CutProxy proxy = new CutProxy(db.port(), CutProxy.OnCommit.SILENT_AFTER, 1)) {
            return Trial.run(
                    db.dataSource(proxy.port()),
                    Trial.levee().attemptTimeout(Duration.ofSeconds(1)),
                    kind,
                    (connection, run) -> {
                        insert(connection, run);
                        return run;
                    });
        }
    }

    /** Through a terminator of TLS that shows a certificate, or none and hangs up. */
    private static Trial.Ending tls(Db db, @Nullable Certificates shown, Certificates trusted) throws Exception {
        try (TlsTerminator terminator = new TlsTerminator(db.port(), shown);
                TrustedRoot root = TrustedRoot.of(trusted)) {
            return Trial.run(root.verifying(db.dataSource(terminator.port())), WORK, (connection, run) -> {
                insert(connection, run);
                return run;
            });
        }
    }
}
