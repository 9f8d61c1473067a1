package io.levee.cli;

import io.levee.config.LeveeConfig;
import io.levee.config.PolicyFileException;
import io.levee.lint.Finding;
import io.levee.lint.Lint;
import io.levee.lint.LintReport;
import io.levee.lint.Rule;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code levee lint}: what will hurt in policy files. */
@Command(
        name = "lint",
        description = {
            "Finds in policy files what will hurt; several files are one call graph.",
            "docs/lint.md describes each rule; lintIgnore: {RULE: reason} in the file silences one for a downstream."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:nothing found",
            "1:findings, or an error in levee itself (then nothing is on standard output)",
            "2:a file or the command line is wrong",
            Main.EXIT_OUTPUT_LOST
        })
final class LintCommand implements Callable<Integer> {
    static final int FINDINGS = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean asJson;

    @Option(names = "--rules", description = "Print the rules and what each finds, and look at nothing.")
    private boolean listRules;

    @Parameters(arity = "0..*", paramLabel = "FILE", description = "Policy files; see docs/policy-file.md.")
    private List<Path> files = new ArrayList<>();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (listRules) {
            for (Rule rule : Rule.values()) {
                out.print(String.format("%-30s %s\n", rule.id(), rule.summary()));
            }
            return Main.written(out, 0);
        }
        if (files.isEmpty()) {
            throw new UserError("which policy file? levee lint FILE...");
        }
        LintReport report = Lint.check(configs());
        if (asJson) {
            out.print(json(report) + '\n');
        } else {
            print(report, out);
        }
        return Main.written(out, report.findings().isEmpty() ? 0 : FINDINGS);
    }

    /** All files, or what is wrong with all of them: not only with the first. */
    private List<LeveeConfig> configs() {
        List<LeveeConfig> configs = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        // A file that is named twice is one file.
        for (Path file : new LinkedHashSet<>(files.stream().map(Path::normalize).toList())) {
            try {
                configs.add(LeveeConfig.load(file));
            } catch (IOException e) {
                wrong.add(Inputs.unreadable(file.toString(), e).getMessage());
            } catch (PolicyFileException e) {
                wrong.add(e.getMessage());
            }
        }
        if (!wrong.isEmpty()) {
            throw new UserError(String.join("\n", wrong));
        }
        return configs;
    }

    private static void print(LintReport report, PrintWriter out) {
        for (Finding finding : report.findings()) {
            out.print(finding + "\n");
            out.print("    fix: " + finding.fix() + "\n");
        }
        int found = report.findings().size();
        int ignored = report.ignored().size();
        out.print((found == 0 ? "no findings" : counted(found, "finding")) + " in "
                + counted(report.downstreams(), "downstream") + " of " + counted(report.files(), "file")
                + (ignored == 0 ? "" : ", " + ignored + " ignored")
                + '\n');
    }

    private static String counted(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String json(LintReport report) {
        JsonMapper json = JsonMapper.shared();
        ObjectNode all = json.createObjectNode();
        all.put("files", report.files()).put("downstreams", report.downstreams());
        ArrayNode findings = all.putArray("findings");
        report.findings().forEach(finding -> put(findings.addObject(), finding));
        ArrayNode ignored = all.putArray("ignored");
        report.ignored()
                .forEach(each -> put(ignored.addObject(), each.finding()).put("because", each.because()));
        return json.writeValueAsString(all);
    }

    private static ObjectNode put(ObjectNode object, Finding finding) {
        return object.put("id", finding.rule().id())
                .put("file", finding.place().file())
                .put("line", finding.place().line())
                .put("column", finding.place().column())
                .put("downstream", finding.downstream())
                .put("setting", finding.setting())
                .put("reason", finding.reason())
                .put("fix", finding.fix());
    }
}
