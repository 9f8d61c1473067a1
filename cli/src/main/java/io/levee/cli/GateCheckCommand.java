package io.levee.cli;

import io.levee.guard.slo.gate.Decision;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.EventTally;
import io.levee.guard.slo.gate.Question;
import io.levee.guard.slo.impact.ImpactReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code levee gate check}: one release, one environment, one answer. */
@Command(
        name = "check",
        description = "Says whether a release may go on. The exit code is the answer.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:pass",
            "1:an error in levee itself",
            "2:bad input",
            "10:pause: staging spent more than its limit; somebody with the lead role decides",
            "20:abort: the canary spent more than its limit; roll back",
            "30:production spends something new; attach an SLO impact report",
            "40:hold: not enough data",
            "50:the guard cannot be reached, and --unreachable is hold",
            Main.EXIT_OUTPUT_LOST
        })
final class GateCheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GateInput input = new GateInput();

    @Option(names = "--env", required = true, paramLabel = "ENV", description = "staging, canary or production.")
    @SuppressWarnings("NullAway.Init") // required
    private String environment;

    @Option(names = "--release", required = true, paramLabel = "ID", description = "Which release.")
    @SuppressWarnings("NullAway.Init") // required
    private String release;

    @Option(
            names = "--events",
            paramLabel = "FILE",
            description = "Decide from this file, without a guard: the events of the window, of all releases; NDJSON,"
                    + " see docs/gate.md.")
    private @Nullable Path events;

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Option(
            names = "--unreachable",
            paramLabel = "RULE",
            description = "If the guard cannot be reached: hold (exit code 50) or pass (exit code 0, and says so);"
                    + " default: pass in staging, hold in canary and production.")
    private @Nullable String unreachable;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "As of when, such as 2026-11-25T10:00:00Z; default: the time of the objective's last event.")
    private @Nullable String at;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "The SLO impact report in JSON (levee report impact --json), for production.")
    private @Nullable Path report;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean asJson;

    @Override
    public Integer call() {
        Environment where = Given.option("--env", environment, Environment::parse);
        Path file = events;
        return file == null ? askGuard(where) : decide(where, file);
    }

    private Integer askGuard(Environment where) {
        if (!input.isEmpty() || at != null || report != null) {
            throw new UserError(
                    "--slo-file, --at and --report go with --events; a guard has its own files and time, and"
                            + " takes reports by: levee gate attach-report");
        }
        GateAnswer.Unreachable.of(unreachable, where);
        ObjectNode question = Json.object();
        question.put("slo", input.name()).put("environment", where.toString()).put("release", release);
        if (input.unit() != null) {
            question.put("unit", input.unit());
        }
        if (input.minimum() != null) {
            question.put("minimum", input.minimum());
        }
        GateAnswer answer = GateAnswer.ask(guard.client(), question, where, unreachable);
        PrintWriter out = spec.commandLine().getOut();
        answer.print(out, asJson);
        return Main.written(out, answer.exitCode());
    }

    private Integer decide(Environment where, Path file) {
        if (guard.isGiven() || unreachable != null) {
            throw new UserError("--events decides from a file; leave out --guard and --unreachable, or --events");
        }
        Instant asked = at == null ? null : Given.option("--at", at, GateCheckCommand::instant);
        EventTally tally = input.read(file);
        boolean attached = report != null && isAttached(report);
        Instant last = tally.last();
        Instant when = asked != null ? asked : last != null ? last : Instant.EPOCH;
        Decision decision = input.decide(tally, new Question(input.name(), where, release, when, attached));
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.print(Json.line(Json.mapper().valueToTree(decision.toMap())));
        } else {
            out.print(decision.answer() + ": " + decision.reason() + '\n');
            decision.notes().forEach(note -> out.print("  " + note + '\n'));
            if (!decision.traces().isEmpty()) {
                out.print("  traces of failures: " + String.join(", ", decision.traces()) + '\n');
            }
        }
        return Main.written(out, decision.answer().exitCode());
    }

    static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is no instant; write such as 2026-11-25T10:00:00Z", e);
        }
    }

    private boolean isAttached(Path file) {
        JsonNode json;
        try {
            json = ExplainCommand.read(Json.mapper(), Files.readString(file));
        } catch (IOException e) {
            throw Inputs.unreadable(file.toString(), e);
        } catch (JacksonException e) {
            throw new UserError("--report: " + file + " is no JSON: " + e.getOriginalMessage());
        }
        if (!ImpactReport.KIND.equals(json.path("kind").asString(""))) {
            throw new UserError(
                    "--report: " + file + " is no SLO impact report; make one with: levee report impact --json");
        }
        check(file, "slo", json, input.name());
        check(file, "release", json, release);
        return true;
    }

    private static void check(Path file, String field, JsonNode json, String wanted) {
        String written = json.path(field).asString("");
        if (!written.equals(wanted)) {
            throw new UserError(
                    "--report: " + file + " is about " + field + " '" + written + "', not '" + wanted + "'");
        }
    }
}
