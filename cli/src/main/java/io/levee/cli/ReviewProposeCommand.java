package io.levee.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code levee review propose}: a new target, to be voted on. */
@Command(
        name = "propose",
        description = "Proposes a target that five roles vote on.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done",
            "1:an error in levee itself",
            "2:bad input, or not allowed",
            "50:the guard cannot be reached",
            Main.EXIT_OUTPUT_LOST
        })
final class ReviewProposeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Option(
            names = "--month",
            required = true,
            paramLabel = "MONTH",
            description = "The month whose review it comes of.")
    @SuppressWarnings("NullAway.Init") // required
    private String month;

    @Option(names = "--slo", required = true, paramLabel = "NAME", description = "The objective.")
    @SuppressWarnings("NullAway.Init") // required
    private String slo;

    @Option(names = "--target", required = true, paramLabel = "T", description = "The new target: 99.95% or 0.9995.")
    @SuppressWarnings("NullAway.Init") // required
    private String target;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for the record.")
    @SuppressWarnings("NullAway.Init") // required
    private String reason;

    @Option(names = "--json", description = "Print the proposal as JSON.")
    private boolean asJson;

    @Override
    public Integer call() {
        JsonNode proposal = guard.client()
                .post(
                        "/api/v1/review/" + GuardClient.part(month) + "/proposals",
                        Json.object().put("slo", slo).put("to", target).put("reason", reason));
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.print(Json.line(proposal));
        } else {
            String id = proposal.path("id").asString("");
            out.print("proposal " + id + ": " + slo + " from "
                    + proposal.path("from").asString("") + " to "
                    + proposal.path("to").asString("") + ", to be voted on until "
                    + proposal.path("closes").asString("") + ":\n  levee review vote " + id
                    + " yes --role ROLE --reason TEXT\n");
        }
        return Main.written(out, 0);
    }
}
