package io.levee.guard.signals;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What the guard says: all signals in force. Fields that are not known are skipped. */
final class Message {
    private static final JsonFactory JSON = new JsonFactory();

    /** A guard sends none that lasts longer. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private Message() {}

    /**
     * Reads a message.
     *
     * @throws IllegalArgumentException if it is none
     */
    static List<Signal> read(String text) {
        Object root;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            root = value(parser);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the guard sent no JSON: " + e.getOriginalMessage(), e);
        }
        if (!(root instanceof Map<?, ?> message) || !(message.get("signals") instanceof List<?> list)) {
            throw new IllegalArgumentException("the guard sent no signals");
        }
        Instant at = instant(message.get("at"));
        List<Signal> signals = new ArrayList<>();
        for (Object each : list) {
            if (each instanceof Map<?, ?> signal && signal.get("name") instanceof String name) {
                Instant until = instant(signal.get("until"));
                Duration left = Duration.between(at, until);
                signals.add(new Signal(
                        name,
                        String.valueOf(signal.get("kind")),
                        signal.get("value"),
                        left.compareTo(LONGEST) > 0 ? LONGEST : left,
                        String.valueOf(signal.get("reason"))));
            }
        }
        return signals;
    }

    private static Instant instant(@Nullable Object value) {
        try {
            return Instant.parse(String.valueOf(value));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("the guard sent '" + value + "' for an instant", e);
        }
    }

    private static @Nullable Object value(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new IllegalArgumentException("the guard sent nothing");
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser));
                }
                yield array;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> null;
        };
    }
}
