package io.levee.jdbc;

import io.levee.Scope;
import io.levee.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stops the statement of an attempt that is out of time, cancelled or interrupted. A thread that reads from a socket does
 * not notice an interrupt, so somebody else must: the attempt's scope, which is cancelled when time is up, tells at once, and
 * every {@value #POLL_MILLIS} ms this looks whether the thread was interrupted by others.
 *
 * <p>First the running statement is cancelled, which leaves the connection usable. If the attempt has not ended
 * {@value #GRACE_MILLIS} ms later (the network is dead, or the database ignores it), the connection is aborted. Both may
 * block, so each runs on a daemon thread of its own; they are rare.
 *
 * <p>A cancellation must not hit what comes after: neither the COMMIT, nor whoever borrows the connection next. So it is
 * refused from {@link #beginCommit} on, and a connection is given back only if no cancellation is on its way
 * ({@link #settle}).
 */
final class Watchdog implements AutoCloseable {
    static final long POLL_MILLIS = 50;
    static final long GRACE_MILLIS = 1000;

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS);
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);

    private final TimeSource time = TimeSource.system();
    private final Thread owner = Thread.currentThread();
    private final long dueNanos;
    private final Scope.Registration cancellation;

    // All under this object's monitor. Opponents: the owner, the timer's thread, a thread that cancels the scope.
    private @Nullable Connection connection;
    private @Nullable Statement statement;
    private boolean stopped;
    private boolean committing;
    private boolean ended;
    private @Nullable Thread canceller;
    private TimeSource.@Nullable Timeout timer;

    private Watchdog(long remainingNanos) {
        long now = time.nanoTime();
        dueNanos = remainingNanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + remainingNanos;
        synchronized (this) {
            schedule(now + POLL_NANOS, this::look);
        }
        cancellation = Scope.capture().onCancel(this::stop);
    }

    /** Watches an attempt that begins on this thread. */
    static Watchdog start(long remainingNanos) {
        return new Watchdog(remainingNanos);
    }

    private synchronized void look() {
        if (ended || stopped) {
            return;
        }
        if (owner.isInterrupted()) {
            stop();
        } else {
            schedule(time.nanoTime() + POLL_NANOS, this::look);
        }
    }

    /** Also called by the thread that cancels the scope: must not block. */
    private synchronized void stop() {
        if (ended || stopped) {
            return;
        }
        stopped = true;
        Statement running = statement;
        if (running != null && !committing) {
            canceller = daemon(() -> cancel(running));
        }
        schedule(time.nanoTime() + GRACE_NANOS, this::abort);
    }

    private static void cancel(Statement running) {
        try {
            running.cancel();
        } catch (SQLException | RuntimeException notCancelled) {
            // The abort follows.
        }
    }

    private synchronized void abort() {
        Connection held = connection;
        if (!ended && held != null) {
            daemon(() -> abort(held));
        }
    }

    static void abort(Connection connection) {
        try {
            connection.abort(Watchdog::daemon);
        } catch (SQLException | RuntimeException | AbstractMethodError notAborted) {
            // Nothing stronger is left; closing it is the pool's.
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "levee-jdbc-stop");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void schedule(long atNanos, Runnable task) {
        timer = time.schedule(atNanos, task);
    }

    synchronized void watch(Connection held) {
        connection = held;
    }

    /** A statement is about to run. It stays the one to cancel until the next does: its rows may still be fetched. */
    synchronized void begin(Statement next) throws SQLException {
        refuseIfStopped();
        statement = next;
    }

    /** COMMIT is about to be sent: from here on nothing is cancelled. */
    synchronized void beginCommit() throws SQLException {
        if (owner.isInterrupted() || time.nanoTime() >= dueNanos) {
            stop();
        }
        refuseIfStopped();
        committing = true;
    }

    private void refuseIfStopped() throws SQLException {
        if (stopped) {
            throw new SQLException(
                    "the attempt ran out of time or was cancelled; the transaction is rolled back", SqlState.CANCELLED);
        }
    }

    /** The time left, in nanoseconds; {@link Long#MAX_VALUE} if there is no bound. */
    long remainingNanos() {
        return dueNanos == Long.MAX_VALUE ? dueNanos : Math.max(0, dueNanos - time.nanoTime());
    }

    /**
     * The work on the connection has ended. Waits for a cancellation that is under way, at most the time of grace.
     *
     * @return false if one may still be under way, so that the connection must not be used by anybody
     */
    boolean settle() {
        Thread cancelling;
        synchronized (this) {
            // Nothing begins from here on; only the abort may still come, if what follows hangs.
            statement = null;
            cancelling = canceller;
        }
        if (cancelling == null) {
            return true;
        }
        try {
            cancelling.join(GRACE_MILLIS);
        } catch (InterruptedException interrupted) {
            owner.interrupt();
        }
        return !cancelling.isAlive();
    }

    @Override
    public void close() {
        TimeSource.Timeout set;
        synchronized (this) {
            ended = true;
            connection = null;
            set = timer;
        }
        if (set != null) {
            set.cancel();
        }
        cancellation.close();
    }
}
