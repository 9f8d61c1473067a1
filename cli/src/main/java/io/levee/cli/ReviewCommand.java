package io.levee.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code levee review}: were the targets right? */
@Command(
        name = "review",
        description =
                "The monthly review: minutes with trends, causes and tickets; proposals of targets, and votes on them.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ReviewPrepareCommand.class,
            ReviewImportTicketsCommand.class,
            ReviewProposeCommand.class,
            ReviewVoteCommand.class
        })
final class ReviewCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "which command? " + String.join(", ", spec.subcommands().keySet()));
    }
}
