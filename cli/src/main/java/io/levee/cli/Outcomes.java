package io.levee.cli;

import io.levee.CauseChain;
import io.levee.Explanation;
import io.levee.Fate;
import io.levee.GrpcStatus;
import io.levee.Levee;
import io.levee.Outcome;
import io.levee.http.shared.HttpRules;
import io.levee.http.shared.headers.RetryAfter;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One line of {@code levee explain}: a JSON object in, a JSON object out. Decides nothing: it asks a {@link Levee}. */
final class Outcomes {
    private static final List<String> CLIENTS = List.of("http", "okhttp", "apache", "java", "jdbc", "grpc");

    private static final List<String> FIELDS = List.of(
            "id",
            "client",
            "method",
            "status",
            "headers",
            "idempotencyKey",
            "idempotent",
            "bodyReplayable",
            "connectionReused",
            "exception",
            "message",
            "messages",
            "fate",
            "attempt",
            "elapsedMs",
            "now",
            "downstream",
            "sqlState",
            "vendorCode",
            "product",
            "commitSent",
            "code",
            "metadata",
            "committed");

    private static final String PUSHBACK = "grpc-retry-pushback-ms";

    /** Clients whose outcomes are HTTP's: their adapters translate alike. */
    private static final Set<String> HTTP_CLIENTS = Set.of("http", "okhttp", "apache");

    private static final Map<String, Fate> FATES = Map.of(
            "unsent", Fate.NEVER_SENT,
            "refused", Fate.REFUSED_UNPROCESSED,
            "sent", Fate.SENT_NO_ANSWER,
            "answered", Fate.ANSWERED);

    private static final long NANOS_PER_MILLI = 1_000_000L;
    /** As many as a long holds in nanoseconds: 292 years. */
    private static final BigDecimal MOST_MILLIS = BigDecimal.valueOf(9_200_000_000_000L);

    private static final BigDecimal NANOS_IN_A_MILLI = BigDecimal.valueOf(NANOS_PER_MILLI);

    private final JsonMapper json;
    private final Function<@Nullable String, Levee> levees;

    Outcomes(JsonMapper json, Function<@Nullable String, Levee> levees) {
        this.json = json;
        this.levees = levees;
    }

