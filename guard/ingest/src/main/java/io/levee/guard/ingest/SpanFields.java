package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Event.Outcome;
import org.jspecify.annotations.Nullable;

/** What is wanted of one span's attributes. One object is used for span after span. Not thread-safe. */
final class SpanFields {
    static final int SERVER = 2;
    private static final int ERROR = 2;
    private static final int GRPC_RESOURCE_EXHAUSTED = 8;

    int kind;
    int status;
    /** The number of an attempt of Levee's; below 0 for what is none. */
    long attempt;

    long attempts;
    long retries;
    private long httpStatus;
    private boolean failed;
    private boolean withdrawn;
    boolean promoted;

    @Nullable
    String downstream;

    @Nullable
    String sli;

    @Nullable
    String side;

    @Nullable
    String businessEvent;

    /** Why the call was not sent again. */
    @Nullable
    String decision;

    /** Which rule said so. */
    @Nullable
    String rule;

    private @Nullable String operation;
    private @Nullable String httpRoute;
    private @Nullable String template;
    private @Nullable String method;
    private @Nullable String rpcMethod;
    private @Nullable String rpcService;
    private @Nullable String leveeOutcome;

    void clear() {
        kind = 0;
        status = 0;
        attempt = -1;
        attempts = 0;
        retries = 0;
        httpStatus = 0;
        failed = false;
        withdrawn = false;
        promoted = false;
        downstream = null;
        sli = null;
        side = null;
        businessEvent = null;
        decision = null;
        rule = null;
        operation = null;
        httpRoute = null;
        template = null;
        method = null;
        rpcMethod = null;
        rpcService = null;
        leveeOutcome = null;
    }

    /** An attribute that is a text. */
    void text(String key, String value) {
        switch (key) {
            case "levee.downstream" -> downstream = value;
            case "levee.operation" -> operation = value;
            case "levee.outcome" -> leveeOutcome = value;
            case "levee.stop" -> withdrawn = value.equals("CANCELLED");
            case "levee.decision" -> decision = value;
            case "levee.rule" -> rule = value;
            case "levee.sli" -> sli = value;
            case "levee.side" -> side = value;
            case "business.event" -> businessEvent = value;
            case "http.route" -> httpRoute = value;
            case "url.template" -> template = value;
            case "http.request.method", "http.method" -> method = value;
            case "rpc.method" -> rpcMethod = value;
            case "rpc.service" -> rpcService = value;
            case "rpc.status_code", "rpc.response.status_code" -> failed |= value.equals("RESOURCE_EXHAUSTED");
            case "error.type" -> failed = true;
            case "sampling.reason" -> promoted = value.equals("retry");
            default -> {}
        }
    }

    /** An attribute that is a whole number. */
    void number(String key, long value) {
        switch (key) {
            case "levee.attempts" -> attempts = value;
            case "http.retry_count" -> retries = value;
            case "retry.attempt" -> attempt = value;
            case "http.response.status_code", "http.status_code" -> httpStatus = value;
            case "rpc.grpc.status_code" -> failed |= value == GRPC_RESOURCE_EXHAUSTED;
            default -> {}
        }
    }

    /** Whether this is the span of a call by a Levee. */
    boolean isCall() {
        return downstream != null && attempt < 0;
    }

    /** How often the call was sent; an event has one attempt at least. */
    int attemptsMade() {
        long made = Math.max(attempts, retries + 1);
        return (int) Math.min(Math.max(1, made), Integer.MAX_VALUE);
    }

    /** What the span says of the call; null if its caller took it back. */
    @Nullable
    Outcome outcome() {
        if ("good".equals(leveeOutcome)) {
            return Outcome.GOOD;
        }
        if ("bad".equals(leveeOutcome)) {
            return Outcome.BAD;
        }
        if ("degraded".equals(leveeOutcome)) {
            return Outcome.DEGRADED;
        }
        if (withdrawn || "withdrawn".equals(leveeOutcome)) {
            return null;
        }
        boolean bad = failed || status == ERROR || httpStatus >= 500 || httpStatus == 429;
        return bad ? Outcome.BAD : Outcome.GOOD;
    }

    /** The route or operation, as objectives name it. */
    @Nullable
    String route() {
        if (operation != null) {
            return operation;
        }
        String path = httpRoute == null ? template : httpRoute;
        if (path != null) {
            return method == null ? path : method + ' ' + path;
        }
        String rpc = rpcMethod;
        return rpc == null || rpcService == null || rpc.indexOf('/') >= 0 ? rpc : rpcService + '/' + rpc;
    }
}
