package io.levee.idempotency;

import io.levee.idempotency.IdempotencyStore.Finish;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The work of one key, as the application that does it sees it: got from {@link IdempotencyFilter#work} or {@link
 * IdempotencyHandler#work}. Most applications need nothing of it. Thread-safe.
 */
public final class KeyedWork {
    private static final System.Logger LOG = System.getLogger(KeyedWork.class.getName());

    private final Idempotency owner;
    private final String id;
    private final String key;
    private final Claim.Granted claim;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Heartbeat.Beat heartbeat;

    /** Written by the heartbeat's thread, read by the application's. A stale true is found out by the store. */
    private volatile boolean lost;

    private volatile boolean nothingDone;
    private volatile @Nullable StoredResponse recorded;

    KeyedWork(Idempotency owner, String id, String key, Claim.Granted claim) {
        this.owner = owner;
        this.id = id;
        this.key = key;
        this.claim = claim;
        this.heartbeat = owner.heartbeat().every(this::renew);
    }

    /**
     * The key.
     *
     * @return without the quotes
     */
    public String key() {
        return key;
    }

    /**
     * The fencing token: greater than that of every earlier owner of this key. Hand it to what can refuse older ones.
     *
     * @return a positive number
     */
    public long fence() {
        return claim.fence();
    }

    /**
     * Tells whether this work was begun before by somebody who is gone, so that parts of it may have been done already.
     *
     * @return false mostly
     */
    public boolean isTakenOver() {
        return claim.takeovers() > 0;
    }

    /**
     * Tells whether the record is still this owner's, as far as the last renewal of the lease knows: an owner that was
     * paused for longer than the lease may have lost it. Only {@link #record} is exact.
     *
     * @return false once it is known to be lost
     */
    public boolean isOwner() {
        return !lost;
    }

    /**
     * Says that nothing was done: whatever is answered is not kept, and the next request with this key does the work.
     */
    public void nothingDone() {
        nothingDone = true;
    }

    /**
     * Writes the answer into the record within a transaction of the application's own, so that the application's change
     * and the record are committed together or not at all: then a crash at any moment neither loses the work nor does it
     * twice. After the commit the answer given here is sent, whatever else the handler writes; after a roll-back
     * nothing was done.
     *
     * <pre>{@code
     * connection.setAutoCommit(false);
     * insertOrder(connection, order);
     * work.record(connection, StoredResponse.of(201, "application/json", order.toJson()));
     * connection.commit();
     * }</pre>
     *
     * @param connection in a transaction, to the database that the {@link JdbcStore} is in
     * @param answer what is replayed from now on
     * @throws FenceLostException if another owner has taken the work over: roll back
     * @throws SQLException if the database cannot be asked: roll back
     * @throws IllegalStateException if the records are not in a database
     */
    public void record(Connection connection, StoredResponse answer) throws SQLException {
        Objects.requireNonNull(connection, "connection");
        Objects.requireNonNull(answer, "answer");
        if (!(owner.store() instanceof JdbcStore store)) {
            throw new IllegalStateException(
                    "record() needs the records in the application's own database (JdbcStore), they are in "
                            + owner.store().getClass().getSimpleName());
        }
        store.finishIn(connection, id, fence(), owner.kept(answer), owner.expiry());
        recorded = answer;
    }

    private void renew() {
        if (!owner.store().renew(id, fence(), owner.lease())) {
            lost = true;
            heartbeat.stop();
        }
    }

    /**
     * The handler has answered.
     *
     * @return what to send: what was given, mostly
     */
    StoredResponse finish(StoredResponse given) {
        if (!end()) {
            return given;
        }
        StoredResponse inTransaction = recorded;
        try {
            if (nothingDone || owner.releases(given.status())) {
                boolean freed = owner.store().release(id, fence());
                return !freed && inTransaction != null ? inTransaction : given;
            }
            return switch (owner.store().finish(id, fence(), owner.kept(given), owner.expiry())) {
                case NOW -> given;
                case BEFORE -> inTransaction == null ? given : inTransaction;
                case LOST -> owner.afterLoss(this);
            };
        } catch (StoreException down) {
            LOG.log(
                    Level.WARNING,
                    "the answer to a keyed request could not be stored; trying on in the background",
                    down);
            storeLater(given);
            return inTransaction == null ? given : inTransaction;
        }
    }

    /** The handler's answer is being sent, and is too long to be kept. */
    void finishUnkept(StoredResponse notice) {
        finish(notice);
    }

    /** The handler threw. */
    void fail() {
        if (!end()) {
            return;
        }
        try {
            if (recorded != null || nothingDone || owner.releasesFailures()) {
                owner.store().release(id, fence());
            } else {
                owner.store().finish(id, fence(), owner.failed(), owner.expiry());
            }
        } catch (StoreException down) {
            LOG.log(
                    Level.WARNING,
                    "the failure of a keyed request could not be stored; trying on in the background",
                    down);
            storeLater(owner.failed());
        }
    }

    /** While it is not stored the lease is kept, so that nobody does the work again. */
    private void storeLater(StoredResponse answer) {
        boolean release = nothingDone || (recorded == null && owner.releases(answer.status()));
        Heartbeat.Beat[] beat = new Heartbeat.Beat[1];
        beat[0] = owner.heartbeat().every(() -> {
            if (release) {
                owner.store().release(id, fence());
            } else if (owner.store().finish(id, fence(), owner.kept(answer), owner.expiry()) == Finish.LOST) {
                LOG.log(
                        Level.WARNING,
                        "the answer to a keyed request was lost: its record was taken over or has expired");
            }
            beat[0].stop();
        });
    }

    private boolean end() {
        heartbeat.stop();
        return ended.compareAndSet(false, true);
    }

    String id() {
        return id;
    }
}
