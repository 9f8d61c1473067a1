package io.levee.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
final class GateCommand implements Runnable {
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
