package io.levee;

import io.levee.Verdict.Health;

/**
 * What kind of error an adapter knows a failure to be where the exception's class alone does not tell: an
 * {@code SQLException} says it by its SQLState and vendor code, in a language that the engine does not know. The adapter
 * translates ({@link Outcome#withErrorKind}), the standard classifier judges. The table of verdicts is in
 * docs/classification.md.
 */
public enum ErrorKind {
    /**
     * The attempt lost a race against somebody else's work, and has done nothing: a deadlock's victim, a serialization
     * failure, a lost optimistic lock. Somebody else's work went on, so the downstream is healthy and the retry costs no
     * token of the retry budget.
     */
    CONFLICT(Verdict.retryable("conflict", "lost a race against other work on the same data")
            .withHealth(Health.HEALTHY)
            .withCost(0)),

    /** No connection to the downstream could be made. */
    CONNECT(ErrorRule.CONNECT.verdict),

    /** The peer's certificate was not accepted: it will not be next time. */
    CERTIFICATE(ErrorRule.CERTIFICATE.verdict),

    /** A connection in use broke. */
    CONNECTION_LOST(ErrorRule.RESET.verdict),

    /** The downstream, or the client on the caller's behalf, gave up waiting: for a lock, or for the answer. */
    TIMEOUT(ErrorRule.TIMEOUT.verdict),

    /** The downstream has no room for it at the moment: too many connections, no memory. */
    OVERLOADED(Verdict.retryable("overloaded", "the downstream has no room for it at the moment")),

    /** The downstream is starting, stopping or failing over. */
    UNAVAILABLE(Verdict.retryable("unavailable", "the downstream is starting, stopping or failing over")),

    /** A queue in this process, such as a connection pool, lent nothing in time. Never left the process. */
    LOCAL_QUEUE(ErrorRule.REJECTED.verdict),

    /** The request itself is refused and would be again: a violated constraint, a syntax error, a missing right. */
    REQUEST_REFUSED(Verdict.fatal("request-refused", "the request itself is refused and would be again")
            .withHealth(Health.HEALTHY)),

    /** The downstream failed in a way that is not known to pass. */
    FAULT(Verdict.fatal("fault", "an error of the downstream that is not known to pass"));

    @SuppressWarnings(
            "ImmutableEnumChecker") // a Verdict is immutable; the annotation that says so would be a dependency
    final Verdict verdict;

    ErrorKind(Verdict verdict) {
        this.verdict = verdict;
    }
}
