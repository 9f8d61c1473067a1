package io.levee.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code levee gate approve}: a lead lets a paused release go on. */
@Command(
        name = "approve",
        description =
                "Lets a release go on that the gate paused. Takes a token of the lead role, and another one than asked first.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:approved",
            "1:an error in levee itself",
            "2:bad input, or not allowed",
            "50:the guard cannot be reached",
            Main.EXIT_OUTPUT_LOST
        })
final class GateApproveCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GateQuestion question = new GateQuestion();

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for the record.")
    @SuppressWarnings("NullAway.Init") // required
    private String reason;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "24h",
            description = "How long it holds, at most 28d; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String lasting;

    @Override
    public Integer call() {
        JsonNode entry = guard.client()
                .post(
                        "/api/v1/gate/approve",
                        question.json().put("reason", reason).put("for", lasting));
        PrintWriter out = spec.commandLine().getOut();
        out.print("approved by " + entry.path("actor").asString("") + " until "
                + entry.path("data").path("until").asString("") + ", entry "
                + entry.path("seq").asLong(0) + " of the record\n");
        return Main.written(out, 0);
    }
}
