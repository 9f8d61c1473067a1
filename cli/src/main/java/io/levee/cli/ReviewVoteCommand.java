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

/** {@code levee review vote}: one of five. */
@Command(
        name = "vote",
        description = "Votes on a proposed target for one of five roles. Four yes change it from the next period on.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done",
            "1:an error in levee itself",
            "2:bad input, or not allowed",
            "50:the guard cannot be reached",
            Main.EXIT_OUTPUT_LOST
        })
final class ReviewVoteCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Parameters(index = "0", paramLabel = "ID", description = "The proposal's id.")
    @SuppressWarnings("NullAway.Init") // required
    private String id;

    @Parameters(index = "1", paramLabel = "VOTE", description = "yes or no.")
    @SuppressWarnings("NullAway.Init") // required
    private String vote;

    @Option(
            names = "--role",
            required = true,
            paramLabel = "ROLE",
            description = "product, development, sre, support or operations.")
    @SuppressWarnings("NullAway.Init") // required
    private String role;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for the record.")
    @SuppressWarnings("NullAway.Init") // required
    private String reason;

    @Option(names = "--json", description = "Print the proposal as JSON.")
    private boolean asJson;

    @Override
    public Integer call() {
        JsonNode proposal = guard.client()
                .post(
                        "/api/v1/review/proposals/" + GuardClient.part(id) + "/votes",
                        Json.object().put("role", role).put("vote", vote).put("reason", reason));
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.print(Json.line(proposal));
            return Main.written(out, 0);
        }
        String result = proposal.path("result").asString("");
        out.print((result.isEmpty() ? "open" : result) + ": "
                + proposal.path("yes").asInt(0) + " yes, " + proposal.path("no").asInt(0) + " no of 5; "
                + proposal.path("needed").asInt(0) + " yes are needed\n");
        if (result.equals("accepted")) {
            out.print("in force from " + proposal.path("closes").asString("")
                    + " on, once this is applied to the OpenSLO file:\n"
                    + proposal.path("diff").asString(""));
        }
        return Main.written(out, 0);
    }
}
