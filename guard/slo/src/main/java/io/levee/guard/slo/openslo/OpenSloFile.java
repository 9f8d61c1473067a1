package io.levee.guard.slo.openslo;

import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Terms;
import io.levee.yaml.Problem;
import io.levee.yaml.read.Document;
import io.levee.yaml.read.FileText;
import io.levee.yaml.read.Problems;
import io.levee.yaml.read.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * One file of OpenSLO v1 documents, which {@code ---} separates. A file with anything wrong is not used at all, and the
 * exception names everything that is wrong. What can be used but is unwise, or is another tool's, is a warning. Immutable and
 * thread-safe.
 */
public final class OpenSloFile {
    private static final String VERSION = "openslo/v1";
    private static final List<String> KINDS =
            List.of("SLO", "SLI", "Service", "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget");

    private final String name;
    private final String text;
    private final List<OpenSloObject> objects;
    private final List<Problem> warnings;

    private OpenSloFile(String name, String text, List<OpenSloObject> objects, List<Problem> warnings) {
        this.name = name;
        this.text = text;
        this.objects = List.copyOf(objects);
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Reads a file in UTF-8.
     *
     * @param path the file, at most 1 MiB
     * @return its documents
     * @throws IOException if it cannot be read
     * @throws OpenSloException if anything in it is wrong
     */
    public static OpenSloFile load(Path path) throws IOException {
        Problems problems = new Problems(path.toString(), OpenSloException::new);
        String text = FileText.read(problems, path);
        problems.check();
        return parse(path.toString(), text);
    }

    /**
     * Reads a text.
     *
     * @param name what messages call it
     * @param text YAML
     * @return its documents
     * @throws OpenSloException if anything in it is wrong
     */
    public static OpenSloFile parse(String name, String text) {
        Problems problems = new Problems(name, OpenSloException::new);
        List<Problem> warnings = new ArrayList<>();
        Fields fields = new Fields(name, warnings);
        List<OpenSloObject> objects = new ArrayList<>();
        for (Node root : Document.readAll(problems, name, text, "apiVersion: " + VERSION)) {
            Section document = Section.open(problems, "", root);
            OpenSloObject object = document == null ? null : object(fields, document);
            if (object == null) {
                continue;
            }
            objects.stream()
                    .filter(other -> other.kind().equals(object.kind())
                            && other.metadata().name().equals(object.metadata().name()))
                    .findFirst()
                    .ifPresent(other -> problems.add(
                            root, "metadata.name", "there are two of kind " + object.kind() + " with this name"));
            objects.add(object);
        }
        problems.check();
        return new OpenSloFile(name, text, objects, warnings);
    }

    private static @Nullable OpenSloObject object(Fields fields, Section document) {
        fields.known(document, "apiVersion", "kind", "metadata", "spec");
        if (!document.has("apiVersion")) {
            document.problem("apiVersion is missing; write apiVersion: " + VERSION);
        }
        document.value("apiVersion", VERSION, version -> {
            if (!version.equals(VERSION)) {
                throw new IllegalArgumentException("is " + version + "; this release reads " + VERSION);
            }
            return version;
        });
        if (!document.has("kind")) {
            document.problem("kind is missing; write one of " + String.join(", ", KINDS));
        }
        String kind = document.word("kind", KINDS);
        if (kind == null) {
            return null;
        }
        return switch (kind) {
            case "SLO" -> new SloReader(fields).read(document);
            case "SLI" -> new SliReader(fields).read(document);
            case "AlertPolicy" -> new AlertReader(fields).policy(document);
            case "AlertCondition" -> new AlertReader(fields).condition(document);
            case "AlertNotificationTarget" -> new AlertReader(fields).target(document);
            case "Service" -> service(fields, document);
            default -> source(fields, document);
        };
    }

    private static @Nullable Service service(Fields fields, Section document) {
        Metadata metadata = fields.metadata(document);
        Section spec = document.node("spec") instanceof ScalarNode ? null : document.names("spec");
        if (spec != null) {
            fields.known(spec, "description");
        }
        return new Service(metadata, spec == null ? null : fields.description(spec), Fields.tree(document));
    }

    private static @Nullable DataSource source(Fields fields, Section document) {
        Metadata metadata = fields.metadata(document);
        Section spec = fields.spec(document);
        if (spec == null) {
            return null;
        }
        fields.known(spec, "description", "type", "connectionDetails");
        return new DataSource(
                metadata,
                fields.description(spec),
                fields.required(spec, "type", "write such as Prometheus"),
                Fields.tree(document));
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
     * The text as it was read; to write the file unchanged, write this.
     *
     * @return YAML
     */
    public String text() {
        return text;
    }

    /**
     * Its documents.
     *
     * @return in the order of the file
     */
    public List<OpenSloObject> objects() {
        return objects;
    }

    /**
     * What can be used but is unwise, and what is not read.
     *
     * @return in the order in which they were found
     */
    public List<Problem> warnings() {
        return warnings;
    }

    /**
     * The file with another target, everything else kept to the letter: comments, unknown fields, layout. What the review of
     * an objective ends in, so that its difference is one line.
     *
     * @param slo the objective's name
     * @param objective which of its objectives, from 0
     * @param target the new target, of a decimal form that ends
     * @return the new file
     * @throws IllegalArgumentException if there is no such objective, or the target is out of its range or no decimal
     */
    public OpenSloFile withTarget(String slo, int objective, Ratio target) {
        return parse(
                name, new FileEdit(name, text).target(slo, objective, target).text());
    }

    /**
     * The file with another target and what was in force before it, so that the past keeps its target: the annotation
     * {@code levee.io/earlier-targets} gets one more entry, everything else is kept to the letter.
     *
     * @param slo the objective's name
     * @param target the new target, of a decimal form that ends
     * @param before the present target, and until when it is in force: in the future, if the new one begins then
     * @return the new file
     * @throws IllegalArgumentException if there is no such objective, it is one of several of its document (which share the
     *     annotation), the target is out of its range or no decimal, there is an earlier target up to the same instant, or the
     *     annotations are written in a way that cannot be added to
     */
    public OpenSloFile withTarget(String slo, Ratio target, Terms.EarlierTarget before) {
        String edited;
        OpenSloFile file;
        try {
            edited = new FileEdit(name, text)
                    .target(slo, 0, target)
                    .earlier(slo, before)
                    .text();
            file = parse(name, edited);
        } catch (OpenSloException e) {
            throw new IllegalArgumentException(
                    "the target of SLO '" + slo + "' cannot be changed: " + e.getMessage(), e);
        }
        boolean kept = file.objects().stream()
                .anyMatch(object -> object instanceof Slo changed
                        && changed.name().equals(slo)
                        && changed.objectives().size() == 1
                        && changed.terms(0).objective().target().equals(target)
                        && changed.additions().earlier().contains(before));
        if (!kept) {
            throw new IllegalArgumentException("the target of SLO '" + slo + "' in " + name
                    + " cannot be changed by a program; it has several objectives, or annotations of another form than"
                    + " docs/slo-documents.md shows");
        }
        return file;
    }
}
