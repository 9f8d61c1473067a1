package io.levee.cli;

import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.prometheus.PrometheusRules;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code levee slo rules}: Prometheus recording and alert rules. */
@Command(
        name = "rules",
        description = "Makes Prometheus recording rules and multi-window, multi-burn-rate alerts of OpenSLO documents.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done",
            "1:an error in levee itself",
            "2:a document is wrong or cannot be said in PromQL, or a file cannot be read or written",
            Main.EXIT_OUTPUT_LOST
        })
final class RulesCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            description = "Where to write the rule file; standard output if absent.")
    private @Nullable Path output;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "The files; they may refer to each other.")
    @SuppressWarnings("NullAway.Init") // at least one
    private List<Path> files;

    @Override
    public Integer call() {
        Catalog catalog = SloFiles.read(files);
        String rules;
        try {
            rules = new PrometheusRules(catalog).write();
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (output == null) {
            out.print(rules);
            return Main.written(out, 0);
        }
        try {
            Files.writeString(output, rules);
        } catch (IOException e) {
            throw new UserError("cannot write " + output + ": " + Inputs.reason(e));
        }
        return 0;
    }
}
