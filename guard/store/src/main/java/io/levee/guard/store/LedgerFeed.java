package io.levee.guard.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The store's thread: tells subscribers of entries of the record, and takes over what other guards counted. Alone on its
 * database it sleeps until something is appended; with others it looks several times a second.
 */
final class LedgerFeed implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LedgerFeed.class.getName());

    /** How late another guard's entries and counts are seen at most. */
    private static final long LOOK_MILLIS = 200;

    private final Database database;
    private final Follower counts;
    private final Semaphore woken = new Semaphore(0);
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::run, "levee-store");
    private volatile boolean closed;

    /** Whether the last look failed, so that a long outage is logged once. Of the thread alone. */
    private boolean failing;

    /** Takes over what other guards counted. */
    @FunctionalInterface
    interface Follower {
        void follow() throws SQLException;
    }

    private final class Subscription implements AutoCloseable {
        private final Consumer<Ledger.Entry> listener;

        /** The last entry that it was told of. Of the thread alone, once it runs. */
        private long told;

        Subscription(Consumer<Ledger.Entry> listener, long told) {
            this.listener = listener;
            this.told = told;
        }

        void tell(Ledger.Entry entry) {
            if (entry.seq() <= told || !subscriptions.contains(this)) {
                return;
            }
            told = entry.seq();
            try {
                listener.accept(entry);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "a listener failed on entry " + entry.seq() + " of the record", e);
            }
        }

        @Override
        public void close() {
            subscriptions.remove(this);
        }
    }

    LedgerFeed(Database database, Follower counts) {
        this.database = database;
        this.counts = counts;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    AutoCloseable subscribe(Consumer<Ledger.Entry> listener) {
        try {
            Subscription subscription = new Subscription(listener, database.read(SqlLedger::lastSeq));
            subscriptions.add(subscription);
            return subscription;
        } catch (SQLException e) {
            throw new StoreException("the record cannot be read (" + e.getMessage() + ")", e);
        }
    }

    void wake() {
        woken.release();
    }

    private void run() {
        while (!closed) {
            try {
                if (database.isShared()) {
                    woken.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                } else {
                    woken.acquire();
                }
            } catch (InterruptedException e) {
                return;
            }
            woken.drainPermits();
            look();
        }
    }

    private void look() {
        if (closed) {
            return;
        }
        try {
            if (database.isShared()) {
                counts.follow();
            }
            tell();
            failing = false;
        } catch (SQLException | RuntimeException e) {
            if (!failing && !closed) {
                LOG.log(Level.WARNING, "the database does not answer; the guard goes on trying", e);
            }
            failing = true;
        }
    }

    private void tell() throws SQLException {
        if (subscriptions.isEmpty()) {
            return;
        }
        long told = Long.MAX_VALUE;
        for (Subscription subscription : subscriptions) {
            told = Math.min(told, subscription.told);
        }
        long after = told;
        for (Ledger.Entry entry : database.read(connection -> SqlLedger.after(connection, after))) {
            subscriptions.forEach(subscription -> subscription.tell(entry));
        }
    }

    @Override
    public void close() {
        closed = true;
        wake();
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
