package io.levee;

/**
 * What became of the request of one attempt, as far as the client can know. The fate decides what may be sent again:
 * after {@link #NEVER_SENT} and {@link #REFUSED_UNPROCESSED} any request may, after {@link #SENT_NO_ANSWER} and
 * {@link #ANSWERED} only an idempotent one or one that carries an Idempotency-Key (RFC 9110, section 9.2.2).
 */
public enum Fate {
    /** No byte of the request reached the downstream: the connection was refused, the name did not resolve, ... */
    NEVER_SENT,

    /** The downstream got the request and said that it did not process it: status 429, 425 or 421, REFUSED_STREAM. */
    REFUSED_UNPROCESSED,

    /** The request, or a part of it, left, and no answer came: nobody knows whether it was processed. */
    SENT_NO_ANSWER,

    /** The downstream answered. What the answer says of the work done is the application's business. */
    ANSWERED;

    /**
     * Tells whether a request of this fate can be sent again even when it is not idempotent.
     *
     * @return true if the downstream has certainly not processed it
     */
    public boolean provablyUnprocessed() {
        return this == NEVER_SENT || this == REFUSED_UNPROCESSED;
    }
}
