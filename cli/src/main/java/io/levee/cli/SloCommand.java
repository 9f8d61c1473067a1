package io.levee.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code levee slo}: error budgets and the documents that promise them. */
@Command(
        name = "slo",
        description = "Error budgets, and the OpenSLO documents that promise them.",
        mixinStandardHelpOptions = true,
        subcommands = {BudgetCommand.class, ValidateCommand.class, RulesCommand.class, SloStatusCommand.class})
final class SloCommand implements Runnable {
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
