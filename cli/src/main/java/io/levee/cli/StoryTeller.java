package io.levee.cli;

import io.levee.story.Story;
import io.levee.story.StoryOptions;
import io.levee.story.StoryReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** Tells {@code levee demo}: the lines of the play, then a table and what it means. */
final class StoryTeller {
    private static final String ROW = "%-44s %16s %16s%n";
    private static final double MILLIS = 1_000;

    /** What becomes of the guard's pages when the play is over. */
    enum Ending {
        /** They close. */
        LEAVE,
        /** They close when somebody presses Enter. */
        ASK,
        /** They stay until the process is ended. */
        STAY
    }

    private final CommandLine command;
    private final boolean asJson;
    private final Ending ending;
    private final long begin = System.nanoTime();

    StoryTeller(CommandLine command, boolean asJson, Ending ending) {
        this.command = command;
        this.asJson = asJson;
        this.ending = ending;
    }

    int tell() throws InterruptedException {
        PrintWriter out = command.getOut();
        say("An incident with real processes, without and with Levee and the guard: 1 to 2 minutes.");
        try (Story story = Story.begin(StoryOptions.standard(Main.class.getName()), this::say)) {
            // Ctrl-C ends the processes by themselves; the folder and the guard's database are this one's.
            Runtime.getRuntime().addShutdownHook(new Thread(story::close, "levee-story-end"));
            say("The guard's pages: " + story.signIn());
            say("  (the token stands in the address: " + story.token() + ")");
            StoryReport report = story.play();
            if (asJson) {
                out.println(JsonMapper.builder().build().writeValueAsString(report));
            } else {
                print(out, report);
            }
            int exitCode = Main.written(out, 0);
            stay();
            return exitCode;
        } catch (IOException cannot) {
            command.getErr().println("levee demo: " + cannot.getMessage());
            return Main.INTERNAL_ERROR;
        }
    }

    /** A line of the play, with the seconds since it began. */
    private void say(String line) {
        PrintWriter lines = asJson ? command.getErr() : command.getOut();
        lines.format("%3d s  %s%n", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin), line);
        lines.flush();
    }

    private void stay() throws IOException, InterruptedException {
        PrintWriter lines = asJson ? command.getErr() : command.getOut();
        switch (ending) {
            case LEAVE -> {}
            case ASK -> {
                lines.println("The pages stay open until you press Enter, or Ctrl-C.");
                lines.flush();
                for (int read = System.in.read(); read != '\n' && read >= 0; read = System.in.read()) {
                    // What was typed during the play and has no end yet.
                }
            }
            case STAY -> {
                lines.println("The pages stay open until Ctrl-C.");
                lines.flush();
                new CountDownLatch(1).await();
            }
        }
    }

    private static void print(PrintWriter out, StoryReport report) {
        StoryReport.Side before = report.before();
        StoryReport.Side after = report.after();
        out.println();
        out.format(Locale.ROOT, ROW, "", "without Levee", "with Levee");
        out.format(Locale.ROOT, ROW, "orders", before.orders(), after.orders());
        out.format(Locale.ROOT, ROW, "orders that failed", failed(before), failed(after));
        out.format(
                Locale.ROOT,
                ROW,
                "reservations asked of inventory, per order",
                number(before.reservationsPerOrder()),
                number(after.reservationsPerOrder()));
        out.format(
                Locale.ROOT,
                ROW,
                "error budget of 4 weeks used, percent",
                number(before.budgetUsedPercent()),
                number(after.budgetUsedPercent()));
        out.format(
                Locale.ROOT,
                ROW,
                "left of it, ms",
                Math.round(before.budgetLeftMs()),
                Math.round(after.budgetLeftMs()));
        out.println();
        if (report.gateExitCode() == GateAnswer.ABORT) {
            out.format(
                    Locale.ROOT,
                    "The gate aborted the canary (exit code 20) and rolled it back %.1f s after its first traffic.%n",
                    report.abortedAfterMs() / MILLIS);
        } else {
            out.println("The gate did not abort: it ended with exit code " + report.gateExitCode() + ".");
        }
        out.println("The curve with the incident's pin:  " + report.curve());
        if (report.trace() != null) {
            out.println("A trace of one failed order:        " + report.trace());
        }
    }

    private static String failed(StoryReport.Side side) {
        return String.format(
                Locale.ROOT,
                "%d (%.1f %%)",
                side.failed(),
                side.orders() == 0 ? 0 : 100.0 * side.failed() / side.orders());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
