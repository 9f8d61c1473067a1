package io.levee.cli;

import picocli.CommandLine.Command;

/** {@code levee guard}: the service. */
@Command(
        name = "guard",
        description = "The service: takes events in, reckons error budgets, decides at the gate, and shows it all.",
        mixinStandardHelpOptions = true,
        subcommands = {GuardServeCommand.class, GuardImportCommand.class})
final class GuardCommand extends CommandGroup {}
