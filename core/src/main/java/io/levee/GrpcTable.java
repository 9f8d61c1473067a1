package io.levee;

import io.levee.Verdict.Health;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each gRPC status code says of an attempt (grpc/doc/statuscodes.md; gRFC A6 for the server's pushback). UNAVAILABLE
 * is the one code that gRPC itself calls transient; it proves nothing of what was processed.
 */
final class GrpcTable {
    private static final Map<GrpcStatus, Verdict> VERDICTS = new EnumMap<>(GrpcStatus.class);

    static {
        VERDICTS.put(GrpcStatus.OK, Verdict.SUCCESS);
        VERDICTS.put(
                GrpcStatus.UNAVAILABLE,
                retryable(GrpcStatus.UNAVAILABLE, "the service is not available at the moment")
                        .withFate(Fate.ANSWERED));
        // The attempt's: where the call's own deadline has passed the engine ends the call. Has cost the downstream
        // more than a refusal, as HTTP's 408 and 504 have.
        VERDICTS.put(
                GrpcStatus.DEADLINE_EXCEEDED,
                retryable(GrpcStatus.DEADLINE_EXCEEDED, "the attempt ran out of its time")
                        .withFate(Fate.SENT_NO_ANSWER)
                        .withCost(2));
        fatal(Health.UNKNOWN, "the attempt was cancelled: nobody waits for another", GrpcStatus.CANCELLED);
        fatal(
                Health.HEALTHY,
                "the same request would be refused again",
                GrpcStatus.INVALID_ARGUMENT,
                GrpcStatus.NOT_FOUND,
                GrpcStatus.ALREADY_EXISTS,
                GrpcStatus.PERMISSION_DENIED,
                GrpcStatus.FAILED_PRECONDITION,
                GrpcStatus.OUT_OF_RANGE,
                GrpcStatus.UNAUTHENTICATED);
        fatal(Health.HEALTHY, "a conflict that only the caller can resolve, from a higher level", GrpcStatus.ABORTED);
        fatal(
                Health.FAULT,
                "a quota is used up, and the server does not say until when",
                GrpcStatus.RESOURCE_EXHAUSTED);
        fatal(Health.FAULT, "the server cannot do this at all", GrpcStatus.UNIMPLEMENTED);
        fatal(
                Health.FAULT,
                "an error of the server that is not known to pass",
                GrpcStatus.UNKNOWN,
                GrpcStatus.INTERNAL,
                GrpcStatus.DATA_LOSS);
    }

    /** RESOURCE_EXHAUSTED with a pushback: the server says 'not now, but then', which nobody says of work that is done. */
    private static final Verdict REFUSED = Verdict.retryable(
                    rule(GrpcStatus.RESOURCE_EXHAUSTED),
                    "code RESOURCE_EXHAUSTED: the server refused and said when to come again")
            .withFate(Fate.REFUSED_UNPROCESSED);

    private GrpcTable() {}

    /** The verdict on a status, without what a pushback adds. */
    static Verdict verdictFor(GrpcStatus status, boolean pushedBack) {
        if (status == GrpcStatus.RESOURCE_EXHAUSTED && pushedBack) {
            return REFUSED;
        }
        Verdict verdict = VERDICTS.get(status);
        if (verdict == null) {
            throw new AssertionError(status);
        }
        return verdict;
    }

    /**
     * The verdict on an outcome with a gRPC status: the code's, except where the transport made up the code and the
     * exception under it tells more. 'UNAVAILABLE: io exception' is what gRPC-Java says of a refused connection and of a
     * certificate that does not verify alike.
     *
     * @param failure the rule for the outcome's failure; UNKNOWN if there is none
     */
    static Verdict judge(Outcome outcome, GrpcStatus status, ErrorRule failure) {
        if (failure.outranksStatus()) {
            return failure.verdict();
        }
        boolean answered =
                outcome.committed() || outcome.fate() == Fate.ANSWERED || outcome.isPushedBack() || outcome.isBarred();
        return status == GrpcStatus.UNAVAILABLE && !answered && failure != ErrorRule.UNKNOWN
                ? failure.verdict()
                : verdictFor(status, outcome.isPushedBack());
    }

    private static Verdict retryable(GrpcStatus status, String why) {
        return Verdict.retryable(rule(status), text(status, why));
    }

    private static void fatal(Health health, String why, GrpcStatus... statuses) {
        for (GrpcStatus status : statuses) {
            VERDICTS.put(
                    status,
                    Verdict.fatal(rule(status), text(status, why))
                            .withHealth(health)
                            .withFate(Fate.ANSWERED));
        }
    }

    /** As in {@code grpc-unavailable}. */
    static String rule(GrpcStatus status) {
        return "grpc-" + status.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String text(GrpcStatus status, String why) {
        return "code " + status + ": " + why;
    }

    /** The fate that a status proves by itself; null if there is no status. */
    static @Nullable Fate implied(Outcome outcome) {
        GrpcStatus status = outcome.grpcStatus();
        return status == null
                ? null
                : verdictFor(status, outcome.isPushedBack()).fate();
    }
}
