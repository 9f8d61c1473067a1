package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Environment;
import io.levee.yaml.Problem;
import io.levee.yaml.read.Document;
import io.levee.yaml.read.FileText;
import io.levee.yaml.read.Problems;
import io.levee.yaml.read.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.Node;

/** What counts, from a file in YAML. Its settings stand in docs/ingest.md. */
public final class IngestFile {
    private static final int VERSION = 1;

    private static final Map<String, MetricRule> SHIPPED = Map.of(
            "http-server", MetricRule.HTTP_SERVER,
            "http-client", MetricRule.HTTP_CLIENT,
            "levee-calls", MetricRule.LEVEE_CALLS);

    private static final List<String> KEYS =
            List.of("version", "serverSpans", "defaultEnvironment", "environments", "metrics", "metricRules");
    private static final List<String> RULE_KEYS = List.of("service", "route", "sli", "bad", "degraded", "leftOut");
    private static final Pattern WORD = Pattern.compile("[-a-z]+");
    private static final String AN_ENVIRONMENT = "staging, canary or production";

    private IngestFile() {}

    /**
     * Reads a file in UTF-8.
     *
     * @param path the file, at most 1 MiB
     * @param base what holds where the file says nothing
     * @return the settings
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException naming everything in it that is wrong, a line each
     */
    public static IngestSettings load(Path path, IngestSettings base) throws IOException {
        Problems problems = problems(path.toString());
        String text = FileText.read(problems, path);
        problems.check();
        return parse(path.toString(), text, base);
    }

    /**
     * Reads a text.
     *
     * @param name what messages call it
     * @param yaml the text
     * @param base what holds where it says nothing
     * @return the settings
     * @throws IllegalArgumentException naming everything in it that is wrong, a line each
     */
    public static IngestSettings parse(String name, String yaml, IngestSettings base) {
        Problems problems = problems(name);
        Node root = Document.read(problems, name, yaml, "version: " + VERSION);
        problems.check();
        Section file = root == null ? null : Section.open(problems, "", root, KEYS);
        IngestSettings settings = file == null ? base : settings(file, base);
        problems.check();
        return settings;
    }

    private static Problems problems(String name) {
        return new Problems(
                name,
                found -> new IllegalArgumentException(
                        found.stream().map(Problem::toString).collect(Collectors.joining("\n"))));
    }

    private static IngestSettings settings(Section file, IngestSettings base) {
        Integer version = file.integer("version", Integer::valueOf);
        if (!file.has("version")) {
            file.problem("version is missing; write version: " + VERSION);
        } else if (version != null && version != VERSION) {
            file.problem("version", "is " + version + "; this release reads version " + VERSION);
        }
        IngestSettings settings = base;
        Boolean serverSpans = file.flag("serverSpans");
        if (serverSpans != null) {
            settings = settings.withServerSpans(serverSpans);
        }
        Environment usual = file.value("defaultEnvironment", AN_ENVIRONMENT, Environment::parse);
        if (usual != null) {
            settings = settings.withDefaultEnvironment(usual);
        }
        Section environments = file.names("environments");
        if (environments != null) {
            for (String each : environments.keys()) {
                Environment meant = environments.value(each, AN_ENVIRONMENT, Environment::parse);
                settings = meant == null ? settings : settings.withEnvironment(each, meant);
            }
        }
        List<MetricRule> rules = new ArrayList<>();
        for (String shipped : file.texts("metrics", WORD, "name of a rule")) {
            MetricRule rule = SHIPPED.get(shipped);
            if (rule == null) {
                file.problem(
                        "metrics",
                        "there is no rule '" + shipped + "'; known: "
                                + SHIPPED.keySet().stream().sorted().collect(Collectors.joining(", ")));
            } else {
                rules.add(rule);
            }
        }
        Section own = file.names("metricRules");
        if (own != null) {
            for (String metric : own.keys()) {
                Section rule = own.section(metric, RULE_KEYS);
                if (rule != null) {
                    rules.add(rule(metric, rule));
                }
            }
        }
        return rules.isEmpty() ? settings : settings.withMetrics(rules);
    }

    private static MetricRule rule(String metric, Section section) {
        MetricRule rule = MetricRule.of(metric);
        String service = section.text("service");
        rule = service == null ? rule : rule.withService(service);
        String route = section.text("route");
        rule = route == null ? rule : rule.withRoute(route);
        String sli = section.text("sli");
        rule = sli == null ? rule : rule.withSli(sli);
        rule = patterns(section, "bad", rule, (before, each) -> before.withBad(each.attribute, each.values));
        rule = patterns(section, "degraded", rule, (before, each) -> before.withDegraded(each.attribute, each.values));
        return patterns(section, "leftOut", rule, (before, each) -> before.withLeftOut(each.attribute, each.values));
    }

    private record Values(String attribute, String values) {}

    private static MetricRule patterns(
            Section section, String key, MetricRule rule, BiFunction<MetricRule, Values, MetricRule> add) {
        Section attributes = section.names(key);
        if (attributes == null) {
            return rule;
        }
        MetricRule more = rule;
        for (String attribute : attributes.keys()) {
            MetricRule before = more;
            MetricRule after = attributes.value(attribute, "a regular expression", values -> {
                try {
                    return add.apply(before, new Values(attribute, values));
                } catch (PatternSyntaxException e) {
                    throw new IllegalArgumentException(
                            "is no regular expression: " + e.getDescription() + " at character " + (e.getIndex() + 1),
                            e);
                }
            });
            more = after == null ? more : after;
        }
        return more;
    }
}
