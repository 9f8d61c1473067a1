package io.levee.cli;

import io.levee.lab.storm.Scenario;
import io.levee.lab.tune.PolicyText;
import io.levee.lab.tune.Trial;
import io.levee.lab.tune.TuneJson;
import io.levee.lab.tune.TuneText;
import io.levee.lab.tune.Tuner;
import io.levee.lab.tune.Tuning;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code levee tune}: the settings with which the most calls survive a storm. */
@Command(
        name = "tune",
        description = {
            "Looks for the settings with which the most calls succeed in a storm while the attempts for each call stay"
                    + " bounded; prints what nothing else beats, and writes the best as a policy file.",
            "The same scenario, seed and number of trials give the same file. What is best for one storm may fail in"
                    + " another: run it through them all (levee storm --policy)."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:a policy within the bound was written",
            "1:none keeps to the bound (the nearest was written), or an error in levee itself",
            "2:a wrong option or scenario, or a file that cannot be written",
            Main.EXIT_OUTPUT_LOST
        })
final class TuneCommand implements Callable<Integer> {
    private static final int BEYOND_THE_BOUND = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--scenario",
            paramLabel = "NAME|FILE",
            defaultValue = "brownout",
            description = "One that comes with levee (default brownout), or a YAML file. See levee storm --list.")
    private String scenario = "brownout";

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed; default 1.")
    private long seed;

    @Option(
            names = "--trials",
            paramLabel = "N",
            defaultValue = "60",
            description = "How many policies to try; default 60, at most 10000.")
    private int trials;

    @Option(
            names = "--amplification",
            paramLabel = "X",
            defaultValue = "1.25",
            description = "The most attempts for each call; default 1.25.")
    private double amplification;

    @Option(
            names = "--at-most",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "Ends the search after this time, with what was found until then; default 600.")
    private int atMost;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "levee-tuned.yaml",
            description = "Where the policy file is written to; default levee-tuned.yaml.")
    private Path policy = Path.of("levee-tuned.yaml");

    @Option(names = "--force", description = "Replace a file that is there already.")
    private boolean force;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean asJson;

    @Override
    public Integer call() {
        if (atMost < 1) {
            throw new UserError("--at-most must be 1 or more, is " + atMost);
        }
        if (!force && Files.exists(policy)) {
            throw new UserError("--out: " + policy + " is there already; name another file, or give --force");
        }
        Tuning tuning = tuned();
        Scenario storm = tuning.scenario();
        String text = PolicyText.of(
                storm.services().get(storm.services().size() - 1).name(),
                comments(tuning),
                tuning.best().settings());
        OpenOption[] how =
                force ? new OpenOption[0] : new OpenOption[] {StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE};
        Outputs.write("--out", policy, file -> file.write(text.getBytes(StandardCharsets.UTF_8)), how);
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.print(JsonMapper.shared().writeValueAsString(TuneJson.of(tuning)) + '\n');
        } else {
            out.print(TuneText.of(tuning) + "\nwritten to " + policy + "; what it does in other storms:\n"
                    + "    ./levee storm --policy " + policy + " --clients levee,policy:"
                    + storm.services().get(storm.services().size() - 1).name() + " --scenario ...\n");
        }
        return Main.written(out, tuning.withinBound() ? 0 : BEYOND_THE_BOUND);
    }

    private Tuning tuned() {
        long start = System.nanoTime();
        long most = TimeUnit.SECONDS.toNanos(atMost);
        PrintWriter err = spec.commandLine().getErr();
        DoubleConsumer progress = asJson ? share -> {} : ProgressBar.onTerminal(err);
        try {
            return Tuner.run(
                    Scenarios.named(scenario),
                    seed,
                    amplification,
                    trials,
                    () -> System.nanoTime() - start > most,
                    progress);
        } catch (IllegalArgumentException e) {
            throw new UserError("levee tune: " + e.getMessage());
        }
    }

    private List<String> comments(Tuning tuning) {
        Trial best = tuning.best();
        return List.of(
                "Found by " + Outputs.commandLine(spec),
                String.format(
                        Locale.ROOT,
                        "trial %d of %d: %.2f %% of the calls succeed, %.3f attempts a call (defaults: %.2f %%, %.3f)",
                        best.number(),
                        tuning.trials().size(),
                        100 * best.result().successRate(),
                        best.result().amplification(),
                        100 * tuning.trials().get(0).result().successRate(),
                        tuning.trials().get(0).result().amplification()));
    }
}
