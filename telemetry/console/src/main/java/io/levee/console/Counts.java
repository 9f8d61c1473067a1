package io.levee.console;

/**
 * What became of calls and attempts.
 *
 * @param succeededAtOnce calls whose first attempt succeeded
 * @param savedByRetry calls that a later attempt made succeed
 * @param failed calls that ended without success, refused ones included
 * @param refused calls that ended without an attempt
 * @param firstAttemptsFailed first attempts that ended without success
 * @param retries attempts numbered 1 or more that have ended
 */
record Counts(
        long succeededAtOnce, long savedByRetry, long failed, long refused, long firstAttemptsFailed, long retries) {
    static final Counts ZERO = new Counts(0, 0, 0, 0, 0, 0);

    Counts plus(Counts other) {
        return new Counts(
                succeededAtOnce + other.succeededAtOnce,
                savedByRetry + other.savedByRetry,
                failed + other.failed,
                refused + other.refused,
                firstAttemptsFailed + other.firstAttemptsFailed,
                retries + other.retries);
    }

    Counts minus(Counts other) {
        return new Counts(
                succeededAtOnce - other.succeededAtOnce,
                savedByRetry - other.savedByRetry,
                failed - other.failed,
                refused - other.refused,
                firstAttemptsFailed - other.firstAttemptsFailed,
                retries - other.retries);
    }

    long calls() {
        return succeededAtOnce + savedByRetry + failed;
    }

    long firstAttempts() {
        return succeededAtOnce + firstAttemptsFailed;
    }

    long attempts() {
        return firstAttempts() + retries;
    }

    /** The share of the calls that succeeded; NaN without calls. */
    double success() {
        return calls() == 0 ? Double.NaN : (calls() - failed) / (double) calls();
    }

    /** Attempts for each call that had one; NaN without attempts. */
    double amplification() {
        return firstAttempts() == 0 ? Double.NaN : attempts() / (double) firstAttempts();
    }
}
