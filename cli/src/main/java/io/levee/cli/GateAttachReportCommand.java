package io.levee.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code levee gate attach-report}: what a release is expected to cost, known and wanted. */
@Command(
        name = "attach-report",
        description = "Attaches an SLO impact report to the release and objective that it is about.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:attached",
            "1:an error in levee itself",
            "2:bad input",
            "50:the guard cannot be reached",
            Main.EXIT_OUTPUT_LOST
        })
final class GateAttachReportCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Parameters(
            paramLabel = "FILE",
            description = "The report: levee report impact --json > FILE. It names its release and objective.")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Override
    public Integer call() {
        JsonNode report;
        try {
            report = ExplainCommand.read(Json.mapper(), Files.readString(file));
        } catch (IOException e) {
            throw Inputs.unreadable(file.toString(), e);
        } catch (JacksonException e) {
            throw new UserError(file + " is no JSON: " + e.getOriginalMessage());
        }
        String slo = report.path("slo").asString("");
        String release = report.path("release").asString("");
        if (slo.isEmpty() || release.isEmpty()) {
            throw new UserError(
                    file + " names no 'slo' and 'release'; give the change a release:" + " levee report impact --json");
        }
        ObjectNode body = Json.object();
        body.put("slo", slo).put("release", release).set("report", report);
        JsonNode entry = guard.client().post("/api/v1/gate/reports", body);
        PrintWriter out = spec.commandLine().getOut();
        out.print("attached to " + slo + ", release " + release + ", entry "
                + entry.path("seq").asLong(0) + " of the record\n");
        return Main.written(out, 0);
    }
}
