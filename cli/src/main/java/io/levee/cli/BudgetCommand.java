package io.levee.cli;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code levee slo budget}: the arithmetic of an error budget, for anyone who has the counts. */
@Command(
        name = "budget",
        description = {
            "Says what an error budget is, what is used and what is left: in events, percent and milliseconds.",
            "Exact; shown to 4 places of a percent and 3 of an event or a millisecond, what is used rounded up and what"
                    + " is left rounded down."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done, whatever is left",
            "1:an error in levee itself",
            "2:a wrong option",
            Main.EXIT_OUTPUT_LOST
        })
final class BudgetCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--target",
            required = true,
            paramLabel = "T",
            description = "The share of events that must be good: 0.9995 or 99.95%%.")
    @SuppressWarnings("NullAway.Init") // required
    private String target;

    @Option(
            names = "--window",
            defaultValue = "28d",
            paramLabel = "SPAN",
            description = "Over which time: m, h, d or w; default 28d.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String window;

    @Option(names = "--total", required = true, paramLabel = "N", description = "All events of the window.")
    private long total;

    @Option(names = "--bad", required = true, paramLabel = "N", description = "Of them, those that failed.")
    private long bad;

    @Option(names = "--degraded", paramLabel = "N", description = "Of them, those that a fallback answered; default 0.")
    private long degraded;

    @Option(
            names = "--degraded-weight",
            defaultValue = "0",
            paramLabel = "W",
            description = "What a degraded event costs, 0 (as a good one, the default) to 1 (as a bad one).")
    @SuppressWarnings("NullAway.Init") // has a default
    private String degradedWeight;

    @Option(
            names = "--minimum",
            defaultValue = "1",
            paramLabel = "N",
            description = "Fewer events than this are too few to tell; default 1.")
    private long minimum;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean asJson;

    @Override
    public Integer call() {
        Objective objective = objective();
        Span span = Given.option("--window", window, Span::parse);
        ErrorBudget budget =
                Given.option("--window", window, text -> ErrorBudget.of(counts(), objective, span.toDuration()));
        PrintWriter out = spec.commandLine().getOut();
        BudgetReport report = new BudgetReport(budget);
        if (asJson) {
            out.print(Json.line(Json.object()
                    .put("target", objective.target().toString())
                    .put("window", span.toString())
                    .setAll(report.json())));
        } else {
            out.print(report.text(objective, span));
        }
        return Main.written(out, 0);
    }

    private Objective objective() {
        Ratio wanted = Given.option("--target", target, Ratio::parse);
        Ratio weight = Given.option("--degraded-weight", degradedWeight, Ratio::parse);
        Given.option("--target", target, text -> Objective.of(wanted));
        Given.option("--degraded-weight", degradedWeight, text -> new Objective(wanted, weight, 0));
        return Given.option("--minimum", minimum, number -> new Objective(wanted, weight, number));
    }

    private Counts counts() {
        try {
            return Counts.ofTotal(total, bad, degraded);
        } catch (IllegalArgumentException e) {
            throw new UserError("--total, --bad, --degraded: " + e.getMessage());
        }
    }
}
