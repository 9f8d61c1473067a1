package io.levee.story;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The spans of the last traces, until there are too many. Thread-safe. */
final class Traces {
    /** Each has a dozen spans or so. */
    private static final int MOST = 8_000;

    private final Map<String, List<Told>> traces = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<Told>> eldest) {
            return size() > MOST;
        }
    };

    /** A span and who told it. */
    record Told(String service, Span span) {}

    synchronized void add(String trace, String service, Span span) {
        traces.computeIfAbsent(trace, id -> new ArrayList<>()).add(new Told(service, span));
    }

    synchronized List<Told> of(String trace) {
        return List.copyOf(traces.getOrDefault(trace, List.of()));
    }

    static String attribute(List<KeyValue> attributes, String key) {
        return attributes.stream()
                .filter(each -> each.getKey().equals(key))
                .map(each -> each.getValue().getStringValue())
                .findFirst()
                .orElse("");
    }
}
