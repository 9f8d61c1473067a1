package io.levee.guard.slo.openslo;

import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import io.levee.guard.slo.Window;
import io.levee.yaml.read.Section;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads objectives. */
final class SloReader {
    private static final Window FOUR_WEEKS = new Window.Rolling(Span.parse("28d"));
    private static final DateTimeFormatter START = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private final Fields fields;
    private final SliReader slis;
    private final AlertReader alerts;

    SloReader(Fields fields) {
        this.fields = fields;
        this.slis = new SliReader(fields);
        this.alerts = new AlertReader(fields);
    }

    @Nullable
    Slo read(Section document) {
        Metadata metadata = fields.metadata(document);
        Section spec = fields.spec(document);
        if (spec == null) {
            return null;
        }
        fields.known(
                spec,
                "description",
                "service",
                "indicator",
                "indicatorRef",
                "timeWindow",
                "budgetingMethod",
                "objectives",
                "alertPolicies");
        Sli indicator = slis.inline(spec, "indicator");
        String indicatorRef = fields.text(spec, "indicatorRef");
        if (spec.has("indicator") && spec.has("indicatorRef")) {
            spec.problem("indicatorRef", "excludes indicator; remove one");
        }
        Window window = window(spec);
        Slo.Method method = method(spec);
        boolean alone = spec.has("indicator") || spec.has("indicatorRef");
        Additions additions = new AdditionsReader(fields).read(document);
        List<Slo.Target> objectives = objectives(spec, alone, indicator, method, window, additions);
        List<AlertPolicy> policies = new ArrayList<>();
        List<String> policyRefs = new ArrayList<>();
        for (Section each : spec.sections("alertPolicies")) {
            String reference = fields.text(each, "alertPolicyRef");
            AlertPolicy policy = reference == null ? alerts.policy(each) : null;
            if (reference != null) {
                policyRefs.add(reference);
            } else if (policy != null) {
                policies.add(policy);
            }
        }
        return new Slo(
                metadata,
                fields.description(spec),
                fields.required(spec, "service", "name the service that this objective belongs to"),
                indicator,
                indicatorRef,
                window,
                method,
                objectives,
                policies,
                policyRefs,
                additions,
                Fields.tree(document));
    }

    private Slo.Method method(Section spec) {
        List<String> names = new ArrayList<>();
        for (Slo.Method each : Slo.Method.values()) {
            names.add(each.toString());
        }
        if (!spec.has("budgetingMethod")) {
            spec.problem("budgetingMethod is missing; write Occurrences unless you want to count slices of time");
        }
        String word = spec.word("budgetingMethod", names);
        for (Slo.Method each : Slo.Method.values()) {
            if (each.toString().equals(word)) {
                return each;
            }
        }
        return Slo.Method.OCCURRENCES;
    }

    private Window window(Section spec) {
        if (!spec.has("timeWindow")) {
            fields.warn(spec.at(), spec.path("timeWindow"), "is missing; 28d rolling is taken");
            return FOUR_WEEKS;
        }
        List<Section> windows = spec.sections("timeWindow");
        if (windows.size() != 1) {
            spec.problem("timeWindow", "must have exactly one element, has " + windows.size());
            return FOUR_WEEKS;
        }
        Section window = windows.get(0);
        fields.known(window, "duration", "isRolling", "calendar");
        Span span = fields.span(window, "duration");
        if (!window.has("duration")) {
            window.problem("duration is missing; write such as 28d");
        }
        boolean rolling = window.has("isRolling") ? fields.flag(window, "isRolling") : !window.has("calendar");
        if (span == null) {
            return FOUR_WEEKS;
        }
        if (rolling) {
            if (window.has("calendar")) {
                window.problem("calendar", "excludes isRolling: true; remove one");
            }
            Window read = window.value("duration", "a duration such as 28d", text -> new Window.Rolling(span));
            return read == null ? FOUR_WEEKS : read;
        }
        return calendar(window, span);
    }

