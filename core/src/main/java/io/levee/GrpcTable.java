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
        for (GrpcStatus status : GrpcStatus.values()) {
            VERDICTS.put(status, verdict(status));
        }
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
        boolean answered = outcome.committed() || outcome.fate() == Fate.ANSWERED || outcome.pushback() != null;
        return status == GrpcStatus.UNAVAILABLE && !answered && failure != ErrorRule.UNKNOWN
                ? failure.verdict()
                : verdictFor(status, outcome.pushback() == Outcome.Pushback.RETRY);
    }

    private static Verdict verdict(GrpcStatus status) {
        return switch (status) {
            case OK -> Verdict.SUCCESS;
            case UNAVAILABLE ->
                Verdict.retryable(rule(status), text(status, "the service is not available at the moment"))
                        .withFate(Fate.ANSWERED);
            // The attempt's: where the call's own deadline has passed the engine ends the call. Has cost the downstream
            // more than a refusal, as HTTP's 408 and 504 have.
            case DEADLINE_EXCEEDED ->
                Verdict.retryable(rule(status), text(status, "the attempt ran out of its time"))
                        .withFate(Fate.SENT_NO_ANSWER)
                        .withCost(2);
            case CANCELLED -> fatal(status, "the attempt was cancelled: nobody waits for another", Health.UNKNOWN);
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    UNAUTHENTICATED -> fatal(status, "the same request would be refused again", Health.HEALTHY);
            case ABORTED ->
                fatal(status, "a conflict that only the caller can resolve, from a higher level", Health.HEALTHY);
            case RESOURCE_EXHAUSTED ->
                fatal(status, "a quota is used up, and the server does not say until when", Health.FAULT);
            case UNIMPLEMENTED -> fatal(status, "the server cannot do this at all", Health.FAULT);
            case UNKNOWN, INTERNAL, DATA_LOSS ->
                fatal(status, "an error of the server that is not known to pass", Health.FAULT);
        };
    }

    private static Verdict fatal(GrpcStatus status, String why, Health health) {
        return Verdict.fatal(rule(status), text(status, why)).withHealth(health).withFate(Fate.ANSWERED);
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
                : verdictFor(status, outcome.pushback() == Outcome.Pushback.RETRY)
                        .fate();
    }
}
