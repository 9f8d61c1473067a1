package io.levee.cli;

import picocli.CommandLine.Command;

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
final class ReviewCommand extends CommandGroup {}
