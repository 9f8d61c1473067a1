package io.levee.cli;

import io.levee.guard.server.GuardData;
import io.levee.guard.store.StoreException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code levee token reset-admin}: a way back in for whoever owns the data. */
@Command(
        name = "reset-admin",
        description =
                "Makes an admin token when the last one is lost, and prints it, alone and this once. Takes no token but"
                        + " the guard's folder, whose guard must be stopped, or its database, whose guards may run.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:made",
            "1:an error in levee itself",
            "2:bad input, or the store cannot be used, as while its guard runs",
            Main.EXIT_OUTPUT_LOST
        })
final class TokenResetAdminCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final StorePlace place = new StorePlace();

    @Option(names = "--revoke-others", description = "End all other admin tokens: somebody else may have found them.")
    private boolean revokeOthers;

    @Override
    public Integer call() {
        try (GuardData data = GuardData.open(place.settings())) {
            GuardData.Admin admin = data.resetAdmin(revokeOthers);
            PrintWriter out = spec.commandLine().getOut();
            out.print(admin.token() + '\n');
            out.flush();
            PrintWriter err = spec.commandLine().getErr();
            err.println("this is '" + admin.name() + "', and on the record");
            if (!admin.revoked().isEmpty()) {
                err.println("revoked: " + String.join(", ", admin.revoked()));
            }
            if (!admin.others().isEmpty()) {
                err.println("still good: " + String.join(", ", admin.others()) + "; levee token revoke NAME ends one");
            }
            return Main.written(out, 0);
        } catch (IllegalArgumentException | StoreException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }
}
