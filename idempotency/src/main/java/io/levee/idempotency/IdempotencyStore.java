package io.levee.idempotency;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of keys are kept: {@link JdbcStore} (SQLite, PostgreSQL) or {@link RedisStore}. A record is free,
 * running (somebody holds its lease) or finished (with an answer). Each method is one atomic step, whatever other processes do at the
 * same time; the store's own clock counts.
 *
 * <p>Implementations are thread-safe. They throw {@link StoreException} where the store cannot be asked; whether the step
 * was done is not known then.
 */
public interface IdempotencyStore extends AutoCloseable {
    /** What {@link #finish} found. */
    enum Finish {
        /** The record was running under this token, and is finished now. */
        NOW,
        /** It had been finished under this token before: by {@link KeyedWork#record} in the application's transaction. */
        BEFORE,
        /** Somebody else has taken the record over, or it has expired: nothing was written. */
        LOST
    }

    /**
     * A wish to do the work of a key.
     *
     * @param id names the record: 64 hexadecimal digits
     * @param fingerprint of the request, 64 hexadecimal digits: another one is another request with the same key
     * @param lease how long the record is the claimant's unless it renews
     * @param expiry how long the record is kept, from now on
     * @param maxTakeovers how often work whose lease ended without an answer may be begun again; 0 for never
     */
    record Wish(String id, String fingerprint, Duration lease, Duration expiry, int maxTakeovers) {}

    /**
     * Takes a record if it is free, unknown, expired, or running with a lease that has ended (as often as the wish allows).
     *
     * @param wish what is wanted
     * @return what became of it
     */
    Claim claim(Wish wish);

    /**
     * Looks at a record without taking it.
     *
     * @param id the record
     * @return running, in doubt or finished; null if it is free, unknown or expired
     */
    @Nullable
    Claim look(String id);

    /**
     * Moves the lease's end to {@code lease} from now.
     *
     * @param id the record
     * @param fence the token of {@link Claim.Granted}
     * @param lease from now
     * @return false if the record is not running under this token any more
     */
    boolean renew(String id, long fence, Duration lease);

    /**
     * Writes the answer.
     *
     * @param id the record
     * @param fence the token of {@link Claim.Granted}
     * @param answer what is replayed from now on
     * @param expiry how long, from now
     * @return what was found
     */
    Finish finish(String id, long fence, StoredResponse answer, Duration expiry);

    /**
     * Frees a running record: the next request with the key and the same content does the work. The token stays used.
     *
     * @param id the record
     * @param fence the token of {@link Claim.Granted}
     * @return false if the record is not running under this token any more
     */
    boolean release(String id, long fence);

    /**
     * Deletes expired records. They count as unknown in any case; this is about space.
     *
     * @return how many were deleted; 0 where the store does it by itself
     */
    long purge();

    /** Closes what the store has opened itself. */
    @Override
    void close();
}
