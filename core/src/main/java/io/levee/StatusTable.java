package io.levee;

import io.levee.Verdict.Health;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What each HTTP status code says of an attempt (RFC 9110, section 15; RFC 6585; RFC 8470). */
final class StatusTable {
    private static final int LOWEST_ERROR = 400;
    private static final int PAST_HIGHEST = 600;

    /** One shared verdict for each code from 400 to 599. */
    private static final Verdict[] ERRORS = new Verdict[PAST_HIGHEST - LOWEST_ERROR];

    /** Beyond 599; a recipient takes an unknown code for the x00 of its class, and there is no such class. */
    private static final Verdict OUT_OF_RANGE = Verdict.fatal("status-invalid", "the answer's status is none of HTTP's")
            .withFate(Fate.ANSWERED);

    static {
        for (int status = LOWEST_ERROR; status < PAST_HIGHEST; status++) {
            ERRORS[status - LOWEST_ERROR] = verdict(status);
        }
    }

    private StatusTable() {}

    /** The verdict for a status from 100 to 999. */
    static Verdict verdictFor(int status) {
        if (status < LOWEST_ERROR) {
            return Verdict.SUCCESS;
        }
        return status < PAST_HIGHEST ? ERRORS[status - LOWEST_ERROR] : OUT_OF_RANGE;
    }

    private static Verdict verdict(int status) {
        return switch (status) {
            // The three refusals: the server says that it did not process the request, so any method may come again.
            case 429 -> refused(status, "too many requests");
            case 425 -> refused(status, "the server takes no early data").withHealth(Health.HEALTHY);
            case 421 ->
                refused(status, "the connection led to a server that does not serve this host")
                        .withHealth(Health.HEALTHY);
            // A timeout has cost the downstream more than a refusal: its retry costs two tokens.
            case 408 ->
                transientStatus(status, "the server waited too long for the request")
                        .withCost(2);
            case 409 ->
                transientStatus(status, "a conflict, which may be over by then").withHealth(Health.HEALTHY);
            case 502 -> transientStatus(status, "a gateway got no valid answer");
            // Says nothing of what was processed: proxies send it for a server that died in the middle as well.
            case 503 -> transientStatus(status, "the service is unavailable");
            case 504 ->
                transientStatus(status, "a gateway got no answer in time").withCost(2);
            case 501 -> fatal(status, "the server cannot do this at all", Health.FAULT);
            case 500 -> fatal(status, "an error in the application, which the same request meets again", Health.FAULT);
            default ->
                status < 500
                        ? fatal(status, "the request itself is refused and would be again", Health.HEALTHY)
                        : fatal(status, "an error of the server that is not known to pass", Health.FAULT);
        };
    }

    private static Verdict refused(int status, String why) {
        return transientStatus(status, why).withFate(Fate.REFUSED_UNPROCESSED);
    }

    private static Verdict transientStatus(int status, String why) {
        return Verdict.retryable("status-" + status, "status " + status + ": " + why)
                .withFate(Fate.ANSWERED);
    }

    private static Verdict fatal(int status, String why, Health health) {
        Verdict verdict = transientStatus(status, why);
        return verdict.toFinal(verdict.rule(), verdict.reason()).withHealth(health);
    }

    // gRPC (grpc/doc/statuscodes.md; gRFC A6 for the server's pushback). UNAVAILABLE is the one code that gRPC itself
    // calls
    // transient; it proves nothing of what was processed.

    private static final Map<GrpcStatus, Verdict> CODES = new EnumMap<>(GrpcStatus.class);

    static {
        CODES.put(GrpcStatus.OK, Verdict.SUCCESS);
        CODES.put(
                GrpcStatus.UNAVAILABLE,
                retryable(GrpcStatus.UNAVAILABLE, "the service is not available at the moment")
                        .withFate(Fate.ANSWERED));
        // The attempt's: where the call's own deadline has passed the engine ends the call. Has cost the downstream
        // more than a refusal, as HTTP's 408 and 504 have.
        CODES.put(
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

    /** The verdict on a status, without what a pushback adds. */
    static Verdict verdictFor(GrpcStatus status, boolean pushedBack) {
        if (status == GrpcStatus.RESOURCE_EXHAUSTED && pushedBack) {
            return REFUSED;
        }
        Verdict verdict = CODES.get(status);
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
            return failure.verdict;
        }
        boolean answered =
                outcome.committed() || outcome.fate() == Fate.ANSWERED || outcome.isPushedBack() || outcome.isBarred();
        return status == GrpcStatus.UNAVAILABLE && !answered && failure != ErrorRule.UNKNOWN
                ? failure.verdict
                : verdictFor(status, outcome.isPushedBack());
    }

    private static Verdict retryable(GrpcStatus status, String why) {
        return Verdict.retryable(rule(status), text(status, why));
    }

    private static void fatal(Health health, String why, GrpcStatus... statuses) {
        for (GrpcStatus status : statuses) {
            CODES.put(
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
