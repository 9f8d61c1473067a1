package io.levee.guard.slo.gate;

import io.levee.yaml.read.Shown;
import io.levee.yaml.read.Suggestion;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads events as JSON objects, one a line (NDJSON). The fields are those of {@link Event}, in lower case where they are
 * enumerations; docs/gate.md lists them. Thread-safe.
 */
public final class EventReader {
    private static final List<String> FIELDS = List.of(
            "id",
            "time",
            "service",
            "sli",
            "route",
            "outcome",
            "release",
            "environment",
            "side",
            "traceId",
            "businessEvent",
            "attempts",
            "savedByRetry",
            "durationMs");

    private static final List<String> RECORD_FIELDS =
            List.of("decision", "rule", "time", "service", "sli", "route", "release", "environment", "side", "traceId");

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private EventReader() {}

    /**
     * Reads one event.
     *
     * @param line a JSON object
     * @return the event
     * @throws IllegalArgumentException naming the field that is wrong and what would be right
     */
    public static Event read(String line) {
        return event(fields(line, FIELDS));
    }

    /**
     * Reads the decision record of a retry, as {@code GuardExporter} sends it beside the events.
     *
     * @param line a JSON object
     * @return the record
     * @throws IllegalArgumentException naming the field that is wrong and what would be right
     */
    public static RetryRecord readRecord(String line) {
        Map<String, Object> fields = fields(line, RECORD_FIELDS);
        return new RetryRecord(
                time(fields),
                required(fields, "service"),
                text(fields, "sli"),
                text(fields, "route"),
                text(fields, "release"),
                one(Environment.values(), "environment", required(fields, "environment")),
                side(fields),
                text(fields, "traceId"),
                required(fields, "rule"),
                required(fields, "decision"));
    }

    private static Event.@Nullable Side side(Map<String, Object> fields) {
        String side = text(fields, "side");
        return side == null ? null : one(Event.Side.values(), "side", side);
    }

    private static Map<String, Object> fields(String line, List<String> known) {
        Map<String, Object> fields = new HashMap<>();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("must be a JSON object");
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                field(json, fields, known);
            }
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("has more than one JSON object; write each on a line of its own");
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("is no JSON: " + Shown.parsersWords(e.getOriginalMessage()), e);
        }
        return fields;
    }

    private static void field(JsonParser json, Map<String, Object> fields, List<String> known) {
        String name = json.currentName();
        if (!known.contains(name)) {
            throw new IllegalArgumentException(
                    "field " + Shown.quoted(name) + " is not known" + Suggestion.wayOut(name, known));
        }
        switch (json.nextToken()) {
            case VALUE_STRING -> fields.put(name, json.getString());
            case VALUE_NUMBER_INT -> {
                try {
                    fields.put(name, json.getLongValue());
                } catch (JacksonException tooLarge) {
                    throw wrong(name, "is a number that no long holds");
                }
            }
            case VALUE_NUMBER_FLOAT -> throw wrong(name, "must be a whole number, is " + Shown.plain(json.getString()));
            case VALUE_TRUE -> fields.put(name, true);
            case VALUE_FALSE -> fields.put(name, false);
            case VALUE_NULL -> {}
            default -> throw wrong(name, "must be a single value");
        }
    }

    private static IllegalArgumentException wrong(String field, String message) {
        return new IllegalArgumentException(field + " " + message);
    }

    private static Event event(Map<String, Object> fields) {
        Long attempts = number(fields, "attempts");
        if (attempts != null && (attempts < 1 || attempts > Integer.MAX_VALUE)) {
            throw wrong("attempts", "must be 1 or more, is " + attempts);
        }
        Object saved = fields.get("savedByRetry");
        if (saved != null && !(saved instanceof Boolean)) {
            throw wrong("savedByRetry", "must be true or false");
        }
        return new Event(
                text(fields, "id"),
                time(fields),
                required(fields, "service"),
                text(fields, "sli"),
                text(fields, "route"),
                one(Event.Outcome.values(), "outcome", required(fields, "outcome")),
                text(fields, "release"),
                one(Environment.values(), "environment", required(fields, "environment")),
                side(fields),
                text(fields, "traceId"),
                text(fields, "businessEvent"),
                attempts == null ? 1 : attempts.intValue(),
                Boolean.TRUE.equals(saved),
                number(fields, "durationMs"));
    }

    private static Instant time(Map<String, Object> fields) {
        Object time = fields.get("time");
        if (time instanceof Long millis) {
            return Instant.ofEpochMilli(millis);
        }
        String text = required(fields, "time");
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "time " + Shown.quoted(text)
                            + " is no instant; write such as \"2026-11-25T10:00:00Z\" or milliseconds since 1970",
                    e);
        }
    }

    private static String required(Map<String, Object> fields, String name) {
        String text = text(fields, name);
        if (text == null || text.isBlank()) {
            throw wrong(name, "is missing");
        }
        return text;
    }

    private static @Nullable String text(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        if (value != null && !(value instanceof String)) {
            throw wrong(name, "must be a text in quotes");
        }
        return (String) value;
    }

    private static @Nullable Long number(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        if (value != null && !(value instanceof Long)) {
            throw wrong(name, "must be a whole number");
        }
        return (Long) value;
    }

    private static <E extends Enum<E>> E one(E[] values, String field, String text) {
        StringBuilder known = new StringBuilder();
        for (E each : values) {
            String name = each.name().toLowerCase(java.util.Locale.ROOT);
            if (name.equals(text)) {
                return each;
            }
            known.append(known.isEmpty() ? "" : ", ").append(name);
        }
        throw wrong(field, "must be one of " + known + ", is " + Shown.quoted(text));
    }
}
