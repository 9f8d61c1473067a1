package io.levee.config;

import io.levee.Levee;
import io.levee.yaml.read.Document;
import io.levee.yaml.read.FileText;
import io.levee.yaml.read.Problems;
import io.levee.yaml.read.Section;
import io.levee.yaml.read.Shown;
import io.levee.yaml.read.Suggestion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A policy file: the settings of named downstreams, in YAML. What a service loads at its start, and what
 * {@code levee explain --policy} reads:
 *
 * <pre>{@code
 * LeveeConfig config = LeveeConfig.load(Path.of("levee.yaml"));
 * Levee inventory = config.builder("inventory").build();
 * }</pre>
 *
 * <p>Whatever the file leaves out has the builder's default. A file with anything wrong is not used at all, and the
 * exception names everything that is wrong. Immutable and thread-safe. The schema stands in docs/policy-file.md.
 */
public final class LeveeConfig {
    private static final int VERSION = 1;

    private final String file;
    private final Map<String, List<Consumer<Levee.Builder>>> downstreams;

    private LeveeConfig(String file, Map<String, List<Consumer<Levee.Builder>>> downstreams) {
        this.file = file;
        this.downstreams = Collections.unmodifiableMap(downstreams);
    }

    /**
     * Reads a file in UTF-8.
     *
     * @param path the file
     * @return its settings
     * @throws IOException if it cannot be read
     * @throws PolicyFileException if anything in it is wrong
     */
    public static LeveeConfig load(Path path) throws IOException {
        Problems problems = new Problems(path.toString(), PolicyFileException::new);
        String text = FileText.read(problems, path);
        problems.check();
        return parse(path.toString(), text);
    }

    /**
     * Reads a text.
     *
     * @param name what messages call it
     * @param yaml the text
     * @return its settings
     * @throws PolicyFileException if anything in it is wrong
     */
    public static LeveeConfig parse(String name, String yaml) {
        Problems problems = new Problems(name, PolicyFileException::new);
        Node root = Document.read(problems, name, yaml, "version: " + VERSION);
        problems.check();
        Map<String, List<Consumer<Levee.Builder>>> downstreams = new LinkedHashMap<>();
        if (root != null) {
            read(problems, root, downstreams);
        }
        problems.check();
        return new LeveeConfig(name, downstreams);
    }

    private static void read(Problems problems, Node root, Map<String, List<Consumer<Levee.Builder>>> downstreams) {
        Section file = Section.open(problems, "", root, List.of("version", "downstreams"));
        if (file == null) {
            return;
        }
        if (!file.has("version")) {
            file.problem("version is missing; write version: " + VERSION);
        }
        Integer version = file.integer("version", Integer::valueOf);
        if (version != null && version != VERSION) {
            file.problem("version", "is " + version + "; this release reads version " + VERSION);
        }
        if (!file.has("downstreams")) {
            file.problem("downstreams is missing: a block with one entry for each downstream");
        }
        Section named = file.names("downstreams");
        if (named == null) {
            return;
        }
        for (String name : named.keys()) {
            if (name.isBlank()) {
                named.problemWithName(name, "a downstream needs a name; this one is blank");
            } else {
                downstreams.put(name, DownstreamReader.read(named, name));
            }
        }
        if (downstreams.isEmpty() && problems.none()) {
            file.problem("downstreams", "names no downstream");
        }
    }

    /**
     * The downstreams that the file names.
     *
     * @return their names, in the order of the file
     */
    public Set<String> names() {
        return downstreams.keySet();
    }

    /**
     * A builder with a downstream's settings: add listeners, executor and the like, and build. What the file sets
     * cannot be set again.
     *
     * @param downstream the name
     * @return a new builder at each call
     * @throws IllegalArgumentException if the file does not name it
     */
    public Levee.Builder builder(String downstream) {
        List<Consumer<Levee.Builder>> settings = downstreams.get(downstream);
        if (settings == null) {
            throw new IllegalArgumentException(file + " has no downstream " + Shown.quoted(downstream)
                    + Suggestion.wayOut(downstream, downstreams.keySet()));
        }
        Levee.Builder builder = Levee.named(downstream);
        settings.forEach(setting -> setting.accept(builder));
        return builder;
    }
}
