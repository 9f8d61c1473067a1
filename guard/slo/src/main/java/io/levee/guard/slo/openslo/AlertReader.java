package io.levee.guard.slo.openslo;

import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import io.levee.yaml.read.Section;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads alert policies, conditions and notification targets, whether they stand alone or inside another document. */
final class AlertReader {
    private final Fields fields;

    AlertReader(Fields fields) {
        this.fields = fields;
    }

    @Nullable
    AlertPolicy policy(Section document) {
        Metadata metadata = fields.metadata(document);
        Section spec = fields.spec(document);
        if (spec == null) {
            return null;
        }
        fields.known(
                spec,
                "description",
                "alertWhenNoData",
                "alertWhenBreaching",
                "alertWhenResolved",
                "conditions",
                "notificationTargets");
        List<Section> conditions = spec.sections("conditions");
        if (!spec.has("conditions") || conditions.size() > 1) {
            spec.problem("conditions", "exactly one condition must be given, here are " + conditions.size());
        }
        AlertCondition condition = null;
        String conditionRef = null;
        if (!conditions.isEmpty()) {
            Section first = conditions.get(0);
            conditionRef = fields.text(first, "conditionRef");
            condition = conditionRef == null ? condition(first) : null;
        }
        List<AlertNotificationTarget> targets = new ArrayList<>();
        List<String> targetRefs = new ArrayList<>();
        for (Section each : spec.sections("notificationTargets")) {
            String reference = fields.text(each, "targetRef");
            AlertNotificationTarget target = reference == null ? target(each) : null;
            if (reference != null) {
                targetRefs.add(reference);
            } else if (target != null) {
                targets.add(target);
            }
        }
        return new AlertPolicy(
                metadata,
                fields.description(spec),
                fields.flag(spec, "alertWhenNoData"),
                fields.flag(spec, "alertWhenBreaching"),
                fields.flag(spec, "alertWhenResolved"),
                condition,
                conditionRef,
                List.copyOf(targets),
                List.copyOf(targetRefs),
                Fields.tree(document));
    }

    @Nullable
    AlertCondition condition(Section document) {
        Metadata metadata = fields.metadata(document);
        Section spec = fields.spec(document);
        if (spec == null) {
            return null;
        }
        fields.known(spec, "description", "severity", "condition");
        String severity = fields.required(spec, "severity", "write such as page or ticket");
        if (!spec.has("condition")) {
            spec.problem("condition is missing; write condition: {kind: burnrate, threshold: 2, lookbackWindow: 1h}");
        }
        Section condition = spec.names("condition");
        if (condition == null) {
            return null;
        }
        fields.known(condition, "kind", "op", "threshold", "lookbackWindow", "alertAfter");
        condition.word("kind", List.of("burnrate"));
        String op = condition.word("op", List.of("lte", "gte", "lt", "gt"));
        if (op != null && op.startsWith("l")) {
            fields.warn(
                    condition,
                    "op",
                    op + " fires while the budget burns slowly; you probably mean " + op.replace('l', 'g'));
        }
        Ratio threshold = fields.ratio(condition, "threshold");
        Span lookback = fields.span(condition, "lookbackWindow");
        for (String needed : List.of("threshold", "lookbackWindow")) {
            if (!condition.has(needed)) {
                condition.problem(needed + " is missing; a burn rate needs it");
            }
        }
        // No time at all, as the specification writes its default.
        boolean atOnce = "0m".equals(fields.text(condition, "alertAfter"));
        Span after = atOnce ? null : fields.span(condition, "alertAfter");
        if (threshold == null || lookback == null) {
            return null;
        }
        return new AlertCondition(
                metadata, fields.description(spec), severity, op, threshold, lookback, after, Fields.tree(document));
    }

    @Nullable
    AlertNotificationTarget target(Section document) {
        Metadata metadata = fields.metadata(document);
        Section spec = fields.spec(document);
        if (spec == null) {
            return null;
        }
        fields.known(spec, "description", "target");
        return new AlertNotificationTarget(
                metadata,
                fields.description(spec),
                fields.required(spec, "target", "write such as email or slack"),
                Fields.tree(document));
    }
}
