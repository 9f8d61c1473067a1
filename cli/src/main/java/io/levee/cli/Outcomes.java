package io.levee.cli;

import io.levee.CauseChain;
import io.levee.Explanation;
import io.levee.Fate;
import io.levee.Levee;
import io.levee.Outcome;
import io.levee.RetryAfter;
import io.levee.http.shared.HttpRules;
import java.io.IOException;
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
    private static final Set<String> FIELDS = Set.of(
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
            "downstream");

    /** Clients whose outcomes are HTTP's: their adapters translate alike. */
    private static final Set<String> HTTP_CLIENTS = Set.of("http", "okhttp", "apache");

    private static final Map<String, Fate> FATES = Map.of(
            "unsent", Fate.NEVER_SENT,
            "refused", Fate.REFUSED_UNPROCESSED,
            "sent", Fate.SENT_NO_ANSWER,
            "answered", Fate.ANSWERED);

    private static final long NANOS_PER_MILLI = 1_000_000L;
    /** As many as a long holds in nanoseconds: 292 years. */
    private static final double MOST_MILLIS = 9.2e12;

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
                throw new UserError("unknown field '" + field + "'");
            }
        }
        JsonNode id = line.get("id");
        if (id == null || !(id.isString() || id.isNumber())) {
            throw new UserError("id is missing, or neither a string nor a number");
        }
        String client = text(line, "client");
        boolean http = client != null && HTTP_CLIENTS.contains(client);
        if (!http && !"java".equals(client)) {
            throw new UserError(
                    client == null
                            ? "client is missing; known: http, okhttp, apache, java"
                            : "client '" + client + "' is not known; known: http, okhttp, apache, java");
        }
        Levee levee = levees.apply(text(line, "downstream"));
        boolean keyed = flag(line, "idempotencyKey", false)
                || !header(line, "idempotency-key").isEmpty();
        String method = text(line, "method");
        boolean byMethod = http && HttpRules.isRepeatable(method == null ? "GET" : method, keyed);
        boolean repeatable =
                flag(line, "idempotent", byMethod || levee.settings().idempotent()) || keyed;
        Explanation told = levee.explain(
                outcome(line, http),
                repeatable,
                (int) whole(line, "attempt", 0, Integer.MAX_VALUE),
                Duration.ofNanos(elapsed(line)));
        return answer(id, told);
    }

    private static long elapsed(JsonNode line) {
        JsonNode node = present(line, "elapsedMs");
        if (node == null) {
            return 0;
        }
        if (!node.isNumber() || !(node.asDouble() >= 0 && node.asDouble() <= MOST_MILLIS)) {
            throw new UserError("elapsedMs must be a number, 0 or more");
        }
        return (long) (node.asDouble() * NANOS_PER_MILLI);
    }

    private Outcome outcome(JsonNode line, boolean http) {
        List<String> chain = texts(line, "exception");
        String single = text(line, "message");
        List<String> messages = single == null ? texts(line, "messages") : List.of(single);
        Fate fate = fate(line);
        boolean hasStatus = present(line, "status") != null;
        Outcome outcome;
        if (!chain.isEmpty()) {
            outcome = Outcome.failure(CauseChain.named(chain, messages, Outcomes.class.getClassLoader()));
        } else if (hasStatus || (fate == null && !http)) {
            outcome = Outcome.value(null);
        } else if (fate != null && fate != Fate.ANSWERED) {
            outcome = Outcome.failure(new IOException("of no kind that was given"));
        } else {
            throw new UserError("needs status or exception");
        }
        if (hasStatus) {
            outcome = outcome.withStatus((int) whole(line, "status", 100, 999));
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

    private static @Nullable Fate fate(JsonNode line) {
        String text = text(line, "fate");
        if (text == null) {
            return null;
        }
        Fate known = FATES.get(text);
        for (Fate each : Fate.values()) {
            known = each.name().equals(text) ? each : known;
        }
        if (known == null) {
            throw new UserError("fate '" + text + "' is not known; known: unsent, refused, sent, answered");
        }
        return known;
    }

    private static Instant now(JsonNode line) {
        String text = text(line, "now");
        try {
            return text == null ? Instant.now() : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new UserError("now must be an instant such as 2026-11-22T10:00:00Z, is '" + text + "'");
        }
    }

    private static List<String> header(JsonNode line, String name) {
        JsonNode headers = present(line, "headers");
        List<String> values = new ArrayList<>();
        if (headers == null) {
            return values;
        }
        if (!headers.isObject()) {
            throw new UserError("headers must be an object");
        }
        for (String key : headers.propertyNames()) {
            List<String> each = strings(headers, key, "headers." + key);
            if (key.toLowerCase(Locale.ROOT).equals(name)) {
                values.addAll(each);
            }
        }
        return values;
    }

    private static @Nullable String first(List<String> values) {
        return values.isEmpty() ? null : values.get(0);
    }

    private static List<String> texts(JsonNode line, String field) {
        return present(line, field) == null ? List.of() : strings(line, field, field);
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

    private static @Nullable JsonNode present(JsonNode line, String field) {
        JsonNode node = line.get(field);
        return node == null || node.isNull() ? null : node;
    }

    private static @Nullable String text(JsonNode line, String field) {
        JsonNode node = present(line, field);
        if (node != null && !node.isString()) {
            throw new UserError(field + " must be a string");
        }
        return node == null ? null : node.asString();
    }

    private static boolean flag(JsonNode line, String field, boolean otherwise) {
        JsonNode node = present(line, field);
        if (node != null && !node.isBoolean()) {
            throw new UserError(field + " must be true or false");
        }
        return node == null ? otherwise : node.asBoolean();
    }

    private static long whole(JsonNode line, String field, long min, long max) {
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
