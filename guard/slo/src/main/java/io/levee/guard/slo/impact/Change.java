package io.levee.guard.slo.impact;

import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import io.levee.yaml.Problem;
import io.levee.yaml.read.Document;
import io.levee.yaml.read.FileText;
import io.levee.yaml.read.Problems;
import io.levee.yaml.read.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * What is expected of a change. Immutable.
 *
 * @param release which release brings it; null if it is none
 * @param description what it is
 * @param extraErrorRatio the share of the events it touches that will fail beyond those that fail now, 0 to 1
 * @param extraSlowRatio the share of the events it touches that will be too slow beyond those that are now, 0 to 1
 * @param share the share of all events that it touches, above 0, at most 1
 * @param trafficFactor how many events there will be for each one now, above 0
 * @param lasting for how long; null for good
 */
public record Change(
        @Nullable String release,
        String description,
        Ratio extraErrorRatio,
        Ratio extraSlowRatio,
        Ratio share,
        Ratio trafficFactor,
        @Nullable Span lasting) {
    private static final List<String> FIELDS =
            List.of("release", "description", "extraErrorRatio", "extraSlowRatio", "share", "trafficFactor", "lasting");
    private static final int LONGEST = 5_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public Change {
        within("extraErrorRatio", extraErrorRatio, Ratio.ONE);
        within("extraSlowRatio", extraSlowRatio, Ratio.ONE);
        within("extraErrorRatio and extraSlowRatio together", extraErrorRatio.plus(extraSlowRatio), Ratio.ONE);
        within("share", share, Ratio.ONE);
        within("trafficFactor", trafficFactor, Ratio.of(1_000));
        if (share.signum() == 0 || trafficFactor.signum() == 0) {
            throw new IllegalArgumentException("share and trafficFactor must be above 0");
        }
    }

    private static void within(String name, Ratio value, Ratio most) {
        if (value.signum() < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " must be from 0 to " + most + ", is " + value);
        }
    }

    /**
     * The share of all events that will fail beyond those that fail now.
     *
     * @return share x (extraErrorRatio + extraSlowRatio)
     */
    public Ratio extra() {
        return share.times(extraErrorRatio.plus(extraSlowRatio));
    }

    /**
     * Reads a file in YAML (or JSON, which is YAML).
     *
     * @param path the file
     * @param exception what is thrown if anything in it is wrong
     * @return the change
     * @throws IOException if it cannot be read
     */
    public static Change load(Path path, Function<List<Problem>, RuntimeException> exception) throws IOException {
        Problems problems = new Problems(path.toString(), exception);
        String text = FileText.read(problems, path);
        problems.check();
        Node root = Document.read(problems, path.toString(), text, "description: ...");
        problems.check();
        Section change = root == null ? null : Section.open(problems, "", root, FIELDS);
        Change read = change == null ? null : read(change);
        problems.check();
        if (read == null) {
            throw new AssertionError("no change and no problem in " + path);
        }
        return read;
    }

    private static @Nullable Change read(Section change) {
        String description = change.text("description", LONGEST);
        if (!change.has("description")) {
            change.problem("description is missing; say what the change is");
        }
        if (!change.has("extraErrorRatio") && !change.has("extraSlowRatio") && !change.has("trafficFactor")) {
            change.problem("nothing is expected: give extraErrorRatio (0 for none), extraSlowRatio or trafficFactor");
        }
        String release = change.text("release", LONGEST);
        Ratio errors = ratio(change, "extraErrorRatio", Ratio.ZERO);
        Ratio slow = ratio(change, "extraSlowRatio", Ratio.ZERO);
        Ratio share = ratio(change, "share", Ratio.ONE);
        Ratio traffic = ratio(change, "trafficFactor", Ratio.ONE);
        Span lasting = change.value("lasting", "a duration such as 2h", text -> {
            Span span = Span.parse(text);
            span.toDuration();
            return span;
        });
        if (description == null || errors == null || slow == null || share == null || traffic == null) {
            return null;
        }
        return change.tried(() -> new Change(release, description, errors, slow, share, traffic, lasting));
    }

    private static @Nullable Ratio ratio(Section change, String key, Ratio otherwise) {
        return change.has(key) ? change.value(key, "a number", Ratio::parse) : otherwise;
    }
}
