package io.levee.cli;

import io.levee.yaml.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with a user's files, one line for each. */
final class SloProblems extends UserError {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    SloProblems(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    List<Problem> problems() {
        return problems;
    }
}
