package io.levee.guard.actions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was found when a condition was looked at. Not thread-safe. */
final class Findings {
    private final List<String> held = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private final List<Map<String, @Nullable Object>> figures = new ArrayList<>();

    void add(Truth truth, String text, String key, Map<String, Object> values) {
        (truth == Truth.TRUE ? held : others).add(text);
        Map<String, @Nullable Object> figure = new LinkedHashMap<>();
        figure.put("figure", key);
        figure.putAll(values);
        figures.add(figure);
    }

    /** What held, or what else was seen, as a phrase. */
    String reason() {
        return String.join("; ", held.isEmpty() ? others : held);
    }

    /** Figures of all leaves, in their order. */
    List<Map<String, @Nullable Object>> figures() {
        return List.copyOf(figures);
    }

    /** The value of the first figure of a kind; null if the rule looks at none, or it is unknown. */
    @Nullable
    Object first(String key, String field) {
        return figures.stream()
                .filter(figure -> key.equals(figure.get("figure")))
                .map(figure -> figure.get(field))
                .findFirst()
                .orElse(null);
    }
}
