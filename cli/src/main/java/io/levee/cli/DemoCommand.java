package io.levee.cli;

import io.levee.lab.demo.Demo;
import io.levee.lab.demo.DemoOptions;
import io.levee.lab.demo.DemoReport;
import io.levee.lab.demo.ProgressView;
import io.levee.lab.demo.ReportText;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code levee demo}: an incident with and without Levee and the guard; with {@code --loop} two clients side by side. */
@Command(
        name = "demo",
        description = {
            "Plays an incident with real processes, without and with Levee and the guard: a release breaks a contract, the"
                    + " gate aborts its canary, and the guard's pages show it. One to two minutes.",
            "On a terminal the pages then stay open until Enter; elsewhere it ends by itself.",
            "With --loop: the same load through a naive retry loop and through Levee, to a service that fails (47 %%"
                    + " errors, down, slow). Draws on a terminal; elsewhere, or with NO_COLOR set, it writes lines of progress"
                    + " to standard error."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:it ran",
            "1:it could not (no loopback, no free port)",
            "2:a wrong option",
            Main.EXIT_OUTPUT_LOST,
            "130:Ctrl-C"
        })
final class DemoCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--story", description = "Play the incident, which is what happens without it too.")
    private boolean story;

    @Option(names = "--stay", description = "Keep the guard's pages open until Ctrl-C, without a terminal as well.")
    private boolean stay;

    @Option(names = "--loop", description = "Play two clients against one failing service instead; 30 seconds.")
    private boolean loop;

    @Option(names = "--seconds", paramLabel = "N", description = "How long --loop is, which need not be given then.")
    private @Nullable Integer seconds;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean asJson;

    @Override
    public Integer call() throws InterruptedException {
        if (!loop && seconds == null) {
            return new StoryTeller(spec.commandLine(), asJson, ending()).tell();
        }
        if (story) {
            throw new UserError("--story: not together with --loop or --seconds, its length; leave one of them out");
        }
        if (stay) {
            throw new UserError("--stay: --loop has no pages to keep open; leave one of them out");
        }
        DemoOptions options;
        try {
            options =
                    new DemoOptions(seconds == null ? DemoOptions.DEFAULT_SECONDS : seconds, DemoOptions.DEFAULT_SEED);
        } catch (IllegalArgumentException e) {
            throw new UserError("--seconds: " + e.getMessage());
        }
        DemoReport report;
        try {
            report = Demo.run(options, view());
        } catch (IOException cannotListen) {
            spec.commandLine().getErr().println("levee demo: " + cannotListen.getMessage());
            return Main.INTERNAL_ERROR;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.println(JsonMapper.builder().build().writeValueAsString(report));
        } else {
            out.println();
            out.print(ReportText.of(report));
        }
        return Main.written(out, 0);
    }

    private StoryTeller.Ending ending() {
        return stay
                ? StoryTeller.Ending.STAY
                : isTerminal() && !asJson ? StoryTeller.Ending.ASK : StoryTeller.Ending.LEAVE;
    }

    /** Standard output belongs to the result; only a terminal gets the picture there as well. */
    private ProgressView view() {
        String noColour = System.getenv("NO_COLOR");
        boolean plain = noColour != null && !noColour.isEmpty(); // no-color.org: set and not empty
        return asJson || plain || !isTerminal()
                ? ProgressView.lines(System.err)
                : ProgressView.live(System.out, drawsBlocks());
    }

    /** Whether the encoding of standard output has block characters. */
    private static boolean drawsBlocks() {
        // The first name is that of JDK 19 and later, the second one that of earlier ones.
        String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
        try {
            Charset encoding = name == null ? Charset.defaultCharset() : Charset.forName(name);
            return encoding.canEncode() && encoding.newEncoder().canEncode('\u2581');
        } catch (IllegalArgumentException unknownEncoding) {
            return false;
        }
    }

    /** From JDK 22 on there is a console without a terminal too, and a method that tells. */
    @SuppressWarnings("SystemConsoleNull") // null is what the older ones answer
    static boolean isTerminal() {
        Console console = System.console();
        if (console == null || Runtime.version().feature() < 22) {
            return console != null;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
