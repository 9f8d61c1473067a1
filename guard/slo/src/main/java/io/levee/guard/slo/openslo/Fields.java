package io.levee.guard.slo.openslo;

import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import io.levee.yaml.Problem;
import io.levee.yaml.read.Section;
import io.levee.yaml.read.Shown;
import io.levee.yaml.read.Suggestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The fields of OpenSLO's documents, and what is unwise in them though it can be used. */
final class Fields {
    /** OpenSLO's limit of a description. */
    private static final int LONGEST_DESCRIPTION = 1_050;

    private static final int LONGEST_TEXT = 10_000;
    private static final int LONGEST_NAME = 255;
    private static final Pattern RFC_1123 = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

    private final String file;
    private final List<Problem> warnings;

    Fields(String file, List<Problem> warnings) {
        this.file = file;
        this.warnings = warnings;
    }

    void warn(Node at, String path, String message) {
        Mark mark = at.getStartMark().orElse(null);
        warnings.add(new Problem(
                file, mark == null ? 1 : mark.getLine() + 1, mark == null ? 1 : mark.getColumn() + 1, path, message));
    }

    void warn(Section section, String key, String message) {
        Node node = section.node(key);
        warn(node == null ? section.at() : node, section.path(key), message);
    }

    /** Fields that OpenSLO does not have may be another tool's: they are kept, and only told. */
    void known(Section section, String... known) {
        List<String> names = List.of(known);
        for (String key : section.keys()) {
            if (!names.contains(key)) {
                warn(
                        section,
                        key,
                        "is no field of OpenSLO v1; it is kept but not read" + Suggestion.wayOut(key, names));
            }
        }
    }

    @Nullable
    String text(Section section, String key) {
        return section.text(key, LONGEST_TEXT);
    }

    @Nullable
    String description(Section section) {
        return section.text("description", LONGEST_DESCRIPTION);
    }

    /** A text that must be there; empty, and a problem, if it is not. */
    String required(Section section, String key, String wayOut) {
        String text = text(section, key);
        if (text == null && !section.has(key)) {
            section.problem(key + " is missing; " + wayOut);
        } else if (text != null && text.isBlank()) {
            section.problem(key, "is blank; " + wayOut);
        }
        return text == null ? "" : text;
    }

    boolean flag(Section section, String key) {
        return Boolean.TRUE.equals(section.flag(key));
    }

    @Nullable
    Ratio ratio(Section section, String key) {
        return section.value(key, "a number", Ratio::parse);
    }

    @Nullable
    Span span(Section section, String key) {
        return section.value(key, "a duration such as 28d", Span::parse);
    }

    /** A slice's length; a bare number is minutes. */
    @Nullable
    Span slice(Section section) {
        return section.value("timeSliceWindow", "a duration such as 1m", text -> {
            Span span = Span.parse(NUMBER.matcher(text).matches() ? text + "m" : text);
            span.toDuration();
            return span;
        });
    }

    Metadata metadata(Section document) {
        if (!document.has("metadata")) {
            document.problem("metadata is missing; write metadata: {name: ...}");
        }
        Section metadata = document.names("metadata");
        if (metadata == null) {
            return new Metadata("", null, Map.of(), Map.of());
        }
        known(metadata, "name", "displayName", "labels", "annotations");
        String name = required(metadata, "name", "each object needs one");
        if (name.length() > LONGEST_NAME) {
            metadata.problem("name", "must have at most " + LONGEST_NAME + " characters, has " + name.length());
        } else if (!name.isBlank() && !RFC_1123.matcher(name).matches()) {
            warn(
                    metadata,
                    "name",
                    Shown.quoted(name)
                            + " is not read by every OpenSLO tool; all of them read up to 63 of a-z, 0-9 and -");
        }
        Map<String, List<String>> labels = new LinkedHashMap<>();
        Section written = metadata.names("labels");
        if (written != null) {
            for (String key : written.keys()) {
                labels.put(key, values(written, key));
            }
        }
        return new Metadata(name, text(metadata, "displayName"), labels, annotations(metadata));
    }

    private static List<String> values(Section labels, String key) {
        if (labels.node(key) instanceof SequenceNode sequence) {
            return sequence.getValue().stream()
                    .map(each -> each instanceof ScalarNode scalar ? scalar.getValue() : "")
                    .toList();
        }
        String value = labels.text(key, LONGEST_TEXT);
        return value == null ? List.of() : List.of(value);
    }

    private static Map<String, String> annotations(Section metadata) {
        Map<String, String> annotations = new LinkedHashMap<>();
        Section written = metadata.names("annotations");
        if (written != null) {
            for (String key : written.keys()) {
                String value = written.text(key, LONGEST_TEXT);
                if (value != null) {
                    annotations.put(key, value);
                }
            }
        }
        return annotations;
    }

    /** The block {@code spec}; null, and a problem, if it is not there. */
    @Nullable
    Section spec(Section document) {
        if (!document.has("spec")) {
            document.problem("spec is missing; it holds what this " + document.text("kind", LONGEST_NAME) + " says");
        }
        return document.names("spec");
    }

    static Map<String, @Nullable Object> tree(Section section) {
        return section.at() instanceof MappingNode mapping ? Trees.map(mapping) : Map.of();
    }
}