    /** The answer to an object; throws {@link UserError} for one that is wrong. */
    ObjectNode explain(JsonNode line) {
        if (!line.isObject()) {
            throw new UserError("a line must be a JSON object");
        }
        for (String field : line.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw new UserError("unknown field '" + cut(field) + "'; known: " + String.join(", ", FIELDS));
            }
        }
        JsonNode id = line.get("id");
        if (id == null || !(id.isString() || id.isNumber())) {
            throw new UserError("id is missing, or neither a string nor a number");
        }
        String client = text(line, "client");
        if (client == null || !CLIENTS.contains(client)) {
            String known = "known: " + String.join(", ", CLIENTS);
            throw new UserError(
                    client == null
                            ? "client is missing; " + known
                            : "client '" + cut(client) + "' is not known; " + known);
        }
        boolean http = HTTP_CLIENTS.contains(client);
        boolean grpc = "grpc".equals(client);
        boolean jdbc = "jdbc".equals(client);
        SqlOutcomes.refuseForeignFields(line, jdbc);
        Levee levee = levees.apply(text(line, "downstream"));
        boolean keyed = flag(line, "idempotencyKey", false)
                || !header(line, "idempotency-key").isEmpty();
        String method = text(line, "method");
        boolean byMethod = http && HttpRules.isRepeatable(method == null ? "GET" : method, keyed);
        boolean repeatable =
                flag(line, "idempotent", byMethod || levee.settings().idempotent()) || keyed;
        Explanation told = levee.explain(
                jdbc ? SqlOutcomes.outcome(line) : grpc ? grpcOutcome(line) : outcome(line, http),
                repeatable,
                (int) whole(line, "attempt", 0, Integer.MAX_VALUE),
                Duration.ofNanos(elapsed(line)));
        return answer(id, told);
    }

    /** What a user wrote, no longer than helps. */
    private static String cut(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    private static long elapsed(JsonNode line) {
        JsonNode node = present(line, "elapsedMs");
        if (node == null) {
            return 0;
        }
        // A decimal as it was written: 1e999 is a number, and no double.
        BigDecimal millis = node.isNumber() ? node.decimalValue() : BigDecimal.ONE.negate();
        if (millis.signum() < 0 || millis.compareTo(MOST_MILLIS) > 0) {
            throw new UserError("elapsedMs must be a number from 0 to " + MOST_MILLIS);
        }
        return millis.multiply(NANOS_IN_A_MILLI).longValue();
    }

    private static Outcome outcome(JsonNode line, boolean http) {
        for (String field : List.of("code", "metadata", "committed")) {
            if (present(line, field) != null) {
                throw new UserError(field + " is for client grpc");
            }
        }
        List<String> chain = texts(line, "exception");
        Fate fate = fate(line);
        boolean hasStatus = present(line, "status") != null;
        Outcome outcome;
        if (present(line, "exception") != null && chain.stream().noneMatch(name -> !name.isBlank())) {
            throw new UserError("exception names no class; leave it out, or name the classes, outermost first");
        }
        if (!chain.isEmpty()) {
            outcome = Outcome.failure(named(line, chain));
        } else if (hasStatus || (fate == null && !http)) {
            outcome = Outcome.value(null);
        } else if (fate != null && fate != Fate.ANSWERED) {
            outcome = Outcome.failure(new IOException("of no kind that was given"));
        } else {
            throw new UserError("needs status or exception");
        }
        if (hasStatus) {
            int status = (int) whole(line, "status", 100, 999);
            outcome = HttpRules.answered(outcome, status, List.of(), null, header(line, "levee-should-retry"));
        }
        if (fate != null) {
            outcome = outcome.withFate(fate);
        }
        String date = first(header(line, "date"));
        Duration wait = RetryAfter.parse(header(line, "retry-after"), date, now(line));
        if (wait != null) {
            outcome = outcome.withMinDelay(wait);
        }
        return outcome.withReplayable(flag(line, "bodyReplayable", true))
                .withConnectionReused(flag(line, "connectionReused", false));
    }

    private static Outcome grpcOutcome(JsonNode line) {
        if (present(line, "status") != null) {
            throw new UserError("a gRPC call has a code, not an HTTP status; write code");
        }
        List<String> chain = texts(line, "exception");
        Fate fate = fate(line);
        GrpcStatus code = code(line);
        if (code == null && chain.isEmpty() && fate == null) {
            throw new UserError("needs code, exception or fate");
        }
        Outcome outcome = chain.isEmpty()
                ? (code == null || code == GrpcStatus.OK ? Outcome.value(null) : Outcome.failure(new CodeOnly()))
                : Outcome.failure(named(line, chain));
        if (code != null || !chain.isEmpty()) {
            // gRPC-Java calls every failure of the transport UNAVAILABLE; the exception under it tells more.
            outcome = outcome.withGrpcStatus(code == null ? GrpcStatus.UNAVAILABLE : code);
        } else if (fate != Fate.ANSWERED) {
            outcome = Outcome.failure(new CodeOnly()).withGrpcStatus(GrpcStatus.UNAVAILABLE);
        }
        if (fate != null) {
            outcome = outcome.withFate(fate);
        }
        List<String> pushback = entries(line, "metadata", PUSHBACK);
        if (!pushback.isEmpty()) {
            outcome = outcome.withGrpcPushback(pushback.get(pushback.size() - 1));
        }
        return outcome.withCommitted(flag(line, "committed", false)).withReplayable(flag(line, "bodyReplayable", true));
    }

    private static @Nullable GrpcStatus code(JsonNode line) {
        JsonNode node = present(line, "code");
        if (node == null) {
            return null;
        }
        for (GrpcStatus status : GrpcStatus.values()) {
            if (node.isString() ? status.name().equals(node.asString()) : isCode(node, status)) {
                return status;
            }
        }
        throw new UserError("code must be one of gRPC's, by name or number, such as UNAVAILABLE or 14, is " + node);
    }

    private static boolean isCode(JsonNode node, GrpcStatus status) {
        return node.isIntegralNumber() && node.canConvertToInt() && node.asInt() == status.code();
    }

    static Throwable named(JsonNode line, List<String> chain) {
        String single = text(line, "message");
        if (single != null && present(line, "messages") != null) {
            throw new UserError("message and messages exclude each other; remove one");
        }
        return CauseChain.named(chain, messages(line, single), Outcomes.class.getClassLoader());
    }

    /** A call that failed with a code, and nothing else is known of. */
    private static final class CodeOnly extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CodeOnly() {
            super("of a code that was given", null, false, false);
        }
    }

    private ObjectNode answer(JsonNode id, Explanation told) {
        ObjectNode out = json.createObjectNode();
        out.set("id", id);
        boolean retry = told.verdict() == io.levee.Verdict.Kind.RETRYABLE;
        out.put("verdict", retry ? "retry" : told.verdict().name().toLowerCase(Locale.ROOT));
        out.put("reason", told.reason());
        out.put("rule", told.rule());
        // Both rounded up: a wait is never shown, or taken for, shorter than what the downstream asked for.
        if (retry) {
            out.put("delayMinMs", millisUp(told.delayMinNanos()));
            out.put("delayMaxMs", millisUp(told.delayMaxNanos()));
        } else {
            out.putNull("delayMinMs");
            out.putNull("delayMaxMs");
        }
        out.put("maxRetriesOfThisClass", told.maxRetriesOfThisClass());
        out.put("fate", told.fate().name());
        out.put("withinDeadline", told.withinDeadline());
        if (told.stop() != null) {
            out.put("stop", told.stop().name());
        }
        return out;
    }

    static long millisUp(long nanos) {
        return nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
    }

    static @Nullable Fate fate(JsonNode line) {
        String text = text(line, "fate");
        if (text == null) {
            return null;
        }
        Fate known = FATES.get(text);
        for (Fate each : Fate.values()) {
            known = each.name().equals(text) ? each : known;
        }
        if (known == null) {
            throw new UserError("fate '" + cut(text) + "' is not known; known: unsent, refused, sent, answered");
        }
        return known;
    }

    private static Instant now(JsonNode line) {
        String text = text(line, "now");
        try {
            return text == null ? Instant.now() : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new UserError("now must be an instant such as 2026-11-22T10:00:00Z, is '"
                    + (text == null ? "" : cut(text)) + "'");
        }
    }

    private static List<String> header(JsonNode line, String name) {
        return entries(line, "headers", name);
    }

    /** The values of a name in an object of names, whose case does not count. */
    private static List<String> entries(JsonNode line, String field, String name) {
        JsonNode headers = present(line, field);
        List<String> values = new ArrayList<>();
        if (headers == null) {
            return values;
        }
        if (!headers.isObject()) {
            throw new UserError(field + " must be an object");
        }
        for (String key : headers.propertyNames()) {
            List<String> each = strings(headers, key, field + "." + key);
            if (key.toLowerCase(Locale.ROOT).equals(name)) {
                values.addAll(each);
            }
        }
        return values;
    }

    private static @Nullable String first(List<String> values) {
        return values.isEmpty() ? null : values.get(0);
    }

    static List<String> texts(JsonNode line, String field) {
        return present(line, field) == null ? List.of() : strings(line, field, field);
    }

    /** Null where an exception has no message. */
    private static List<@Nullable String> messages(JsonNode line, @Nullable String single) {
        List<@Nullable String> values = new ArrayList<@Nullable String>();
        JsonNode node = present(line, "messages");
        if (single != null) {
            values.add(single);
        } else if (node != null && node.isString()) {
            values.add(node.asString());
        } else if (node != null) {
            boolean right = node.isArray();
            for (JsonNode each : node) {
                right &= each.isString() || each.isNull();
                values.add(each.isString() ? each.asString() : null);
            }
            if (!right) {
                throw new UserError("messages must be a string or a list of strings and nulls");
            }
        }
        return values;
    }

    private static List<String> strings(JsonNode parent, String key, String shown) {
        JsonNode node = parent.get(key);
        if (node.isString()) {
            return List.of(node.asString());
        }
        List<String> values = new ArrayList<>();
        if (!node.isArray()) {
            throw new UserError(shown + " must be a string or a list of strings");
        }
        for (JsonNode each : node) {
            if (!each.isString()) {
                throw new UserError(shown + " must be a string or a list of strings");
            }
            values.add(each.asString());
        }
        return values;
    }

    static @Nullable JsonNode present(JsonNode line, String field) {
        JsonNode node = line.get(field);
        return node == null || node.isNull() ? null : node;
    }

    static @Nullable String text(JsonNode line, String field) {
        JsonNode node = present(line, field);
        if (node != null && !node.isString()) {
            throw new UserError(field + " must be a string");
        }
        return node == null ? null : node.asString();
    }

    static boolean flag(JsonNode line, String field, boolean otherwise) {
        JsonNode node = present(line, field);
        if (node != null && !node.isBoolean()) {
            throw new UserError(field + " must be true or false");
        }
        return node == null ? otherwise : node.asBoolean();
    }

    static long whole(JsonNode line, String field, long min, long max) {
        JsonNode node = present(line, field);
        if (node == null) {
            return min;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < min || node.asLong() > max) {
            throw new UserError(field + " must be a whole number from " + min + " to " + max);
        }
        return node.asLong();
    }
}
