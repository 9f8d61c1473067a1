package io.levee.config;

import io.levee.yaml.read.Problems;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** What is wrong with a document, by the path of each value; with its line where the document was a text. */
final class PathProblems {
    private final Problems problems;
    private final Map<String, Mark> marks;

    PathProblems(String name, Map<String, Mark> marks) {
        this.problems = new Problems(name, PolicyFileException::new);
        this.marks = marks;
    }

    void add(String path, String message) {
        String place = path;
        // What is missing stands where its parent begins.
        while (!place.isEmpty() && !marks.containsKey(place)) {
            place = place.substring(0, Math.max(0, Math.max(place.lastIndexOf('.'), place.lastIndexOf('['))));
        }
        problems.add(Optional.ofNullable(marks.get(place)), path, message);
    }

    void check() {
        problems.check();
    }
}
