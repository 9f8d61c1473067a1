package io.levee.cli;

import picocli.CommandLine.Command;

/** {@code levee report}: pages for people who decide. */
@Command(
        name = "report",
        description = "Writes reports for people who decide.",
        mixinStandardHelpOptions = true,
        subcommands = {ImpactCommand.class})
final class ReportCommand extends CommandGroup {}
