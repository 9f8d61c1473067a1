package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.store.Store.Appended;
import io.levee.guard.store.Store.Bulk;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.DataPointFlags;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads counts out of one ExportMetricsServiceRequest. Not thread-safe. */
final class MetricsReader {
    private final IngestSettings settings;
    private final SeriesMemory.Change change;

    final List<Bulk> bulks = new ArrayList<>();
    /** Points that a rule names and that cannot be counted. */
    long rejected;

    private final Set<String> complaints = new LinkedHashSet<>();

    MetricsReader(IngestSettings settings, SeriesMemory.Change change) {
        this.settings = settings;
        this.change = change;
    }

    /** One point of any kind of metric. */
    private record Sample(List<KeyValue> attributes, long startNanos, long timeNanos, double value, int flags) {
        static Sample of(NumberDataPoint point) {
            double value = point.hasAsInt() ? point.getAsInt() : point.getAsDouble();
            return new Sample(
                    point.getAttributesList(),
                    point.getStartTimeUnixNano(),
                    point.getTimeUnixNano(),
                    value,
                    point.getFlags());
        }

        static Sample of(HistogramDataPoint point) {
            return new Sample(
                    point.getAttributesList(),
                    point.getStartTimeUnixNano(),
                    point.getTimeUnixNano(),
                    point.getCount(),
                    point.getFlags());
        }

        static Sample of(ExponentialHistogramDataPoint point) {
            return new Sample(
                    point.getAttributesList(),
                    point.getStartTimeUnixNano(),
                    point.getTimeUnixNano(),
                    point.getCount(),
                    point.getFlags());
        }
    }

    void read(ExportMetricsServiceRequest request) {
        for (ResourceMetrics resource : request.getResourceMetricsList()) {
            ResourceFields fields = new ResourceFields();
            for (KeyValue each : resource.getResource().getAttributesList()) {
                fields.text(each.getKey(), text(each.getValue()));
            }
            for (ScopeMetrics scope : resource.getScopeMetricsList()) {
                for (Metric metric : scope.getMetricsList()) {
                    for (MetricRule rule : settings.metrics()) {
                        if (rule.metric().equals(metric.getName())) {
                            Map<String, String> identity =
                                    attributes(resource.getResource().getAttributesList());
                            metric(
                                    new Source(
                                            fields,
                                            identity.toString(),
                                            scope.getScope().getName(),
                                            rule),
                                    metric);
                        }
                    }
                }
            }
        }
    }

    /** Where points come from, and what they count as. */
    private record Source(ResourceFields resource, String identity, String scope, MetricRule rule) {}

    private void metric(Source source, Metric metric) {
        switch (metric.getDataCase()) {
            case SUM -> {
                if (!metric.getSum().getIsMonotonic()) {
                    reject(metric.getSum().getDataPointsCount(), metric, "is a sum that is not monotonic");
                    return;
                }
                samples(
                        source,
                        metric,
                        metric.getSum().getAggregationTemporality(),
                        metric.getSum().getDataPointsList().stream()
                                .map(Sample::of)
                                .toList());
            }
            case HISTOGRAM ->
                samples(
                        source,
                        metric,
                        metric.getHistogram().getAggregationTemporality(),
                        metric.getHistogram().getDataPointsList().stream()
                                .map(Sample::of)
                                .toList());
            case EXPONENTIAL_HISTOGRAM ->
                samples(
                        source,
                        metric,
                        metric.getExponentialHistogram().getAggregationTemporality(),
                        metric.getExponentialHistogram().getDataPointsList().stream()
                                .map(Sample::of)
                                .toList());
            case GAUGE -> reject(metric.getGauge().getDataPointsCount(), metric, "is a gauge, which counts nothing");
            case SUMMARY -> reject(metric.getSummary().getDataPointsCount(), metric, "is a summary; send a histogram");
            case DATA_NOT_SET -> {}
        }
    }

    private void reject(long points, Metric metric, String why) {
        rejected += points;
        complaints.add("metric " + metric.getName() + " " + why);
    }

    private void samples(Source source, Metric metric, AggregationTemporality temporality, List<Sample> samples) {
        boolean delta = temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
        if (!delta && temporality != AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE) {
            reject(samples.size(), metric, "says neither delta nor cumulative");
            return;
        }
        for (Sample sample : samples) {
            if ((sample.flags & DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK_VALUE) == 0) {
                sample(source, metric, delta, sample);
            }
        }
    }

    private void sample(Source source, Metric metric, boolean delta, Sample sample) {
        long value = Math.round(sample.value);
        Instant time = instant(sample.timeNanos);
        if (!(sample.value >= 0) || value == Long.MAX_VALUE) {
            reject(1, metric, "has a value that is no count");
            return;
        }
        if (sample.timeNanos <= 0) {
            reject(1, metric, "has a point without a time");
            return;
        }
        Environment environment = source.resource.environment(settings);
        if (environment == null) {
            reject(1, metric, "comes from an unknown deployment.environment.name");
            return;
        }
        Map<String, String> attributes = attributes(sample.attributes);
        String series = Digest.of(source.identity, source.scope, metric.getName(), attributes.toString());
        long count = delta
                ? value
                : change.grownBy(series, new SeriesMemory.Point(sample.startNanos, sample.timeNanos, value));
        MetricRule rule = source.rule;
        if (count == 0 || MetricRule.matches(rule.leftOut(), attributes)) {
            return;
        }
        String service = rule.service() == null ? source.resource.service : attributes.get(rule.service());
        if (service == null) {
            reject(1, metric, "has a point without the attribute " + rule.service());
            return;
        }
        String id = series + '-' + sample.startNanos + '-' + sample.timeNanos + '-' + count;
        bulks.add(new Bulk(event(source, attributes, service, environment, id, time), count));
    }

    private static Event event(
            Source source,
            Map<String, String> attributes,
            String service,
            Environment environment,
            String id,
            Instant time) {
        MetricRule rule = source.rule;
        return new Event(
                id,
                time,
                service,
                rule.sli(),
                rule.route() == null ? null : attributes.get(rule.route()),
                outcome(rule, attributes),
                source.resource.release,
                environment,
                source.resource.side(attributes.get("levee.side")),
                null,
                null,
                1,
                false,
                null);
    }

    private static Event.Outcome outcome(MetricRule rule, Map<String, String> attributes) {
        if (MetricRule.matches(rule.bad(), attributes)) {
            return Event.Outcome.BAD;
        }
        return MetricRule.matches(rule.degraded(), attributes) ? Event.Outcome.DEGRADED : Event.Outcome.GOOD;
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }

    private static Map<String, String> attributes(List<KeyValue> list) {
        if (list.size() > 1) {
            Map<String, String> sorted = new TreeMap<>();
            list.forEach(each -> sorted.put(each.getKey(), text(each.getValue())));
            return sorted;
        }
        Map<String, String> one = new HashMap<>();
        list.forEach(each -> one.put(each.getKey(), text(each.getValue())));
        return one;
    }

    private static String text(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INT_VALUE -> Long.toString(value.getIntValue());
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            default -> "";
        };
    }

    /** What the sender should know; null if there is nothing. */
    @Nullable
    String complaint(Appended appended) {
        List<String> said = new ArrayList<>(complaints);
        Otlp.complain(said, appended);
        return said.isEmpty() ? null : "points left out: " + String.join("; ", said);
    }
}
