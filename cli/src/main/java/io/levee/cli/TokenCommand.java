package io.levee.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code levee token}: who may ask a guard for what. */
@Command(
        name = "token",
        description = "Makes, lists and revokes a guard's tokens. Takes a token of the admin role.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TokenCommand.Create.class,
            TokenCommand.Listing.class,
            TokenCommand.Revoke.class,
            TokenResetAdminCommand.class
        })
final class TokenCommand extends CommandGroup {
    private static final String PATH = "/api/v1/tokens";

    /** Makes one. */
    @Command(
            name = "create",
            description = "Makes a token and prints it, alone and this once.",
            mixinStandardHelpOptions = true)
    static final class Create implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Mixin
        private final GuardOptions guard = new GuardOptions();

        @Parameters(paramLabel = "NAME", description = "What the record calls whoever uses it.")
        @SuppressWarnings("NullAway.Init") // required
        private String name;

        @Option(
                names = "--role",
                required = true,
                paramLabel = "ROLE",
                description = "ingest (sends events), viewer, release (asks the gate), lead (approves) or admin.")
        @SuppressWarnings("NullAway.Init") // required
        private String role;

        @Option(
                names = "--expires",
                paramLabel = "TIME",
                description = "How long it is good, such as 90d; default: until it is revoked.")
        private @Nullable String expires;

        @Override
        public Integer call() {
            ObjectNode body = Json.object();
            body.put("name", name).put("role", role);
            if (expires != null) {
                body.put("expires", expires);
            }
            PrintWriter out = spec.commandLine().getOut();
            out.print(guard.client().post(PATH, body).path("token").asString("") + '\n');
            return Main.written(out, 0);
        }
    }

    /** Lists them. */
    @Command(
            name = "list",
            description = "Lists the tokens that are good, without what they are.",
            mixinStandardHelpOptions = true)
    static final class Listing implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Mixin
        private final GuardOptions guard = new GuardOptions();

        @Option(names = "--json", description = "Print one JSON object.")
        private boolean asJson;

        @Override
        public Integer call() {
            JsonNode answer = guard.client().get(PATH);
            PrintWriter out = spec.commandLine().getOut();
            if (asJson) {
                out.print(Json.line(answer));
            } else {
                answer.path("tokens")
                        .forEach(token -> out.print(String.format(
                                "%s  %-24s %-8s issued %s by %s, expires %s%n",
                                token.path("id").asString(""),
                                token.path("name").asString(""),
                                token.path("role").asString(""),
                                token.path("issued").asString(""),
                                token.path("by").asString(""),
                                token.path("expires").isNull()
                                        ? "never"
                                        : token.path("expires").asString(""))));
            }
            return Main.written(out, 0);
        }
    }

    /** Ends one. */
    @Command(
            name = "revoke",
            description = "Revokes a token at once, with all sessions of browsers that it opened.",
            mixinStandardHelpOptions = true)
    static final class Revoke implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Mixin
        private final GuardOptions guard = new GuardOptions();

        @Parameters(paramLabel = "TOKEN", description = "Its id or its name.")
        @SuppressWarnings("NullAway.Init") // required
        private String token;

        @Override
        public Integer call() {
            guard.client().delete(PATH + "/" + GuardClient.part(token));
            PrintWriter out = spec.commandLine().getOut();
            out.print("revoked " + token + '\n');
            return Main.written(out, 0);
        }
    }
}
