package io.levee.guard.actions;

import io.levee.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The file of rules as it is now; a broken one leaves the last good one in force. Thread-safe. */
final class RuleFile {
    private final Path path;
    private State state = new State(ActionFile.NONE, List.of(), null);

    RuleFile(Path path) {
        this.path = path;
    }

    private record Seen(
            FileTime modified, long length, @Nullable Object key) {}

    /** The rules in force, and what is wrong with the file if they are not what it says. */
    record State(
            ActionFile file,
            List<Problem> problems,
            @Nullable Seen seen) {}

    /** Reads the file if it has changed. No file is no rules. */
    synchronized State now() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            Seen seen = new Seen(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            if (!seen.equals(state.seen())) {
                state = read(seen);
            }
        } catch (NoSuchFileException none) {
            state = new State(ActionFile.NONE, List.of(), null);
        } catch (IOException e) {
            state = new State(state.file(), List.of(problem(e)), null);
        }
        return state;
    }

    private State read(Seen seen) throws IOException {
        try {
            return new State(ActionFile.load(path), List.of(), seen);
        } catch (ActionFileException e) {
            return new State(state.file(), e.problems(), seen);
        }
    }

    private Problem problem(IOException e) {
        return new Problem(path.toString(), 1, 1, "", "cannot be read: " + e);
    }
}
