package io.levee.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code levee actions undo}: takes back what a rule did. */
@Command(
        name = "undo",
        description = "Takes back what a rule did. Takes a token of the lead role.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done",
            "1:an error in levee itself",
            "2:bad input, not allowed, or it has ended already",
            "50:the guard cannot be reached",
            Main.EXIT_OUTPUT_LOST
        })
final class ActionsUndoCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Parameters(
            paramLabel = "ID",
            description = "An action's id, or that of a whole firing, as levee actions list has it.")
    @SuppressWarnings("NullAway.Init") // required
    private String id;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for the record.")
    @SuppressWarnings("NullAway.Init") // required
    private String reason;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean asJson;

    @Override
    public Integer call() {
        JsonNode answer = guard.client()
                .post(
                        "/api/v1/actions/" + GuardClient.part(id) + "/undo",
                        Json.object().put("reason", reason));
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.print(Json.line(answer));
        } else {
            answer.path("undone").forEach(each -> out.print("undone " + each.asString() + '\n'));
        }
        return Main.written(out, 0);
    }
}
