package io.levee.guard.slo.openslo;

import io.levee.yaml.read.Section;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads indicators, whether they stand alone or inside an objective. */
final class SliReader {
    private final Fields fields;

    SliReader(Fields fields) {
        this.fields = fields;
    }

    /** Null, and problems, if there is no spec. */
    @Nullable
    Sli read(Section document) {
        Metadata metadata = fields.metadata(document);
        Section spec = fields.spec(document);
        if (spec == null) {
            return null;
        }
        fields.known(spec, "description", "thresholdMetric", "ratioMetric");
        if (spec.has("thresholdMetric") == spec.has("ratioMetric")) {
            spec.problem(
                    "exactly one of ratioMetric (good or bad of total) and thresholdMetric (a value) must be given");
        }
        Section threshold = spec.names("thresholdMetric");
        Section ratio = spec.names("ratioMetric");
        return new Sli(
                metadata,
                fields.description(spec),
                threshold == null ? null : source(threshold),
                ratio == null ? null : ratio(ratio),
                Fields.tree(document));
    }

    private Sli.RatioMetric ratio(Section ratio) {
        fields.known(ratio, "counter", "good", "bad", "total", "rawType", "raw");
        MetricSource raw = inner(ratio, "raw");
        if (ratio.has("raw")) {
            for (String other : List.of("good", "bad", "total")) {
                if (ratio.has(other)) {
                    ratio.problem(other, "excludes raw, which is the ratio already; remove one");
                }
            }
            if (!ratio.has("rawType")) {
                ratio.problem("rawType is missing; write success (raw is good of total) or failure (bad of total)");
            }
        } else {
            if (!ratio.has("total")) {
                ratio.problem("total is missing: the query of all events");
            }
            if (ratio.has("good") == ratio.has("bad")) {
                ratio.problem("exactly one of good and bad must be given");
            }
            if (ratio.has("rawType")) {
                ratio.problem("rawType", "says something of raw, which is not given; remove it");
            }
        }
        String type = ratio.word("rawType", List.of("success", "failure"));
        return new Sli.RatioMetric(
                fields.flag(ratio, "counter"),
                inner(ratio, "good"),
                inner(ratio, "bad"),
                inner(ratio, "total"),
                raw,
                !"failure".equals(type));
    }

    private @Nullable MetricSource inner(Section ratio, String key) {
        Section metric = ratio.names(key);
        return metric == null ? null : source(metric);
    }

    private @Nullable MetricSource source(Section metric) {
        fields.known(metric, "metricSource");
        if (!metric.has("metricSource")) {
            metric.problem("metricSource is missing; it says where the metric comes from");
        }
        Section source = metric.names("metricSource");
        if (source == null) {
            return null;
        }
        fields.known(source, "metricSourceRef", "type", "spec");
        String reference = fields.text(source, "metricSourceRef");
        String type = fields.text(source, "type");
        if (reference == null && type == null) {
            source.problem("either type (such as Prometheus) or metricSourceRef (a DataSource's name) must be given");
        }
        Section written = source.names("spec");
        if (!source.has("spec")) {
            source.problem("spec is missing; it says what to ask the source, such as spec: {query: ...}");
        }
        MetricSource read =
                new MetricSource(reference, type, written == null ? java.util.Map.of() : Fields.tree(written));
        if (written != null && read.isOfEvents()) {
            events(written);
        }
        return read;
    }

    private void events(Section spec) {
        fields.known(spec, "routes", "maxDurationMs");
        spec.texts("routes", java.util.regex.Pattern.compile(".+"), "route");
        spec.integer("maxDurationMs", limit -> {
            if (limit < 1) {
                throw new IllegalArgumentException("must be 1 or more, is " + limit);
            }
            return limit;
        });
    }

    /** An indicator inside an objective. */
    @Nullable
    Sli inline(Section section, String key) {
        Node node = section.node(key);
        if (node == null) {
            return null;
        }
        Section indicator = section.names(key);
        if (indicator == null || !(node instanceof MappingNode)) {
            return null;
        }
        fields.known(indicator, "apiVersion", "kind", "metadata", "spec");
        return read(indicator);
    }
}
