package io.levee.cli;

import io.levee.guard.review.ReviewSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code levee review prepare}: the minutes of a month, from a guard or from files. */
@Command(
        name = "prepare",
        description =
                "Writes the minutes of a month in Markdown: trends, what the budget went for, tickets, votes. From a guard,"
                        + " or from files with --slo and --events.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done",
            "1:an error in levee itself",
            "2:bad input, or not allowed",
            "50:the guard cannot be reached",
            Main.EXIT_OUTPUT_LOST
        })
final class ReviewPrepareCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Option(names = "--month", required = true, paramLabel = "MONTH", description = "Such as 2026-11.")
    @SuppressWarnings("NullAway.Init") // required
    private String month;

    @Option(
            names = "--slo",
            paramLabel = "PATH",
            description = "Without a guard: an OpenSLO file, or a folder of them; more than once for several.")
    private List<Path> slos = new ArrayList<>();

    @Option(
            names = "--events",
            paramLabel = "FILE",
            description = "Without a guard: events in NDJSON, see docs/gate.md; more than once for several files.")
    private List<Path> events = new ArrayList<>();

    @Option(
            names = "--tickets",
            paramLabel = "FILE",
            description =
                    "Customer tickets, in CSV or JSON; a guard keeps them, which takes a token of the role release.")
    private @Nullable Path tickets;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Without a guard: as of when; default: now, or the month's end if that is past.")
    private @Nullable String at;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "Without a guard: whose clocks begin months and days, such as Asia/Shanghai; default UTC.")
    private @Nullable String zone;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write there instead of to standard output.")
    private @Nullable Path output;

    @Option(names = "--json", description = "Print what GET /api/v1/review/MONTH answers, on one line.")
    private boolean asJson;

    @Override
    public Integer call() {
        String page = slos.isEmpty() && events.isEmpty() ? ofGuard() : ofFiles();
        PrintWriter out = spec.commandLine().getOut();
        Path file = output;
        if (file == null) {
            out.print(page);
        } else {
            Outputs.write("--output", file, to -> to.write(page.getBytes(StandardCharsets.UTF_8)));
        }
        return Main.written(out, 0);
    }

    private String ofGuard() {
        if (at != null || zone != null) {
            throw new UserError("--at and --zone go with --slo and --events; a guard has its own time and zone");
        }
        GuardClient client = guard.client();
        Path written = tickets;
        if (written != null) {
            JsonNode kept = ReviewImportTicketsCommand.send(client, written);
            ReviewImportTicketsCommand.warn(kept, spec.commandLine().getErr());
        }
        String path = "/api/v1/review/" + GuardClient.part(month);
        return asJson ? Json.line(client.get(path)) : client.text(path + "/minutes");
    }

    private String ofFiles() {
        if (guard.isGiven()) {
            throw new UserError("--slo and --events are for a review without a guard; leave out --guard, or them");
        }
        if (slos.isEmpty() || events.isEmpty()) {
            throw new UserError("a review without a guard takes both --slo and --events");
        }
        try (OfflineReview review = OfflineReview.open(
                slos, month, at == null ? null : Given.option("--at", at, GateCheckCommand::instant), settings(zone))) {
            PrintWriter err = spec.commandLine().getErr();
            events.forEach(file -> review.add(file, err));
            Path written = tickets;
            if (written != null) {
                review.tickets(bytes(written), err);
            }
            return asJson ? Json.line(Json.mapper().valueToTree(review.month())) : review.minutes();
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Inputs.unreadable(file.toString(), e);
        }
    }

    static ReviewSettings settings(@Nullable String zone) {
        if (zone == null) {
            return ReviewSettings.DEFAULT;
        }
        try {
            return ReviewSettings.DEFAULT.zone(ZoneId.of(zone));
        } catch (DateTimeException e) {
            throw new UserError(
                    "--zone: '" + zone + "' is no time zone; write one of IANA's names, such as Asia/Shanghai");
        }
    }

    static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
