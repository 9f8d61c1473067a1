package io.levee.cli;

import io.levee.config.PolicyFileException;
import io.levee.lab.storm.ScenarioFileException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code levee} command. Exit codes: 0 done, 1 an error in Levee itself, 2 bad input, 74 output lost. */
@Command(
        name = "levee",
        description = "Keeps a struggling dependency from being drowned by the clients that retry against it.",
        version = "levee 0.1.0-SNAPSHOT",
        mixinStandardHelpOptions = true,
        subcommands = {
            DemoCommand.class,
            ExplainCommand.class,
            LintCommand.class,
            SloCommand.class,
            GateCommand.class,
            GuardCommand.class,
            TokenCommand.class,
            ReportCommand.class,
            ReviewCommand.class,
            ActionsCommand.class,
            StormCommand.class,
            TuneCommand.class
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {"0:done", "1:an error in levee itself", "2:bad input", Main.EXIT_OUTPUT_LOST})
public final class Main extends CommandGroup {
    static final String EXIT_CODES = "%nExit codes:%n";
    static final String EXIT_OUTPUT_LOST = "74:the output could not be written";

    static final int INTERNAL_ERROR = 1;
    static final int BAD_INPUT = 2;
    /** EX_IOERR of sysexits.h, like the codes of the script that starts this. */
    static final int OUTPUT_LOST = 74;

    private Main() {}

    /**
     * Runs the command and ends the process with its exit code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        // A library of ours logs through SLF4J, which otherwise begins every command by saying that nobody listens.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        Output output = Output.standard();
        PrintWriter out = output.writer();
        int exit;
        try {
            exit = written(out, commandLine().setOut(out).execute(args));
        } catch (StackOverflowError | OutOfMemoryError tooMuch) {
            System.err.println("levee: internal error: " + tooMuch);
            exit = INTERNAL_ERROR;
        }
        String problem = output.problem();
        if (problem != null) {
            System.err.println("levee: cannot write standard output: " + problem);
        }
        System.exit(exit);
    }

    /** The exit code, unless what was printed did not arrive: who reads half an answer must be able to tell. */
    static int written(PrintWriter out, int exit) {
        return out.checkError() ? OUTPUT_LOST : exit;
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((e, line, parsed) -> report(e, line.getErr()));
    }

    /** One line for a person; the stack only for whoever asks for it. */
    private static int report(Exception e, PrintWriter err) {
        if (e instanceof GuardClient.Unreachable) {
            err.println(e.getMessage());
            return GateAnswer.UNREACHABLE;
        }
        if (e instanceof UserError || e instanceof PolicyFileException || e instanceof ScenarioFileException) {
            err.println(e.getMessage());
            return BAD_INPUT;
        }
        if (Boolean.getBoolean("levee.debug") || "1".equals(System.getenv("LEVEE_DEBUG"))) {
            e.printStackTrace(err);
        } else {
            err.println("levee: internal error: " + e + " (LEVEE_DEBUG=1 shows where)");
        }
        return INTERNAL_ERROR;
    }
}
