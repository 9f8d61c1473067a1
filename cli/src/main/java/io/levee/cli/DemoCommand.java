package io.levee.cli;

import io.levee.lab.demo.Demo;
import io.levee.lab.demo.DemoOptions;
import io.levee.lab.demo.DemoReport;
import io.levee.lab.demo.ProgressView;
import io.levee.lab.demo.ReportText;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code levee demo}: a naive retry loop and Levee under the same fault, side by side. */
@Command(
        name = "demo",
        description = "Guards real HTTP calls against a failing service, beside a naive retry loop.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "30", description = "How long; default 30.")
    private int seconds;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean asJson;

    @Override
    public Integer call() throws IOException, InterruptedException {
        DemoOptions options;
        try {
            options = new DemoOptions(seconds, DemoOptions.DEFAULT_SEED);
        } catch (IllegalArgumentException e) {
            throw new UserError("--seconds: " + e.getMessage());
        }
        boolean terminal = isTerminal() && !asJson;
        DemoReport report = Demo.run(
                options,
                asJson
                        ? ProgressView.none()
                        : terminal ? ProgressView.live(System.out, true) : ProgressView.lines(System.out));
        PrintWriter out = spec.commandLine().getOut();
        out.println(asJson ? JsonMapper.builder().build().writeValueAsString(report) : ReportText.of(report));
        out.flush();
        return 0;
    }

    /** From JDK 22 on there is a console without a terminal too, and a method that tells. */
    @SuppressWarnings("SystemConsoleNull") // null is what the older ones answer
    private static boolean isTerminal() {
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
