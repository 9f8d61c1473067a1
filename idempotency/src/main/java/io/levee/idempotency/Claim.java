package io.levee.idempotency;

import java.time.Duration;

/** What {@link IdempotencyStore#claim} answers. */
public sealed interface Claim {
    /**
     * The record is the claimant's.
     *
     * @param fence the fencing token: greater than that of every earlier claim of this key. Whoever writes with an older one is refused
     * @param takeovers how often this work was begun before and not ended; 0 mostly
     */
    record Granted(long fence, int takeovers) implements Claim {}

    /**
     * Somebody else holds the lease.
     *
     * @param leaseLeft until its end, unless it is renewed
     */
    record Running(Duration leaseLeft) implements Claim {}

    /**
     * The lease has ended without an answer, and the wish did not allow to begin again: nobody knows how far the work came.
     *
     * @param takeovers how often it was begun again already
     */
    record InDoubt(int takeovers) implements Claim {}

    /**
     * There is an answer.
     *
     * @param answer the stored one
     */
    record Finished(StoredResponse answer) implements Claim {}

    /** The key was used for another request. */
    record OtherRequest() implements Claim {}
}
