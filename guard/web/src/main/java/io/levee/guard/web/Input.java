package io.levee.guard.web;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object that somebody sent. What is missing or of another type is a {@link WebException} with status 400
 * that names the field. Not thread-safe.
 */
public final class Input {
    private final Map<String, ?> fields;
    private final String place;

    private Input(Map<String, ?> fields, String place) {
        this.fields = fields;
        this.place = place;
    }

    /**
     * The body of a request.
     *
     * @param request whose body is a JSON object
     * @return its fields
     * @throws WebException 400 if it is none
     */
    public static Input of(Request request) {
        return new Input(request.json(), "");
    }

    /**
     * Fields that were read already.
     *
     * @param fields strings, numbers, booleans, nulls, lists and maps of such
     * @return the same fields
     */
    public static Input of(Map<String, ?> fields) {
        return new Input(fields, "");
    }

    /**
     * Refuses fields that nobody reads, which are misspelt more often than not.
     *
     * @param names all that are known
     * @return this
     */
    public Input known(String... names) {
        List<String> all = Arrays.asList(names);
        for (String name : fields.keySet()) {
            if (!all.contains(name)) {
                throw new WebException(400, "'" + place + name + "' is not known; known are " + String.join(", ", all));
            }
        }
        return this;
    }

    /**
     * A text.
     *
     * @param name the field
     * @return not blank
     */
    public String text(String name) {
        String text = textOrNull(name);
        if (text == null || text.isBlank()) {
            throw new WebException(400, "'" + place + name + "' is missing; it must be a text");
        }
        return text;
    }

    /**
     * A text that may be left out.
     *
     * @param name the field
     * @return null if it is not there, or null
     */
    public @Nullable String textOrNull(String name) {
        Object value = fields.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new WebException(400, "'" + place + name + "' must be a text, is " + value);
    }

    /**
     * A whole number that may be left out.
     *
     * @param name the field
     * @return null if it is not there, or null
     */
    public @Nullable Long wholeOrNull(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        if (value instanceof BigDecimal decimal
                && decimal.stripTrailingZeros().scale() <= 0
                && decimal.precision() < 19) {
            return decimal.longValue();
        }
        throw new WebException(400, "'" + place + name + "' must be a whole number, is " + value);
    }

    /**
     * An object within this one.
     *
     * @param name the field
     * @return its fields
     */
    public Input object(String name) {
        return new Input(map(name), place + name + ".");
    }

    /**
     * An object within this one, as it is.
     *
     * @param name the field
     * @return its fields
     */
    @SuppressWarnings("unchecked") // keys of JSON are texts
    public Map<String, @Nullable Object> map(String name) {
        if (fields.get(name) instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new WebException(400, "'" + place + name + "' must be an object");
    }

    /**
     * Whether a field is there, and not null.
     *
     * @param name the field
     * @return whether it is
     */
    public boolean has(String name) {
        return fields.get(name) != null;
    }
}
