package io.levee.cli;

import io.levee.guard.slo.Objective;
import io.levee.guard.slo.gate.Decision;
import io.levee.guard.slo.gate.EventMatcher;
import io.levee.guard.slo.gate.EventReader;
import io.levee.guard.slo.gate.EventTally;
import io.levee.guard.slo.gate.Gate;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Question;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Slo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands about gates read: documents, and events. */
final class GateInput {
    private static final int MOST_BAD_LINES = 20;

    @Option(names = "--slo", required = true, paramLabel = "NAME", description = "The objective's name.")
    @SuppressWarnings("NullAway.Init") // required
    private String name;

    @Option(
            names = "--slo-file",
            paramLabel = "FILE",
            description = "The OpenSLO file that has it; more than once for several.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--unit",
            paramLabel = "UNIT",
            description = "What limits are percentages of: total (events of the window) or budget. Overrides the file.")
    private @Nullable String unit;

    @Option(
            names = "--minimum",
            paramLabel = "N",
            description = "How many events of the release are enough data. Overrides the file.")
    private @Nullable Long minimum;

    private @Nullable Slo slo;
    private @Nullable GatePolicy policy;

    String name() {
        return name;
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    @Nullable
    String unit() {
        return unit;
    }

    @Nullable
    Long minimum() {
        return minimum;
    }

    /** Reads the documents, and the events of the objective. */
    EventTally read(Path events) {
        if (files.isEmpty()) {
            throw new UserError("--slo-file is missing: which OpenSLO file has '" + name + "'?");
        }
        Catalog catalog = SloFiles.read(files);
        Slo found = Given.option("--slo", name, catalog::slo);
        String refusal = found.gateRefusal();
        if (refusal != null) {
            throw new UserError(refusal);
        }
        EventMatcher matcher = Given.option("--slo", found, each -> each.matcher(catalog.sli(each)));
        slo = found;
        policy = policy(found.additions().gate());
        EventTally tally = new EventTally(matcher);
        lines(events, text -> tally.add(EventReader.read(text)));
        return tally;
    }

    private GatePolicy policy(GatePolicy policy) {
        GatePolicy withUnit = unit == null
                ? policy
                : Given.option(
                        "--unit",
                        unit,
                        text -> policy.withUnit(
                                switch (text) {
                                    case "total" -> GatePolicy.Unit.TOTAL;
                                    case "budget" -> GatePolicy.Unit.BUDGET;
                                    default ->
                                        throw new IllegalArgumentException(
                                                "'" + text + "' is no unit; write total or budget");
                                }));
        return minimum == null ? withUnit : Given.option("--minimum", minimum, withUnit::withMinimumEvents);
    }

    Slo slo() {
        return read(slo);
    }

    private static <T> T read(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("nothing was read yet");
        }
        return value;
    }

    Decision decide(EventTally tally, Question question) {
        GatePolicy limits = read(policy);
        for (int i = 0; i < slo().objectives().size(); i++) {
            Objective objective = slo().terms(i).objective();
            Given.option("--minimum", limits, each -> new Gate(each, objective));
        }
        return slo().decide(limits, question, terms -> tally.evidence(question, terms, limits));
    }

    /** Hands every line that is not blank to a reader, and names those that it refuses by their place. */
    static void lines(Path file, Consumer<String> reader) {
        List<String> bad = new ArrayList<>();
        try (Lines lines = new Lines(Inputs.open(file), () -> {})) {
            for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
                if (bad.size() >= MOST_BAD_LINES) {
                    bad.add("and more; mend these first");
                    break;
                }
                String problem = line.problem();
                if (problem == null && !line.text().isBlank()) {
                    try {
                        reader.accept(line.text());
                    } catch (IllegalArgumentException e) {
                        problem = e.getMessage();
                    }
                }
                if (problem != null) {
                    bad.add(file + ":" + line.number() + ": " + problem);
                }
            }
        } catch (IOException e) {
            throw Inputs.unreadable(file.toString(), e);
        }
        if (!bad.isEmpty()) {
            throw new UserError(String.join("\n", bad));
        }
    }
}
