package io.levee.guard.actions;

import io.levee.yaml.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A file of rules cannot be used. Its message has one line for each problem: all of them, not the first. */
public final class ActionFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    ActionFileException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /**
     * What is wrong, in the order of the file.
     *
     * @return one or more problems
     */
    public List<Problem> problems() {
        return problems;
    }
}
