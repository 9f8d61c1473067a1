package io.levee.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code levee actions}: what a guard does by itself when a budget burns. */
@Command(
        name = "actions",
        description =
                "The rules by which a guard acts when a budget burns: checks them, lists them, takes back what fired.",
        mixinStandardHelpOptions = true,
        subcommands = {ActionsCheckCommand.class, ActionsListCommand.class, ActionsUndoCommand.class})
final class ActionsCommand implements Runnable {
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
