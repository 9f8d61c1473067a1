package io.levee.cli;

import io.levee.guard.actions.ActionFile;
import io.levee.guard.actions.ActionFileException;
import io.levee.guard.slo.openslo.Watched;
import io.levee.yaml.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code levee actions check}: what is wrong with files of rules. */
@Command(
        name = "check",
        description =
                "Says what is wrong with files of rules (actions.yaml): file, line, field, and what would be right.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:all can be used",
            "1:an error in levee itself",
            "2:a file is wrong, or cannot be read",
            Main.EXIT_OUTPUT_LOST
        })
final class ActionsCheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--slo",
            paramLabel = "FILE",
            description =
                    "OpenSLO files; then a rule on an SLO that none of them has is wrong. May be given several times.")
    private List<Path> slos = List.of();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean asJson;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "The files of rules.")
    @SuppressWarnings("NullAway.Init") // at least one
    private List<Path> files;

    @Override
    public Integer call() {
        Set<String> known = slos.isEmpty()
                ? null
                : Watched.of(SloFiles.read(slos)).stream().map(Watched::name).collect(Collectors.toSet());
        List<Problem> problems = new ArrayList<>();
        int rules = 0;
        for (Path path : files) {
            try {
                ActionFile file = known == null ? ActionFile.load(path) : ActionFile.load(path, known);
                rules += file.ruleNames().size();
            } catch (ActionFileException e) {
                problems.addAll(e.problems());
            } catch (IOException e) {
                throw Inputs.unreadable(path.toString(), e);
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            ObjectNode json = Json.object();
            json.put("valid", problems.isEmpty()).put("rules", rules);
            ValidateCommand.list(json.putArray("problems"), problems);
            out.print(Json.line(json));
            return Main.written(out, problems.isEmpty() ? 0 : Main.BAD_INPUT);
        }
        if (!problems.isEmpty()) {
            throw new SloProblems(problems);
        }
        out.print("can be used: files " + files.size() + ", rules " + rules + '\n');
        return Main.written(out, 0);
    }
}
