package io.levee.guard.slo.openslo;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Name, labels and annotations. Immutable.
 *
 * @param name of the object, unique for its kind
 * @param displayName for people
 * @param labels each with one or more values
 * @param annotations what tools add; Levee's own begin with {@code levee.io/}
 */
public record Metadata(
        String name, @Nullable String displayName, Map<String, List<String>> labels, Map<String, String> annotations) {
    /** Copies the maps. */
    public Metadata {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
