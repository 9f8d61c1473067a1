package io.levee.yaml.read;

import io.levee.yaml.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects what is wrong with one file, so that its author sees all of it at once. */
public final class Problems {
    /**
     * More than anybody mends at once. A file of another kind (or a part that is wrong and that a thousand aliases stand
     * for) would give as many as it has lines.
     */
    private static final int MOST = 200;

    /** So many that were found, counting the ones that are already known, end the search. */
    private static final int MOST_TRIED = 10_000;

    private final String file;
    private final Function<List<Problem>, RuntimeException> exception;
    private final List<Problem> found = new ArrayList<>();
    private final Set<Place> places = new HashSet<>();
    private int tried;

    /**
     * Nothing yet.
     *
     * @param file the file's name as it was given
     * @param exception what is thrown when a file cannot be used
     */
    public Problems(String file, Function<List<Problem>, RuntimeException> exception) {
        this.file = file;
        this.exception = exception;
    }

    /** Notes a problem at a node. */
    public void add(Node at, String path, String message) {
        add(at.getStartMark(), path, message);
    }

    /** Notes a problem at a place that may be unknown. */
    public void add(Optional<Mark> at, String path, String message) {
        add(
                at.map(mark -> mark.getLine() + 1).orElse(1),
                at.map(mark -> mark.getColumn() + 1).orElse(1),
                path,
                message);
    }

    /** Notes a problem; throws what {@link #check} throws if there are too many to go on. */
    public void add(int line, int column, String path, String message) {
        // A part that is shared by anchor and alias is read for each downstream and wrong once.
        if (places.add(new Place(line, column, message))) {
            found.add(new Problem(file, line, column, path, message));
        }
        if (found.size() >= MOST || ++tried >= MOST_TRIED) {
            sort();
            found.add(new Problem(file, line, column, "", "and more; mend these first"));
            throw exception.apply(found);
        }
    }

    private void sort() {
        found.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
    }

    /** Whether nothing was found yet. */
    public boolean none() {
        return found.isEmpty();
    }

    /** Throws if anything was found. */
    public void check() {
        if (!found.isEmpty()) {
            sort();
            throw exception.apply(found);
        }
    }

    /** What a setter of the library makes of a value; null, and a problem, if it refuses it. */
    public <T> @Nullable T tried(Node at, String path, Refusable<T> setter) {
        try {
            return setter.get();
        } catch (IllegalArgumentException refused) {
            String message = refused.getMessage();
            add(at, path, message == null ? "is out of range" : message);
            return null;
        }
    }

    private record Place(int line, int column, String message) {}

    /** A setter of the library's with its value. */
    @FunctionalInterface
    public interface Refusable<T> {
        /** Calls it. */
        T get();
    }
}
