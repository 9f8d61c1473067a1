package io.levee.cli;

import picocli.CommandLine.Command;

/** {@code levee slo}: error budgets and the documents that promise them. */
@Command(
        name = "slo",
        description = "Error budgets, and the OpenSLO documents that promise them.",
        mixinStandardHelpOptions = true,
        subcommands = {BudgetCommand.class, ValidateCommand.class, RulesCommand.class, SloStatusCommand.class})
final class SloCommand extends CommandGroup {}
