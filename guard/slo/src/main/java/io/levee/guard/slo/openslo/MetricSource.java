package io.levee.guard.slo.openslo;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a metric comes from. Immutable.
 *
 * @param reference the name of a DataSource, if it is not described here
 * @param type such as {@code Prometheus}; {@code levee} for events
 * @param spec whatever that type needs
 */
public record MetricSource(
        @Nullable String reference, @Nullable String type, Map<String, @Nullable Object> spec) {
    /**
     * The PromQL of a Prometheus source.
     *
     * @return what stands under {@code query}; null if nothing does
     */
    public @Nullable String query() {
        return spec.get("query") instanceof String query ? query.strip() : null;
    }

    /** The routes that an event's may be; empty for all. */
    Set<String> routes() {
        return spec.get("routes") instanceof List<?> routes
                ? Set.copyOf(routes.stream().map(String::valueOf).toList())
                : Set.of();
    }

    /** How long an event may take. */
    @Nullable
    Long maxDurationMs() {
        return spec.get("maxDurationMs") instanceof Long limit ? limit : null;
    }

    boolean isOfEvents() {
        return "levee".equals(type);
    }
}
