package io.levee;

/**
 * The rules that hold unless a user puts others in front: {@link ErrorTable}, {@link ErrorKind} and
 * {@link StatusTable}.
 */
final class StandardClassifier implements Classifier {
    static final StandardClassifier INSTANCE = new StandardClassifier();

    private StandardClassifier() {}

    @Override
    public Verdict classify(Outcome outcome) {
        Verdict verdict = verdictFor(outcome);
        // The downstream's own wish is the floor whatever made the attempt retryable.
        return verdict.isRetryable() && verdict.minDelayNanos() != Verdict.AT_ONCE
                ? verdict.withMinDelayNanos(outcome.askedNanos())
                : verdict;
    }

    private static Verdict verdictFor(Outcome outcome) {
        Throwable failure = outcome.failure();
        int status = outcome.status();
        GrpcStatus grpcStatus = outcome.grpcStatus();
        if (grpcStatus != null) {
            return StatusTable.judge(
                    outcome, grpcStatus, failure == null ? ErrorRule.UNKNOWN : ErrorTable.ruleFor(failure));
        }
        if (failure == null) {
            return status == Outcome.NO_STATUS ? Verdict.SUCCESS : StatusTable.verdictFor(status);
        }
        ErrorRule rule = ErrorTable.ruleFor(failure, outcome.bare);
        ErrorKind kind = outcome.errorKind();
        if (kind != null && !rule.outranksKind()) {
            return kind.verdict.withDetail(outcome.errorDetail());
        }
        if (isStaleConnection(outcome, rule)) {
            return ErrorRule.STALE_CONNECTION.verdict;
        }
        if (status == Outcome.NO_STATUS || rule.outranksStatus() || outcome.fate() == Fate.NEVER_SENT) {
            return rule.verdict;
        }
        Verdict byStatus = StatusTable.verdictFor(status);
        // A failure after a good status line: the rest of the answer did not come. That it was answered is certain,
        // so nothing that the error alone would suggest ('never sent') may stand.
        return byStatus.isSuccess() ? rule.verdict.withFate(Fate.ANSWERED) : byStatus;
    }

    /** A stream that was refused (REFUSED_STREAM) is none: that is the peer's wish, and may be overload. */
    private static boolean isStaleConnection(Outcome outcome, ErrorRule rule) {
        return outcome.connectionReused()
                && outcome.status() == Outcome.NO_STATUS
                && outcome.fate() != Fate.REFUSED_UNPROCESSED
                && rule.tellsOfStaleConnection();
    }

    @Override
    public boolean judgesValues() {
        return false;
    }
}
