package io.levee.guard.slo.openslo;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A service level indicator: either a ratio or a threshold. Immutable.
 *
 * @param metadata name, labels, annotations
 * @param description for people
 * @param threshold a value that is held against the objective's; null for a ratio
 * @param ratio good or bad of total; null for a threshold
 * @param tree the whole document
 */
public record Sli(
        Metadata metadata,
        @Nullable String description,
        @Nullable MetricSource threshold,
        @Nullable RatioMetric ratio,
        Map<String, @Nullable Object> tree)
        implements OpenSloObject {
    /**
     * A ratio: either good or bad of total, or one that is stored ready-made.
     *
     * @param counter whether the metrics only ever grow
     * @param good the good events; null if bad or raw is given
     * @param bad the bad events; null if good or raw is given
     * @param total all events; null if raw is given
     * @param raw the ratio itself; null if total is given
     * @param rawIsSuccess whether raw is the share of good events
     */
    public record RatioMetric(
            boolean counter,
            @Nullable MetricSource good,
            @Nullable MetricSource bad,
            @Nullable MetricSource total,
            @Nullable MetricSource raw,
            boolean rawIsSuccess) {}

    /** Where its events come from, if it is about events. */
    @Nullable
    MetricSource ofEvents() {
        RatioMetric metric = ratio;
        if (metric == null) {
            return threshold != null && threshold.isOfEvents() ? threshold : null;
        }
        for (MetricSource source : new @Nullable MetricSource[] {metric.total, metric.good, metric.bad, metric.raw}) {
            if (source != null && source.isOfEvents()) {
                return source;
            }
        }
        return null;
    }
}
