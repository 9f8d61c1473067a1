package io.levee.guard.slo.openslo;

import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Terms;
import io.levee.yaml.read.Document;
import io.levee.yaml.read.Problems;
import io.levee.yaml.read.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Changes of a file's text at the places that its YAML says; everything else is kept to the letter. Places are those of the
 * text as it was read, and all changes are made at the end. Not thread-safe.
 */
final class FileEdit {
    private static final String EARLIER = AdditionsReader.PREFIX + "earlier-targets";

    private final String name;
    private final String text;
    private final String lineEnd;
    private final List<Change> changes = new ArrayList<>();

    private record Change(int from, int to, String by) {}

    FileEdit(String name, String text) {
        this.name = name;
        this.text = text;
        this.lineEnd = text.contains("\r\n") ? "\r\n" : "\n";
    }

    String text() {
        changes.sort(Comparator.comparing(Change::from).reversed());
        StringBuilder edited = new StringBuilder(text);
        changes.forEach(change -> edited.replace(change.from, change.to, change.by));
        return edited.toString();
    }

    FileEdit target(String slo, int objective, Ratio target) {
        Objective.of(target);
        if (!target.isDecimal()) {
            throw new IllegalArgumentException("a target is written as a decimal, and " + target + " has none");
        }
        Section spec = document(slo).map(document -> document.names("spec")).orElse(null);
        List<Section> objectives = spec == null ? List.of() : spec.sections("objectives");
        if (objective < 0 || objective >= objectives.size()) {
            throw new IllegalArgumentException(name + " has no objective " + objective + " of an SLO '" + slo + "'");
        }
        Section section = objectives.get(objective);
        boolean percent = section.has("targetPercent");
        if (!(section.node(percent ? "targetPercent" : "target") instanceof ScalarNode scalar)) {
            throw new IllegalArgumentException(name + " has no target there");
        }
        changes.add(new Change(
                begin(scalar), index(scalar.getEndMark()), (percent ? target.times(100) : target).toString()));
        return this;
    }

    /** One more entry of the annotation: at its beginning, or with an annotation that is new. */
    FileEdit earlier(String slo, Terms.EarlierTarget before) {
        Section metadata =
                document(slo).map(document -> document.names("metadata")).orElse(null);
        if (metadata == null) {
            throw new IllegalArgumentException(name + " has no SLO '" + slo + "'");
        }
        List<String> entry = List.of(
                "- until: " + before.until(),
                "  target: " + before.target(),
                "  author: " + quoted(before.author()),
                "  reason: " + quoted(before.reason()));
        Section notes = metadata.has("annotations") ? metadata.names("annotations") : null;
        if (notes != null && notes.node(EARLIER) instanceof ScalarNode block) {
            intoBlock(block, entry);
        } else if (notes != null && notes.at() instanceof MappingNode mapping) {
            beforeFirst(mapping, 0, "", entry);
        } else if (metadata.at() instanceof MappingNode mapping) {
            beforeFirst(mapping, 2, "annotations:", entry);
        }
        return this;
    }

    private void intoBlock(ScalarNode block, List<String> entry) {
        if (block.getScalarStyle() != ScalarStyle.LITERAL) {
            throw new IllegalArgumentException(
                    name + ": " + EARLIER + " is no block; write a | behind the name and its list below it");
        }
        int header = text.indexOf('\n', begin(block)) + 1;
        int content = header;
        while (content < text.length() && Character.isWhitespace(text.charAt(content))) {
            content++;
        }
        int indent = content - (text.lastIndexOf('\n', content) + 1);
        changes.add(new Change(header, header, lines(indent, entry)));
    }

    private void beforeFirst(MappingNode mapping, int deeper, String parent, List<String> entry) {
        if (mapping.getFlowStyle() == FlowStyle.FLOW || mapping.getValue().isEmpty()) {
            throw new IllegalArgumentException(
                    name + ": metadata and its annotations must be written one name a line, so that " + EARLIER
                            + " can be added");
        }
        NodeTuple first = mapping.getValue().get(0);
        int key = begin(first.getKeyNode());
        int line = text.lastIndexOf('\n', key - 1) + 1;
        int indent = key - line;
        String above = parent.isEmpty() ? "" : lines(indent, List.of(parent));
        changes.add(new Change(
                line,
                line,
                above + lines(indent + deeper, List.of(EARLIER + ": |")) + lines(indent + deeper + 2, entry)));
    }

    private String lines(int indent, List<String> lines) {
        StringBuilder block = new StringBuilder();
        lines.forEach(line -> block.append(" ".repeat(indent)).append(line).append(lineEnd));
        return block.toString();
    }

    private Optional<Section> document(String slo) {
        Problems problems = new Problems(name, OpenSloException::new);
        for (Node root : Document.readAll(problems, name, text, "")) {
            Section document = Section.open(problems, "", root);
            if (document != null && "SLO".equals(document.text("kind", 100))) {
                Section metadata = document.names("metadata");
                if (metadata != null && slo.equals(metadata.text("name", 1_000))) {
                    return Optional.of(document);
                }
            }
        }
        return Optional.empty();
    }

    private int begin(Node node) {
        return index(node.getStartMark());
    }

    /** The parser counts code points, and does not count a byte order mark. */
    private int index(Optional<Mark> mark) {
        int skipped = text.startsWith("\uFEFF") ? 1 : 0;
        return text.offsetByCodePoints(skipped, mark.orElseThrow().getIndex());
    }

    /** In double quotes, in which YAML takes the escapes of JSON. */
    private static String quoted(@Nullable String words) {
        StringBuilder quoted = new StringBuilder("\"");
        String.valueOf(words).codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || c == 0xFEFF) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}
