package io.levee.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code levee review import-tickets}: what customers wrote, for the review. */
@Command(
        name = "import-tickets",
        description = "Gives customer tickets to the guard, in CSV or JSON; a file may be given again.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done",
            "1:an error in levee itself",
            "2:bad input, or not allowed",
            "50:the guard cannot be reached",
            Main.EXIT_OUTPUT_LOST
        })
final class ReviewImportTicketsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Parameters(
            paramLabel = "FILE",
            description = "The tickets: id, time, text and perhaps service; see docs/review.md.")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Option(names = "--json", description = "Print the guard's answer.")
    private boolean asJson;

    @Override
    public Integer call() {
        JsonNode kept = send(guard.client(), file);
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.print(Json.line(kept));
        } else {
            out.print(kept.path("read").asInt(0) + " tickets read, "
                    + kept.path("added").asInt(0) + " of them new; months: " + texts(kept.path("months")) + '\n');
            warn(kept, spec.commandLine().getErr());
        }
        return Main.written(out, 0);
    }

    static JsonNode send(GuardClient client, Path file) {
        return client.post("/api/v1/review/tickets", "text/plain; charset=utf-8", ReviewPrepareCommand.bytes(file));
    }

    static void warn(JsonNode kept, PrintWriter err) {
        if (!kept.path("unknownServices").isEmpty()) {
            err.println("no objective is about the services " + texts(kept.path("unknownServices"))
                    + "; their tickets are in no review");
        }
    }

    private static String texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asString("")));
        return String.join(", ", texts);
    }
}
