package io.levee.cli;

import io.levee.LeveeException;
import io.levee.guard.ingest.NdjsonImport;
import io.levee.guard.server.GuardData;
import io.levee.guard.store.Imported;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code levee guard import}: events of a file. */
@Command(
        name = "import",
        description =
                "Counts the events of a file, which may be given again, later or longer: each line counts once. A wrong"
                        + " line is told and left out.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:done",
            "1:an error in levee itself",
            "2:bad input, or lines were left out",
            "50:the guard cannot be reached; the same command goes on where this one ended",
            Main.EXIT_OUTPUT_LOST
        })
final class GuardImportCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            description =
                    "Events as NDJSON, one a line, plain or gzip (docs/gate.md lists the fields); - for standard input.")
    @SuppressWarnings("NullAway.Init") // required
    private String file;

    @Mixin
    private final GuardOptions guard = new GuardOptions();

    @Mixin
    private final StorePlace place = new StorePlace();

    @Option(
            names = "--slo",
            paramLabel = "DIR",
            description = "With --data or --database: the folder of the OpenSLO files.")
    private @Nullable Path slos;

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "What the guard knows the file by; default: a name made of its first line.")
    private @Nullable String name;

    @Option(names = "--refused", paramLabel = "FILE", description = "Write the lines that are left out to a new file.")
    private @Nullable Path refused;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean asJson;

    @Override
    public Integer call() {
        if (!place.isGiven()) {
            if (slos != null) {
                throw new UserError("--slo: a guard that runs knows its objectives; leave it out, or give --data");
            }
            try (ImportTarget target = new ImportTarget(guard.client())) {
                return read(target);
            }
        }
        return direct();
    }

    private int direct() {
        Path documents = slos;
        if (guard.isGiven() || documents == null) {
            throw new UserError(
                    "--data and --database go without --guard, and with --slo DIR: what is counted is what the"
                            + " objectives are about");
        }
        try (GuardData data = GuardData.open(place.settings())) {
            data.track(documents);
            return read(data.imports());
        } catch (IllegalArgumentException | StoreException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    private int read(NdjsonImport.Target target) {
        String known = name;
        if (known != null && !known.matches("[\\w.@:-]{1,128}")) {
            throw new UserError("--as: must be 1 to 128 letters, digits and _ . @ : -, is '" + known + "'");
        }
        PrintWriter err = spec.commandLine().getErr();
        try (ImportReport report = new ImportReport(err, size(), asJson, refused);
                InputStream in = file.equals("-") ? System.in : Inputs.open(Path.of(file))) {
            NdjsonImport reader = new NdjsonImport(target, report);
            if (known != null) {
                reader.named(known);
            }
            try {
                return say(reader.read(in), report);
            } catch (GuardClient.Unreachable | LeveeException e) {
                // Levee's own: the deadline of all attempts together cut one short.
                throw new GuardClient.Unreachable(e.getMessage() + report.soFar());
            } catch (IllegalArgumentException | Imported.OutOfOrder e) {
                throw new UserError(
                        file + ": " + e.getMessage() + (e instanceof IllegalArgumentException ? " (--as)" : ""));
            } catch (UserError | StoreException e) {
                throw new UserError(e.getMessage() + report.soFar());
            }
        } catch (IOException e) {
            throw Inputs.unreadable(file, e);
        }
    }

    /** Of the file; 0 if nobody knows. */
    private long size() {
        try {
            return file.equals("-") ? 0 : Files.size(Path.of(file));
        } catch (IOException e) {
            throw Inputs.unreadable(file, e);
        }
    }

    private int say(NdjsonImport.Result result, ImportReport report) {
        report.done();
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.print(Json.line(json(result, report)));
        } else {
            print(result, out);
        }
        return Main.written(out, result.refused() == 0 ? 0 : Main.BAD_INPUT);
    }

    private ObjectNode json(NdjsonImport.Result result, ImportReport report) {
        Store.Appended appended = result.appended();
        ObjectNode json = Json.object();
        json.put("import", result.name())
                .put("lines", result.lines())
                .put("before", result.before())
                .put("events", result.events())
                .put("counted", appended.counted())
                .put("duplicates", appended.duplicates())
                .put("unmatched", appended.unmatched())
                .put("expired", appended.expired())
                .put("future", appended.future())
                .put("records", result.records())
                .put("refused", result.refused())
                .set("refusedLines", report.refusedLines());
        return json;
    }

    private static void print(NdjsonImport.Result result, PrintWriter out) {
        Store.Appended appended = result.appended();
        out.print(result.lines() + " lines, " + result.before() + " of them in before, as " + result.name() + '\n');
        line(out, appended.counted(), "events counted");
        line(out, appended.duplicates(), "duplicates: events whose id came lately, or lines that came twice");
        line(out, appended.unmatched(), "events that no objective is about");
        line(out, appended.expired(), "events that are older than what is kept");
        line(out, appended.future(), "events of the future: some clock is wrong");
        line(out, result.records(), "decision records");
        line(out, result.refused(), "lines left out: they are wrong");
    }

    private static void line(PrintWriter out, long count, String what) {
        if (count > 0) {
            out.print(String.format("%12d  %s%n", count, what));
        }
    }
}
