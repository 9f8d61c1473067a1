package io.levee.cli;

import io.levee.story.Story;
import io.levee.story.StoryOptions;
import io.levee.story.StoryReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** Tells {@code levee demo --story}: the lines of the play, then a table. */
final class StoryTeller {
    private static final String ROW = "%-44s %14s %14s%n";

    private final CommandLine command;
    private final boolean asJson;
    private final boolean stay;

    StoryTeller(CommandLine command, boolean asJson, boolean stay) {
        this.command = command;
        this.asJson = asJson;
        this.stay = stay;
    }

    int tell() throws InterruptedException {
        PrintWriter out = command.getOut();
        PrintWriter lines = asJson ? command.getErr() : out;
        try (Story story = Story.begin(StoryOptions.standard(Main.class.getName()), line -> {
            lines.println(line);
            lines.flush();
        })) {
            // Ctrl-C ends the processes by themselves; the folder and the guard's database are this one's.
            Runtime.getRuntime().addShutdownHook(new Thread(story::close, "levee-story-end"));
            lines.println("The guard's pages: " + story.console() + "/");
            lines.println("  log in with " + story.token());
            lines.flush();
            StoryReport report = story.play();
            if (asJson) {
                out.println(JsonMapper.builder().build().writeValueAsString(report));
            } else {
                print(out, report);
            }
            out.flush();
            if (stay) {
                lines.println("The pages stay open until Ctrl-C.");
                lines.flush();
                new CountDownLatch(1).await();
            }
            return Main.written(out, 0);
        } catch (IOException cannot) {
            command.getErr().println("levee demo --story: " + cannot.getMessage());
            return Main.INTERNAL_ERROR;
        }
    }

    private static void print(PrintWriter out, StoryReport report) {
        StoryReport.Side before = report.before();
        StoryReport.Side after = report.after();
        out.println();
        out.format(Locale.ROOT, ROW, "", "as it was", "with Levee");
        out.format(Locale.ROOT, ROW, "orders", before.orders(), after.orders());
        out.format(Locale.ROOT, ROW, "orders that failed", before.failed(), after.failed());
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
        out.println(
                report.gateExitCode() == 20
                        ? "The gate aborted the canary and rolled it back after " + report.abortedAfterMs() + " ms."
                        : "The gate did not abort: it ended with exit code " + report.gateExitCode() + ".");
        out.println("The curve with the incident's pin: " + report.curve());
        if (report.trace() != null) {
            out.println("One of its failures: " + report.trace());
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
