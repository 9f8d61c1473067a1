package io.levee;

import io.levee.Verdict.Health;

/**
 * The rules for Java's errors, the most severe first: where the throwables of one cause chain fall under several, the
 * one that stands first here decides. Each holds the one shared verdict that it answers.
 */
enum ErrorRule {
    /** The JVM or the program is broken; whatever else the chain holds, more calls do not mend it. */
    ERROR(local("error", "an Error is never retried: the JVM or the program is at fault, not the downstream")),
    CANCELLED(local("cancelled", "the attempt was cancelled: nobody waits for another")),
    INTERRUPTED(local("interrupted", "the thread was interrupted: somebody wants it to stop")),
    /** A Levee inside the attempt has retried as far as its own settings allow; more would multiply the load. */
    NESTED_LEVEE(local("nested-levee", "a Levee inside the attempt has already decided to stop")),
    ATTEMPT_TIMEOUT(
            transientError("attempt-timeout", "the attempt ran out of its time").withCost(2)),
    CERTIFICATE(never("certificate", "the peer's or our own certificate was not accepted: it will not be next time")
            .withFate(Fate.NEVER_SENT)),
    REJECTED(local("rejected", "this process is overloaded or shutting down: a local queue took no more work")
            .withFate(Fate.NEVER_SENT)),
    /** Broken by the caller's own input or files: says nothing of the downstream. */
    NOT_TRANSIENT(
            local("not-transient", "an I/O error that the same request meets again: a file, a name, an encoding")),
    /** As NOT_TRANSIENT, but the peer's doing. */
    PROTOCOL(
            never("not-transient", "the peer broke the protocol or speaks another: the same request meets that again")),
    TLS_HANDSHAKE(Verdict.retryable("tls-handshake", "the TLS handshake failed: worth one more try and no further")
            .withFate(Fate.NEVER_SENT)
            .withMaxRetries(1)),
    TLS(transientError("tls", "TLS failed on a connection in use: worth one more try and no further")
            .withMaxRetries(1)),
    DNS(Verdict.retryable("dns", "the host's name did not resolve")
            .withFate(Fate.NEVER_SENT)
            .withMaxRetries(2)),
    CONNECT(Verdict.retryable("connect", "no connection to the downstream").withFate(Fate.NEVER_SENT)),
    CONNECT_TIMEOUT(
            Verdict.retryable("connect-timeout", "no connection in time").withFate(Fate.NEVER_SENT)),
    TIMEOUT(transientError("timeout", "no answer in time").withCost(2)),
    RESET(transientError("reset", "the connection broke before the answer was complete")),
    IO(transientError("io", "an I/O error of no more exact kind")),
    /**
     * A pooled connection that the peer had closed, or closed while the request was on its way: RESET, IO or TLS before any
     * answer on a connection that had been used before. It says nothing of the downstream's health or load, so the
     * request goes out again at once, and once, if its fate or its idempotency allows. It costs no token: at most one a call,
     * and only where a connection had brought an answer before, so a downstream that is down is never sent one more.
     */
    STALE_CONNECTION(transientError("stale-connection", "a pooled connection died before any answer: it had gone stale")
            .withHealth(Health.UNKNOWN)
            .withCost(0)
            .withMaxRetries(1)
            .atOnce()),
    /** Stands after all that are retryable: an IllegalArgumentException may well wrap a ConnectException. */
    PROGRAM(never("unknown-error", "a mistake in the program: the same call meets it again")),
    /** Nothing but a suppressed exception is known, and that one is transient. See {@link ErrorTable}. */
    SUPPRESSED(transientError("suppressed", "of the whole failure only a suppressed exception is known, as transient")),
    UNKNOWN(never(
            "unknown-error", "no rule says that this error passes: only errors known to be transient are retried"));

    @SuppressWarnings(
            "ImmutableEnumChecker") // a Verdict is immutable; the annotation that says so would be a dependency
    final Verdict verdict;

    ErrorRule(Verdict verdict) {
        this.verdict = verdict;
    }

    /** The request left and nobody knows what became of it: the fate to assume where nothing better is known. */
    private static Verdict transientError(String rule, String reason) {
        return Verdict.retryable(rule, reason).withFate(Fate.SENT_NO_ANSWER);
    }

    private static Verdict never(String rule, String reason) {
        return Verdict.fatal(rule, reason);
    }

    /** Final, and no evidence against the downstream. */
    private static Verdict local(String rule, String reason) {
        return Verdict.fatal(rule, reason).withHealth(Health.UNKNOWN);
    }

    /** Whether the rule ends the call even where it is met only among the suppressed exceptions. */
    boolean endsFromSuppressed() {
        return this == ERROR || isInterruption() || this == CERTIFICATE;
    }

    /** Whether the rule, met on a pooled connection before any answer, means that the connection had gone stale. */
    boolean tellsOfStaleConnection() {
        return this == RESET || this == IO || this == TLS;
    }

    boolean isInterruption() {
        return this == CANCELLED || this == INTERRUPTED;
    }

    /** Whether the rule ends the call whatever status the downstream sent. */
    boolean outranksStatus() {
        return this == ERROR || isInterruption();
    }

    /**
     * Whether the rule knows more than the kind of error that an adapter stated. Behind these stand the general ones (no
     * connection, a broken one, a timeout) and those that know nothing.
     */
    boolean outranksKind() {
        return compareTo(CONNECT) < 0;
    }

    ErrorRule moreSevere(ErrorRule other) {
        return compareTo(other) <= 0 ? this : other;
    }
}
