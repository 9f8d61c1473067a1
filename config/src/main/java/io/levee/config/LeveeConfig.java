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
    private final ServiceFacts facts;
    private final Map<String, DownstreamReader.Downstream> downstreams;
    private final Places places;

    private LeveeConfig(
            String file, ServiceFacts facts, Map<String, DownstreamReader.Downstream> downstreams, Places places) {
        this.file = file;
        this.facts = facts;
        this.downstreams = Collections.unmodifiableMap(downstreams);
        this.places = places;
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
        Map<String, DownstreamReader.Downstream> downstreams = new LinkedHashMap<>();
        ServiceFacts facts = null;
        Section file =
                root == null ? null : Section.open(problems, "", root, List.of("version", "facts", "downstreams"));
        if (file != null) {
            read(problems, file, downstreams);
            facts = FactsReader.service(file);
        }
        problems.check();
        return new LeveeConfig(
                name, facts == null ? new ServiceFacts(null, null, false) : facts, downstreams, new Places(name, root));
    }

    private static void read(Problems problems, Section file, Map<String, DownstreamReader.Downstream> downstreams) {
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
                DownstreamReader.Downstream downstream = DownstreamReader.read(named, name);
                if (downstream != null) {
                    downstreams.put(name, downstream);
                }
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
        Levee.Builder builder = Levee.named(downstream);
        read(downstream).settings().forEach(setting -> setting.accept(builder));
        return builder;
    }

    /**
     * What the file says of a downstream itself.
     *
     * @param downstream the name
     * @return its facts
     * @throws IllegalArgumentException if the file does not name it
     */
    public DownstreamFacts facts(String downstream) {
        return read(downstream).facts();
    }

    private DownstreamReader.Downstream read(String downstream) {
        DownstreamReader.Downstream found = downstreams.get(downstream);
        if (found == null) {
            throw new IllegalArgumentException(file + " has no downstream " + Shown.quoted(downstream)
                    + Suggestion.wayOut(downstream, downstreams.keySet()));
        }
        return found;
    }

    /**
     * What the file says of the service that makes the calls.
     *
     * @return its facts
     */
    public ServiceFacts facts() {
        return facts;
    }

    /**
     * Where a setting stands in the file.
     *
     * @param path the keys that lead to it, such as {@code "downstreams", "inventory", "retry", "base"}
     * @return the place of its key; where the file leaves it out, that of the innermost block which would hold it; line
     *     1 where there is none
     */
    public Place place(String... path) {
        return places.of(path);
    }
}
