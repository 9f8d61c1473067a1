package io.levee.cli;

import picocli.CommandLine.Command;

/** {@code levee gate}: may a release go on? */
@Command(
        name = "gate",
        description = "Says whether a release may go on, from what it cost the error budget.",
        mixinStandardHelpOptions = true,
        subcommands = {
            GateCheckCommand.class,
            GateWatchCommand.class,
            GateApproveCommand.class,
            GateAttachReportCommand.class,
            GateReplayCommand.class
        })
final class GateCommand extends CommandGroup {}
