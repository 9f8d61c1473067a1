package io.levee.cli;

import io.levee.yaml.read.Durations;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code levee gate watch}: asks the gate again and again while a canary runs, and rolls back when it says so. */
@Command(
        name = "watch",
        description = "Asks the gate through a canary. On an abort it runs the roll-back once, records it and ends.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:at the end the gate says pass",
            "1:an error in levee itself",
            "2:bad input",
            "10,30,40:what the gate says at the end, as gate check has it",
            "20:abort: rolled back, unless the command failed, which is said",
            "50:at the end the guard cannot be reached",
            Main.EXIT_OUTPUT_LOST
        })
final class GateWatchCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GateQuestion question = new GateQuestion();

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Option(
            names = "--until",
            paramLabel = "TIME",
            defaultValue = "30m",
            description = "How long to watch; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String until;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How often to ask; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String every;

    @Option(names = "--rollback", paramLabel = "CMD", description = "What to run on an abort, with sh -c.")
    private @Nullable String rollback;

    @Option(
            names = "--rollback-timeout",
            paramLabel = "TIME",
            defaultValue = "10m",
            description = "How long it may take; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String rollbackTimeout;

    @Option(
            names = "--unreachable",
            paramLabel = "RULE",
            description = "hold or pass: what it means if the guard cannot be reached at the end; see gate check.")
    private @Nullable String unreachable;

    @Override
    public Integer call() throws InterruptedException {
        Duration watching = positive("--until", until);
        Duration pause = positive("--every", every);
        Duration longest = positive("--rollback-timeout", rollbackTimeout);
        ObjectNode asked = question.json().put("caller", "watch");
        GuardClient client = guard.client();
        PrintWriter out = spec.commandLine().getOut();
        long end = System.nanoTime() + watching.toNanos();
        String before = "";
        while (true) {
            GateAnswer answer = GateAnswer.ask(client, asked, question.environment(), unreachable);
            String line = answer.decision() + ": " + answer.reason();
            if (!line.equals(before)) {
                out.print(Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS) + "  " + line + '\n');
                out.flush();
                before = line;
            }
            if (answer.exitCode() == GateAnswer.ABORT) {
                rollBack(client, out, longest);
                return Main.written(out, GateAnswer.ABORT);
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                return Main.written(out, answer.exitCode());
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(left, pause.toNanos()));
        }
    }

    private void rollBack(GuardClient client, PrintWriter out, Duration longest) {
        PrintWriter err = spec.commandLine().getErr();
        String command = rollback;
        if (command == null) {
            err.println("no --rollback was given; roll the release back now");
            return;
        }
        RollBack done = RollBack.run(command, longest);
        out.print("ran the roll-back, exit code " + done.exitCode() + ": " + command + '\n');
        if (done.exitCode() != 0) {
            err.println("the roll-back FAILED; the release is still there. It printed:\n" + done.output());
        }
        ObjectNode body = question.json();
        body.put("command", command).put("exitCode", done.exitCode()).put("output", done.output());
        try {
            client.post("/api/v1/gate/rollback", body);
        } catch (GuardClient.Unreachable | UserError e) {
            err.println("the roll-back is not on the record: " + e.getMessage());
        }
    }

    private static Duration positive(String option, String text) {
        Duration duration = Given.option(option, text, Durations::parse);
        if (duration.isZero() || duration.isNegative()) {
            throw new UserError(option + ": must be above 0, is " + text);
        }
        return duration;
    }
}
