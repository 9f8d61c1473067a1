package io.levee.cli;

import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code levee actions list}: a guard's rules, how they stand, and what they did. */
@Command(
        name = "list",
        description = "Lists a guard's rules with their state, and what fired, newest first.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done",
            "1:an error in levee itself",
            "2:bad input, or not allowed",
            "50:the guard cannot be reached",
            Main.EXIT_OUTPUT_LOST
        })
final class ActionsListCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Option(
            names = "--most",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many entries of the record, at most; default 20.")
    private int most;

    @Option(names = "--json", description = "Print what GET /api/v1/actions answers.")
    private boolean asJson;

    @Override
    public Integer call() {
        JsonNode answer = guard.client().get("/api/v1/actions?most=" + most);
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.print(Json.line(answer));
            return Main.written(out, 0);
        }
        if (answer.path("rules").isEmpty()) {
            out.print("no rules: the guard reads them from actions.yaml in its folder of SLO documents\n");
        }
        answer.path("rules").forEach(rule -> out.print(rule(rule)));
        if (!answer.path("entries").isEmpty()) {
            out.print("\nwhat fired, newest first:\n");
        }
        Set<String> over = new HashSet<>();
        answer.path("entries").forEach(entry -> {
            out.print(entry(entry, over));
            if (!entry.path("kind").asString("").equals("action.fired")) {
                over.add(text(entry.path("data"), "id"));
            }
        });
        PrintWriter err = spec.commandLine().getErr();
        answer.path("problems").forEach(problem -> err.println(SloStatusCommand.problem(problem)));
        return Main.written(out, 0);
    }

    private static String rule(JsonNode rule) {
        String until = text(rule, "until");
        String why = text(rule, "why");
        return String.format(
                "%-28s %-8s %s%s%s%n    when %s%n    then %s%n",
                text(rule, "name"),
                text(rule, "state"),
                text(rule, "slo"),
                (until.isEmpty() ? "" : ", until " + until) + (why.isEmpty() ? "" : ": " + why),
                rule.path("dryRun").asBoolean(false) ? " (dry run)" : "",
                text(rule, "when"),
                text(rule, "then"));
    }

    private static String entry(JsonNode entry, Set<String> over) {
        JsonNode data = entry.path("data");
        String id = text(data, "id");
        boolean open = entry.path("kind").asString("").equals("action.fired") && !over.contains(id);
        StringBuilder line = new StringBuilder(String.format(
                "%s  %-14s %-24s", text(entry, "at"), text(entry, "kind").replace("action.", ""), text(data, "rule")));
        for (String field : new String[] {"action", "target", "reason", "text"}) {
            String value = text(data, field);
            line.append(value.isEmpty() ? "" : "  " + value);
        }
        if (open) {
            line.append("  id ").append(id).append(", until ").append(text(data, "until"));
        }
        return line.append('\n').toString();
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isMissingNode() || value.isNull() ? "" : value.asString();
    }
}
