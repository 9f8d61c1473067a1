package io.levee;

import io.levee.Verdict.Health;

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
        return Verdict.retryable("status-" + status, "status " + status + ": " + why)
                .withFate(Fate.REFUSED_UNPROCESSED);
    }

    private static Verdict transientStatus(int status, String why) {
        return Verdict.retryable("status-" + status, "status " + status + ": " + why)
                .withFate(Fate.ANSWERED);
    }

    private static Verdict fatal(int status, String why, Health health) {
        return Verdict.fatal("status-" + status, "status " + status + ": " + why)
                .withHealth(health)
                .withFate(Fate.ANSWERED);
    }
}
