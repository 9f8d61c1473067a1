package io.levee.guard.actions;

import io.levee.yaml.read.Document;
import io.levee.yaml.read.FileText;
import io.levee.yaml.read.Problems;
import io.levee.yaml.read.Section;
import io.levee.yaml.read.Suggestion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A file of rules: what is done when an error budget burns, in YAML. A file with anything wrong is not used at all, and the
 * exception names everything that is wrong. Its settings stand in docs/actions.md. Immutable and thread-safe.
 */
public final class ActionFile {
    /** What the file is called in a folder of SLO documents. */
    public static final String NAME = "actions.yaml";

    static final ActionFile NONE = new ActionFile("", List.of());

    private static final int VERSION = 1;
    private static final Pattern RULE_NAME = Pattern.compile("[a-zA-Z0-9][-_.a-zA-Z0-9]{0,62}");
    private static final Pattern HOST =
            Pattern.compile("([-a-zA-Z0-9]+(\\.[-a-zA-Z0-9]+)*|\\[[0-9a-fA-F:]+])(:[0-9]{1,5})?");

    private final String name;
    private final List<Rule> rules;

    private ActionFile(String name, List<Rule> rules) {
        this.name = name;
        this.rules = List.copyOf(rules);
    }

    /**
     * Reads a file in UTF-8.
     *
     * @param path the file, at most 1 MiB
     * @return its rules
     * @throws IOException if it cannot be read
     * @throws ActionFileException if anything in it is wrong
     */
    public static ActionFile load(Path path) throws IOException {
        return parse(path.toString(), text(path), null);
    }

    /**
     * Reads a file in UTF-8 whose objectives are known: a rule on any other one is a mistake.
     *
     * @param path the file, at most 1 MiB
     * @param objectives the names of all there are
     * @return its rules
     * @throws IOException if it cannot be read
     * @throws ActionFileException if anything in it is wrong
     */
    public static ActionFile load(Path path, Set<String> objectives) throws IOException {
        return parse(path.toString(), text(path), objectives);
    }

    private static String text(Path path) throws IOException {
        Problems problems = new Problems(path.toString(), ActionFileException::new);
        String text = FileText.read(problems, path);
        problems.check();
        return text;
    }

    /**
     * Reads a text.
     *
     * @param name what messages call it
     * @param yaml the text
     * @return its rules
     * @throws ActionFileException if anything in it is wrong
     */
    public static ActionFile parse(String name, String yaml) {
        return parse(name, yaml, null);
    }

    private static ActionFile parse(String name, String yaml, @Nullable Set<String> objectives) {
        Problems problems = new Problems(name, ActionFileException::new);
        Node root = Document.read(problems, name, yaml, "version: " + VERSION);
        problems.check();
        Section file = root == null ? null : Section.open(problems, "", root, List.of("version", "hosts", "rules"));
        List<Rule> rules = file == null ? List.of() : rules(file, objectives);
        problems.check();
        return new ActionFile(name, rules);
    }

    private static List<Rule> rules(Section file, @Nullable Set<String> objectives) {
        if (!file.has("version")) {
            file.problem("version is missing; write version: " + VERSION);
        }
        Integer version = file.integer("version", Integer::valueOf);
        if (version != null && version != VERSION) {
            file.problem("version", "is " + version + "; this release reads version " + VERSION);
        }
        Set<String> hosts = file.texts("hosts", HOST, "host; write its name, with the port if it is not the usual one");
        if (!file.has("rules")) {
            file.problem("rules is missing: a block with one entry for each rule");
        }
        List<Rule> rules = new ArrayList<>();
        Section named = file.names("rules");
        if (named != null) {
            for (String rule : named.keys()) {
                if (!RULE_NAME.matcher(rule).matches()) {
                    named.problemWithName(
                            rule,
                            "a rule's name has up to 63 of a-z, A-Z, 0-9, '-', '_' and '.', and begins with a letter or digit");
                }
                Section section = named.section(rule, RuleReader.KEYS);
                Rule read = section == null ? null : new RuleReader(hosts).read(rule, section);
                if (read != null && section != null) {
                    rules.add(read);
                    if (objectives != null) {
                        unknown(read, section, objectives);
                    }
                }
            }
        }
        return rules;
    }

    private static void unknown(Rule rule, Section section, Set<String> objectives) {
        Stream.concat(Stream.of(rule.slo()), rule.slos().stream())
                .distinct()
                .filter(slo -> !objectives.contains(slo))
                .forEach(slo -> section.problem(
                        slo.equals(rule.slo()) ? "slo" : "when",
                        "there is no SLO '" + slo + "'" + Suggestion.wayOut(slo, objectives)));
    }

    /**
     * What messages call it.
     *
     * @return the name it was read under
     */
    public String name() {
        return name;
    }

    /**
     * The names of its rules.
     *
     * @return in the order of the file
     */
    public List<String> ruleNames() {
        return rules.stream().map(Rule::name).toList();
    }

    List<Rule> rules() {
        return rules;
    }
}