    private Window calendar(Section window, Span span) {
        if (!window.has("calendar")) {
            window.problem("calendar is missing; write calendar: {startTime: 2026-01-01 00:00:00, timeZone: UTC},"
                    + " or isRolling: true");
        }
        Section calendar = window.names("calendar");
        if (calendar == null) {
            return FOUR_WEEKS;
        }
        fields.known(calendar, "startTime", "timeZone");
        LocalDateTime start = calendar.value("startTime", "a local time such as 2026-01-01 00:00:00", text -> {
            try {
                return LocalDateTime.parse(text.replace('T', ' '), START);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "'" + text + "' is no local time; write it without a zone, such as 2026-01-01 00:00:00", e);
            }
        });
        ZoneId zone = calendar.value("timeZone", "a time zone such as Europe/Berlin", AdditionsReader::zone);
        for (String needed : List.of("startTime", "timeZone")) {
            if (!calendar.has(needed)) {
                calendar.problem(needed + " is missing");
            }
        }
        return start == null || zone == null ? FOUR_WEEKS : new Window.Calendar(span, start, zone);
    }

    private List<Slo.Target> objectives(
            Section spec,
            boolean alone,
            @Nullable Sli indicator,
            Slo.Method method,
            Window window,
            Additions additions) {
        if (!spec.has("objectives")) {
            spec.problem("objectives is missing; write objectives: [{target: 0.9995}]");
        }
        List<Slo.Target> objectives = new ArrayList<>();
        List<Section> sections = spec.sections("objectives");
        if (spec.has("objectives") && sections.isEmpty()) {
            spec.problem("objectives", "must have at least one element");
        }
        boolean threshold = indicator != null && indicator.threshold() != null;
        if (threshold && sections.size() > 1) {
            spec.problem("objectives", "a thresholdMetric can have only one objective, here are " + sections.size());
        }
        for (Section each : sections) {
            Slo.Target target = objective(each, alone, threshold, method);
            if (target != null) {
                objectives.add(target);
                if (alone) {
                    checkBurnRules(each, target.target(), window, additions);
                }
            }
        }
        return objectives;
    }

    private Slo.@Nullable Target objective(Section objective, boolean alone, boolean threshold, Slo.Method method) {
        fields.known(
                objective,
                "displayName",
                "op",
                "value",
                "target",
                "targetPercent",
                "timeSliceTarget",
                "timeSliceWindow",
                "indicator",
                "indicatorRef",
                "compositeWeight");
        Ratio target = target(objective);
        String op = objective.word("op", List.of("lte", "gte", "lt", "gt"));
        BigDecimal value = objective.value("value", "a number", text -> {
            try {
                return new BigDecimal(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + text + "' is no number", e);
            }
        });
        if (threshold && (op == null || value == null)) {
            objective.problem("a thresholdMetric needs op and value, such as op: lte, value: 800");
        }
        if (!threshold && alone && (op != null || value != null)) {
            fields.warn(objective.at(), objective.path("op"), "op and value mean nothing for a ratio; remove them");
        }
        boolean sliced = method != Slo.Method.OCCURRENCES;
        Span slice = fields.slice(objective);
        if (sliced && !objective.has("timeSliceWindow")) {
            objective.problem("timeSliceWindow is missing, which " + method + " needs; write such as 1m");
        }
        Ratio sliceTarget = objective.value("timeSliceTarget", "a number", text -> {
            Ratio read = Ratio.parse(text);
            if (read.signum() < 0 || read.compareTo(Ratio.ONE) > 0) {
                throw new IllegalArgumentException("must be from 0 to 1, is " + read);
            }
            return read;
        });
        if (method == Slo.Method.TIMESLICES && !threshold && !objective.has("timeSliceTarget")) {
            objective.problem("timeSliceTarget is missing, which Timeslices need: the share of good events that makes a"
                    + " slice good");
        }
        boolean own = objective.has("indicator") || objective.has("indicatorRef");
        if (alone && own) {
            objective.problem("an indicator of its own excludes the one of the whole SLO; remove one");
        } else if (!alone && !own) {
            objective.problem("no indicator: give indicator or indicatorRef to the SLO, or to each objective of a"
                    + " composite");
        }
        Ratio weight = fields.ratio(objective, "compositeWeight");
        if (weight != null && weight.signum() <= 0) {
            objective.problem("compositeWeight", "must be above 0, is " + weight);
        }
        return target == null
                ? null
                : new Slo.Target(
                        fields.text(objective, "displayName"),
                        op,
                        value,
                        target,
                        sliceTarget,
                        slice,
                        slis.inline(objective, "indicator"),
                        fields.text(objective, "indicatorRef"),
                        weight == null ? Ratio.ONE : weight);
    }

    private static @Nullable Ratio target(Section objective) {
        if (objective.has("target") == objective.has("targetPercent")) {
            objective.problem("exactly one of target (such as 0.9995) and targetPercent (such as 99.95) must be given");
        }
        Ratio target = objective.value(
                "target",
                "a number such as 0.9995",
                text -> Objective.of(Ratio.parse(text)).target());
        Ratio percent = objective.value("targetPercent", "a number such as 99.95", text -> {
            Ratio read = Ratio.parse(text);
            return Objective.of(read.dividedBy(Ratio.of(100))).target();
        });
        return target == null ? percent : target;
    }

    /** A rule that stays silent in a full outage is worse than none: somebody relies on it. */
    private static void checkBurnRules(Section objective, Ratio target, Window window, Additions additions) {
        if (!(window instanceof Window.Rolling rolling)) {
            return;
        }
        Duration length = rolling.span().toDuration();
        List<BurnRule> silent = additions.burnRules().stream()
                .filter(rule -> !rule.canFire(target, length))
                .toList();
        if (silent.isEmpty()) {
            return;
        }
        String others = additions.burnRules().stream()
                .filter(rule -> rule.canFire(target, length))
                .map(BurnRule::name)
                .collect(Collectors.joining(","));
        BurnRule first = silent.get(0);
        objective.problem(
                objective.has("target") ? "target" : "targetPercent",
                target + " is so low that burn-rate rule " + first.name()
                        + " can never fire, not even in a full outage:"
                        + " it takes a target above "
                        + first.lowestTarget(length).toDecimal(4, java.math.RoundingMode.CEILING) + " over "
                        + rolling.span() + "; raise the target, or leave rules out with the annotation "
                        + AdditionsReader.PREFIX + "burn-rules: \"" + (others.isEmpty() ? "none" : others) + '"');
    }
}
