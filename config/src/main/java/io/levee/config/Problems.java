package io.levee.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects what is wrong with one file, so that its author sees all of it at once. */
final class Problems {
    private final String file;
    private final List<Problem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void add(Node at, String path, String message) {
        add(at.getStartMark(), path, message);
    }

    void add(Optional<Mark> at, String path, String message) {
        int line = at.map(mark -> mark.getLine() + 1).orElse(1);
        int column = at.map(mark -> mark.getColumn() + 1).orElse(1);
        Problem problem = new Problem(file, line, column, path, message);
        // A part that is shared by anchor and alias is read twice and wrong once.
        if (!found.contains(problem)) {
            found.add(problem);
        }
    }

    boolean none() {
        return found.isEmpty();
    }

    /** Throws if anything was found. */
    void check() {
        if (!found.isEmpty()) {
            found.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
            throw new PolicyFileException(found);
        }
    }

    /** What a setter of the library makes of a value; null, and a problem, if it refuses it. */
    <T> @Nullable T tried(Node at, String path, Refusable<T> setter) {
        try {
            return setter.get();
        } catch (IllegalArgumentException refused) {
            String message = refused.getMessage();
            add(at, path, message == null ? "is out of range" : message);
            return null;
        }
    }

    /** A setter of the library's with its value. */
    @FunctionalInterface
    interface Refusable<T> {
        T get();
    }
}
