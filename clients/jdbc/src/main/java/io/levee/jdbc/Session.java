package io.levee.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One attempt's connection, from when it was lent until it is given back, with the settings that it came with. */
final class Session {
    private final Connection raw;
    private final Watchdog watchdog;

    private @Nullable Guard guard;
    private @Nullable Boolean autoCommit;
    private @Nullable Boolean readOnly;
    private @Nullable Integer isolation;
    private @Nullable Integer networkTimeoutMillis;
    private boolean committed;

    Session(Connection raw, Watchdog watchdog) {
        this.raw = raw;
        this.watchdog = watchdog;
        watchdog.watch(raw);
    }

    /** Asks the connection about its database. */
    Database database() throws SQLException {
        return Database.of(raw);
    }

    /** Begins the transaction. */
    Connection begin(Transaction<?> kind, Database database, boolean serverTimeouts) throws SQLException {
        Isolation level = kind.isolation();
        if (level != null) {
            int before = raw.getTransactionIsolation();
            if (before != level.level()) {
                raw.setTransactionIsolation(level.level());
                isolation = before;
            }
        }
        if (kind.isReadOnly() && !raw.isReadOnly()) {
            raw.setReadOnly(true);
            readOnly = false;
        }
        // Noted before it is changed: should the change fail half way, the transaction is rolled back all the same.
        autoCommit = raw.getAutoCommit();
        if (autoCommit) {
            raw.setAutoCommit(false);
        }
        boolean limitEach = database.limitsEachStatement();
        if (limitEach) {
            networkTimeoutMillis = networkTimeout();
        }
        Guard made = new Guard(
                raw,
                watchdog,
                serverTimeouts && database.takesQueryTimeouts(),
                limitEach ? this::limitReads : () -> {});
        guard = made;
        if (serverTimeouts) {
            database.limitStatements(made.connection(), watchdog.remainingNanos());
        }
        return made.connection();
    }

    /** Ends the present transaction without effect and begins another one on the same connection. */
    void startOver() throws SQLException {
        raw.rollback();
    }

    /** Commits. The body's connection is dead from here on. */
    void commit() throws SQLException {
        endGuard();
        limitReads();
        raw.commit();
        committed = true;
    }

    /** The connection's own timeout for reads; null if it has no such setting. */
    private @Nullable Integer networkTimeout() throws SQLException {
        try {
            return raw.getNetworkTimeout();
        } catch (SQLFeatureNotSupportedException | AbstractMethodError noSuchSetting) {
            return null;
        }
    }

    /** Cuts the longest wait for an answer to what is left and the time of grace, unless it is shorter already. */
    private void limitReads() throws SQLException {
        Integer own = networkTimeoutMillis;
        long left = watchdog.remainingNanos();
        if (own == null || left == Long.MAX_VALUE) {
            return;
        }
        long millis = Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(left) + Watchdog.GRACE_MILLIS);
        raw.setNetworkTimeout(Runnable::run, own == 0 ? (int) millis : Math.min(own, (int) millis));
    }

    private void endGuard() {
        if (guard != null) {
            guard.end();
        }
    }

    /**
     * Rolls back unless committed, sets the settings back, gives the connection back. Throws nothing: after a commit a
     * failure here changes nothing of what was done, and otherwise the attempt has failed already.
     */
    void end(@Nullable Throwable failure) {
        endGuard();
        // An interrupt that ended the attempt must not end this, too: on a virtual thread it would close the socket.
        boolean interrupted = Thread.interrupted();
        try {
            boolean usable = rolledBack(failure) && watchdog.settle() && restored(failure);
            if (!usable) {
                // Whatever is left of the transaction dies with the connection. Setting autocommit back would commit
                // it.
                Watchdog.abort(raw);
            }
        } finally {
            close(failure);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean rolledBack(@Nullable Throwable failure) {
        if (committed || autoCommit == null) {
            return true;
        }
        try {
            limitReads();
            raw.rollback();
            return true;
        } catch (SQLException | RuntimeException notRolledBack) {
            note(failure, notRolledBack);
            return false;
        }
    }

    private boolean restored(@Nullable Throwable failure) {
        try {
            if (isolation != null) {
                raw.setTransactionIsolation(isolation);
            }
            if (readOnly != null) {
                raw.setReadOnly(readOnly);
            }
            if (Boolean.TRUE.equals(autoCommit)) {
                raw.setAutoCommit(true);
            }
            if (networkTimeoutMillis != null) {
                raw.setNetworkTimeout(Runnable::run, networkTimeoutMillis);
            }
            return true;
        } catch (SQLException | RuntimeException notRestored) {
            note(failure, notRestored);
            return false;
        }
    }

    private void close(@Nullable Throwable failure) {
        try {
            raw.close();
        } catch (SQLException | RuntimeException notClosed) {
            note(failure, notClosed);
        }
    }

    private static void note(@Nullable Throwable failure, Throwable later) {
        if (failure != null && failure != later) {
            failure.addSuppressed(later);
        }
    }
}
