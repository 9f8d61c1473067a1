package io.levee.prometheus;

import io.levee.metrics.Meters;
import io.levee.metrics.Metric;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the counters and gauges when a scrape comes. */
final class MetersCollector implements MultiCollector {
    /** Kept as long as the registry is, by being held from here. */
    @SuppressWarnings({"unused", "FieldCanBeLocal"})
    private final LeveePrometheus owner;

    private final Meters meters;

    MetersCollector(LeveePrometheus owner, Meters meters) {
        this.owner = owner;
        this.meters = meters;
    }

    @Override
    public MetricSnapshots collect() {
        List<MetricSnapshot> snapshots = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            switch (metric.kind()) {
                case COUNTER -> snapshots.add(counter(metric));
                case GAUGE -> snapshots.add(gauge(metric));
                case HISTOGRAM -> {
                    // is in the registry by itself
                }
            }
        }
        return new MetricSnapshots(snapshots);
    }

    private CounterSnapshot counter(Metric metric) {
        CounterSnapshot.Builder builder =
                CounterSnapshot.builder().name(metric.baseName()).help(metric.help());
        meters.read(
                metric,
                (labels, value) -> builder.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .labels(Labels.of(metric.labels(), labels))
                        .value(value)
                        .build()));
        return builder.build();
    }

    private GaugeSnapshot gauge(Metric metric) {
        GaugeSnapshot.Builder builder =
                GaugeSnapshot.builder().name(metric.baseName()).help(metric.help());
        meters.read(
                metric,
                (labels, value) -> builder.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(Labels.of(metric.labels(), labels))
                        .value(value)
                        .build()));
        return builder.build();
    }

    @Override
    @SuppressWarnings("deprecation") // clients before 1.10, such as that of Spring Boot 3.5, ask for nothing else
    public List<String> getPrometheusNames() {
        return Arrays.stream(Metric.values())
                .filter(metric -> metric.kind() != Metric.Kind.HISTOGRAM)
                .map(Metric::baseName)
                .toList();
    }
}
