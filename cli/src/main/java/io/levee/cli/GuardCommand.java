package io.levee.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code levee guard}: the service. */
@Command(
        name = "guard",
        description = "The service: takes events in, reckons error budgets, decides at the gate, and shows it all.",
        mixinStandardHelpOptions = true,
        subcommands = GuardServeCommand.class)
final class GuardCommand implements Runnable {
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
