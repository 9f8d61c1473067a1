package io.levee.cli;

import io.levee.config.LeveeConfig;
import io.levee.lab.picture.NoFontsException;
import io.levee.lab.picture.StormPicture;
import io.levee.lab.storm.Scenario;
import io.levee.lab.storm.ScenarioFile;
import io.levee.lab.storm.ServiceTime;
import io.levee.lab.storm.Storm;
import io.levee.lab.storm.StormClient;
import io.levee.lab.storm.StormJson;
import io.levee.lab.storm.StormResult;
import io.levee.lab.storm.StormText;
import io.levee.lab.storm.peers.Peer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code levee storm}: what a policy does to a service that is in trouble, in virtual time. */
@Command(
        name = "storm",
        description = {
            "Simulates a storm in virtual time: the library with its defaults and with a policy of yours, a naive retry"
                    + " loop, and models of what other libraries do by default, each against the same service with the same"
                    + " fault.",
            "The same seed gives the same figures, on every machine."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {
            "0:it ran",
            "1:an error in levee itself",
            "2:a wrong option, scenario or policy file",
            "69:no fonts, without which --png cannot letter an image",
            Main.EXIT_OUTPUT_LOST
        })
final class StormCommand implements Callable<Integer> {
    /** EX_UNAVAILABLE of sysexits.h, as for a missing JDK. */
    private static final int NO_FONTS = 69;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--scenario",
            paramLabel = "NAME|FILE",
            defaultValue = "brownout",
            description = "One that comes with levee (default brownout), or a YAML file. See --list.")
    private String scenario = "brownout";

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "A policy file: each downstream in it becomes a client, with the file's timeouts.")
    private @Nullable Path policy;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed; default 1.")
    private long seed;

    @Option(
            names = "--clients",
            paramLabel = "NAME",
            split = ",",
            description = "Only these, such as levee,naive. Default: all.")
    private List<String> only = List.of();

    @Option(names = "--load", paramLabel = "FACTOR", description = "So many times the scenario's calls.")
    private @Nullable Double load;

    @Option(names = "--processes", paramLabel = "N", description = "Client processes, each with its own state.")
    private @Nullable Integer processes;

    @Option(
            names = "--times",
            paramLabel = "FORM",
            description = "Service times: lognormal, exponential, heavy-tail or fixed, with the scenario's means.")
    private @Nullable String times;

    @Option(
            names = "--html",
            paramLabel = "OUT",
            description = "Draw the storm as a page that needs no other file and no network.")
    private @Nullable Path html;

    @Option(names = "--png", paramLabel = "OUT", description = "Draw the storm as an image.")
    private @Nullable Path png;

    @Option(names = "--list", description = "List the scenarios and clients, and end.")
    private boolean list;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean asJson;

    @Option(names = "--series", description = "With --json: also the figures of every second.")
    private boolean series;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            list(out);
            return Main.written(out, 0);
        }
        if (png != null) {
            try {
                StormPicture.requireFonts();
            } catch (NoFontsException e) {
                spec.commandLine().getErr().println("levee storm: --png: " + e.getMessage() + " (--html)");
                return NO_FONTS;
            }
        }
        PrintWriter err = spec.commandLine().getErr();
        StormResult result = Storm.run(scenario(), clients(), seed, asJson ? share -> {} : ProgressBar.onTerminal(err));
        if (html != null) {
            String page = StormPicture.html(result, Outputs.commandLine(spec));
            Outputs.write("--html", html, file -> file.write(page.getBytes(StandardCharsets.UTF_8)));
        }
        if (png != null) {
            Outputs.write("--png", png, file -> StormPicture.png(result, file));
        }
        if (asJson) {
            out.println(JsonMapper.builder().build().writeValueAsString(StormJson.of(result, series)));
        } else {
            out.print(StormText.of(result));
        }
        return Main.written(out, 0);
    }

    private static void list(PrintWriter out) {
        out.println("scenarios:");
        for (String name : ScenarioFile.SHIPPED) {
            out.printf(
                    Locale.ROOT,
                    "  %-22s %s%n",
                    name,
                    ScenarioFile.shipped(name).about());
        }
        out.println("clients:");
        out.printf(Locale.ROOT, "  %-22s %s%n", "levee", "the library itself, with its defaults");
        out.printf(Locale.ROOT, "  %-22s %s%n", "levee-none", "the library itself, with Protection.none()");
        for (Peer peer : Peer.values()) {
            out.printf(Locale.ROOT, "  %-22s %s%n", peer.label(), peer.rules());
        }
    }

    private Scenario scenario() {
        try {
            Scenario found = Scenarios.named(scenario);
            if (load != null) {
                found = found.withLoad(load);
            }
            if (processes != null) {
                found = found.withClients(processes);
            }
            return times == null ? found : found.withServiceTimes(kind(times));
        } catch (IllegalArgumentException e) {
            throw new UserError("levee storm: " + e.getMessage());
        }
    }

    private static ServiceTime.Kind kind(String word) {
        for (ServiceTime.Kind kind : ServiceTime.Kind.values()) {
            if (kind.name().replace('_', '-').toLowerCase(Locale.ROOT).equals(word)) {
                return kind;
            }
        }
        throw new UserError("--times: '" + word + "' is none of lognormal, exponential, heavy-tail, fixed");
    }

    private List<StormClient> clients() {
        Map<String, StormClient> all = new LinkedHashMap<>();
        Arrays.stream(Peer.values()).map(StormClient::of).forEach(client -> all.put(client.name(), client));
        StormClient levee = StormClient.levee();
        all.put(levee.name(), levee);
        StormClient unprotected = StormClient.unprotected();
        all.put(unprotected.name(), unprotected);
        if (policy != null) {
            LeveeConfig config = config(policy);
            for (String name : config.names()) {
                String label = "policy:" + name;
                all.put(label, StormClient.ofLevee(label, storm -> config.builder(name)));
            }
        }
        if (only.isEmpty()) {
            return new ArrayList<>(all.values());
        }
        List<StormClient> chosen = new ArrayList<>();
        for (String name : only) {
            StormClient client = all.get(name);
            if (client == null) {
                throw new UserError(
                        "--clients: there is no '" + name + "'; there are " + String.join(", ", all.keySet()));
            }
            chosen.add(client);
        }
        return chosen;
    }

    private static LeveeConfig config(Path file) {
        try {
            return LeveeConfig.load(file);
        } catch (IOException e) {
            throw new UserError("--policy: cannot read " + file + ": " + e.getMessage());
        }
    }
}
