package io.levee.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code levee slo status}: what is left of each error budget, as the guard has it. */
@Command(
        name = "status",
        description = "Says what is left of each error budget, as a guard has it.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done, whatever is left",
            "1:an error in levee itself",
            "2:bad input",
            "50:the guard cannot be reached",
            Main.EXIT_OUTPUT_LOST
        })
final class SloStatusCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Option(names = "--json", description = "Print what GET /api/v1/slos answers.")
    private boolean asJson;

    @Override
    public Integer call() {
        JsonNode answer = guard.client().get("/api/v1/slos");
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.print(Json.line(answer));
            return Main.written(out, 0);
        }
        row(out, "slo", "target", "window", "state", "left %", "left ms", "events", "bad", "burn 1h", "alert");
        answer.path("slos")
                .forEach(slo -> row(
                        out,
                        text(slo, "name"),
                        text(slo, "targetPercent"),
                        text(slo, "window"),
                        text(slo, "state"),
                        text(slo, "leftPercent"),
                        text(slo, "leftMs"),
                        text(slo, "total"),
                        text(slo, "bad"),
                        text(slo, "burnRate1h"),
                        text(slo, "severity")));
        answer.path("slos").forEach(slo -> {
            if (!slo.path("advice").isNull() && !slo.path("advice").isMissingNode()) {
                out.print("advice for " + text(slo, "name") + ": " + text(slo, "advice") + '\n');
            }
        });
        PrintWriter err = spec.commandLine().getErr();
        answer.path("problems").forEach(problem -> err.println(problem(problem)));
        return Main.written(out, 0);
    }

    /** A problem of the guard's files as compilers write theirs. */
    static String problem(JsonNode problem) {
        return text(problem, "file") + ":" + text(problem, "line") + ":" + text(problem, "column") + ": "
                + text(problem, "message");
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isMissingNode() || value.isNull()
                ? "-"
                : value.isNumber() ? value.decimalValue().toPlainString() : value.asString();
    }

    private static void row(PrintWriter out, String name, String... cells) {
        StringBuilder row = new StringBuilder(String.format("%-28s", name));
        for (String cell : cells) {
            row.append(String.format(" %12s", cell));
        }
        out.print(row.toString().stripTrailing() + '\n');
    }
}
