package io.levee.cli;

import picocli.CommandLine.Command;

/** {@code levee actions}: what a guard does by itself when a budget burns. */
@Command(
        name = "actions",
        description =
                "The rules by which a guard acts when a budget burns: checks them, lists them, takes back what fired.",
        mixinStandardHelpOptions = true,
        subcommands = {ActionsCheckCommand.class, ActionsListCommand.class, ActionsUndoCommand.class})
final class ActionsCommand extends CommandGroup {}
