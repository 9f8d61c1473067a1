package io.levee.cli;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.Window;
import io.levee.guard.slo.impact.Change;
import io.levee.guard.slo.impact.Impact;
import io.levee.guard.slo.impact.ImpactReport;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Slo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code levee report impact}: what a change is expected to cost an error budget. */
@Command(
        name = "impact",
        description = "Says what a change is expected to cost an error budget, as the report that the gate asks for.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done, whatever the verdict",
            "1:an error in levee itself",
            "2:bad input",
            Main.EXIT_OUTPUT_LOST
        })
final class ImpactCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--slo", required = true, paramLabel = "NAME", description = "The objective's name.")
    @SuppressWarnings("NullAway.Init") // required
    private String name;

    @Option(
            names = "--slo-file",
            required = true,
            paramLabel = "FILE",
            description = "The OpenSLO file that has it; more than once for several.")
    @SuppressWarnings("NullAway.Init") // required
    private List<Path> files;

    @Option(
            names = "--change",
            required = true,
            paramLabel = "FILE",
            description = "What is expected, in YAML or JSON; see docs/gate.md.")
    @SuppressWarnings("NullAway.Init") // required
    private Path change;

    @Option(names = "--total", required = true, paramLabel = "N", description = "All events of the window today.")
    private long total;

    @Option(names = "--bad", required = true, paramLabel = "N", description = "Of them, those that failed.")
    private long bad;

    @Option(names = "--degraded", paramLabel = "N", description = "Of them, those that a fallback answered; default 0.")
    private long degraded;

    /** What the report is written in. */
    enum Format {
        /** For a pull request. */
        MARKDOWN,
        /** For a browser. */
        HTML,
        /** For the gate. */
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--format",
            defaultValue = "markdown",
            paramLabel = "FORMAT",
            description = "markdown (the default), html or json.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String format;

    @Option(names = "--json", description = "The same as --format json.")
    private boolean asJson;

    @Override
    public Integer call() {
        Format wanted = asJson ? Format.JSON : Given.option("--format", format, ImpactCommand::format);
        Catalog catalog = SloFiles.read(files);
        Slo slo = Given.option("--slo", name, catalog::slo);
        if (slo.method() != Slo.Method.OCCURRENCES || !(slo.window() instanceof Window.Rolling rolling)) {
            throw new UserError("SLO '" + name + "': a report of impact needs Occurrences and a rolling window");
        }
        Terms terms = slo.terms(0);
        Counts counts =
                Given.option("--total, --bad, --degraded", total, number -> Counts.ofTotal(number, bad, degraded));
        ErrorBudget before =
                ErrorBudget.of(counts, terms.objective(), rolling.span().toDuration());
        ImpactReport report = new ImpactReport(Impact.of(
                name, terms.objective(), before, change(), slo.additions().burnRules()));
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                switch (wanted) {
                    case MARKDOWN -> report.markdown();
                    case HTML -> report.html();
                    case JSON -> Json.line(Json.mapper().valueToTree(report.toMap()));
                });
        return Main.written(out, 0);
    }

    private Change change() {
        try {
            return Change.load(change, SloProblems::new);
        } catch (IOException e) {
            throw Inputs.unreadable(change.toString(), e);
        }
    }

    private static Format format(String text) {
        for (Format each : Format.values()) {
            if (each.toString().equals(text)) {
                return each;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no format; write markdown, html or json");
    }
}
