package io.levee.cli;

import io.levee.guard.slo.gate.Decision;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.EventTally;
import io.levee.guard.slo.gate.Question;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** {@code levee gate replay}: what the gate would have said of past releases. */
@Command(
        name = "replay",
        description =
                "Says what the gate would have answered for past releases, to try limits before they hold anything.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done, whatever the answers",
            "1:an error in levee itself",
            "2:bad input",
            Main.EXIT_OUTPUT_LOST
        })
final class GateReplayCommand implements Callable<Integer> {
    private static final Set<String> FIELDS = Set.of("release", "environment", "at");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GateInput input = new GateInput();

    @Option(
            names = "--events",
            required = true,
            paramLabel = "FILE",
            description = "The events of all releases: NDJSON, see docs/gate.md.")
    @SuppressWarnings("NullAway.Init") // required
    private Path events;

    @Option(
            names = "--releases",
            required = true,
            paramLabel = "FILE",
            description = "One JSON object a line: release, environment, at (when it came to the gate).")
    @SuppressWarnings("NullAway.Init") // required
    private Path releases;

    @Option(names = "--json", description = "Print one JSON object a line.")
    private boolean asJson;

    @Override
    public Integer call() {
        List<Question> questions = new ArrayList<>();
        GateInput.lines(releases, text -> questions.add(question(text)));
        EventTally tally = input.read(events);
        PrintWriter out = spec.commandLine().getOut();
        for (Question question : questions) {
            Decision decision = input.decide(tally, question);
            out.print(
                    asJson
                            ? Json.line(Json.mapper().valueToTree(decision.toMap()))
                            : String.format(
                                    Locale.ROOT,
                                    "%-24s %-10s %-16s %-6s %s\n",
                                    question.at(),
                                    question.environment(),
                                    question.release(),
                                    decision.answer(),
                                    decision.reason()));
        }
        return Main.written(out, 0);
    }

    private Question question(String line) {
        JsonNode json;
        try {
            json = ExplainCommand.read(Json.mapper(), line);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("is no JSON: " + e.getOriginalMessage(), e);
        }
        if (!json.isObject()) {
            throw new IllegalArgumentException("must be a JSON object with release, environment and at");
        }
        json.propertyNames().forEach(field -> {
            if (!FIELDS.contains(field)) {
                throw new IllegalArgumentException(
                        "field '" + field + "' is not known; known: release, environment, at");
            }
        });
        return new Question(
                input.name(),
                Environment.parse(text(json, "environment")),
                text(json, "release"),
                GateCheckCommand.instant(text(json, "at")),
                false);
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.get(field);
        if (value == null || !value.isString()) {
            throw new IllegalArgumentException(field + " is missing, or no text in quotes");
        }
        return value.asString();
    }
}
