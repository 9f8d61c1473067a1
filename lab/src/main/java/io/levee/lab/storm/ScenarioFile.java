package io.levee.lab.storm;

import io.levee.yaml.read.Document;
import io.levee.yaml.read.FileText;
import io.levee.yaml.read.Problems;
import io.levee.yaml.read.Section;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads scenarios from YAML. The form stands in docs/lab.md, and as JSON schema beside the shipped scenarios. */
public final class ScenarioFile {
    /** The scenarios that come with the lab, by name. */
    public static final List<String> SHIPPED = List.of(
            "down",
            "brownout",
            "brownout-deep-queue",
            "transient",
            "incident-0218",
            "cold-cache",
            "thundering-herd",
            "layers");

    private static final int MAX_RECORDED_BYTES = 64 << 20;

    private ScenarioFile() {}

    /**
     * A scenario that comes with the lab.
     *
     * @param name one of {@link #SHIPPED}
     * @return the scenario
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Scenario shipped(String name) {
        if (!SHIPPED.contains(name)) {
            throw new IllegalArgumentException(
                    "no scenario is called '" + name + "'; there are " + String.join(", ", SHIPPED));
        }
        try (InputStream in = Objects.requireNonNull(
                ScenarioFile.class.getResourceAsStream(name + ".yaml"), "the lab's jar lacks " + name)) {
            return parse(name + ".yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8), Path.of("."));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a file in UTF-8.
     *
     * @param path the file
     * @return its scenario
     * @throws IOException if it cannot be read
     * @throws ScenarioFileException if anything in it is wrong
     */
    public static Scenario load(Path path) throws IOException {
        Problems problems = new Problems(path.toString(), ScenarioFileException::new);
        String text = FileText.read(problems, path);
        problems.check();
        Path folder = path.toAbsolutePath().getParent();
        return parse(path.toString(), text, folder == null ? Path.of(".") : folder);
    }

    /**
     * Reads a text.
     *
     * @param name what messages call it
     * @param yaml the text
     * @param folder what the names of recordings are relative to
     * @return the scenario
     * @throws ScenarioFileException if anything in it is wrong
     */
    public static Scenario parse(String name, String yaml, Path folder) {
        List<String> known = List.of(
                "version",
                "name",
                "about",
                "length",
                "load",
                "clients",
                "attemptTimeout",
                "deadline",
                "roundTrip",
                "services",
                "faults",
                "measure");
        Problems problems = new Problems(name, ScenarioFileException::new);
        Node root = Document.read(problems, name, yaml, "version: 1");
        problems.check();
        Section section = root == null ? null : Section.open(problems, "", root, known);
        Scenario scenario = section == null ? null : scenario(section, folder);
        problems.check();
        if (scenario == null) {
            throw new IllegalStateException(name + ": no scenario and no problem");
        }
        return scenario;
    }

    private static @Nullable Scenario scenario(Section root, Path folder) {
        Integer version = root.integer("version", Integer::valueOf);
        if (version == null || version != 1) {
            root.problem("version", "must be 1");
        }
        String name = required(root, "name", root.text("name"));
        Duration length = required(root, "length", time(root, "length"));
        Load load = required(root, "load", load(root, folder));
        List<ServiceModel> services = services(root);
        List<Fault> faults = faults(root, services);
        Section measure = root.section("measure", List.of("from", "to", "latencyOver"));
        Duration from = orElse(measure == null ? null : time(measure, "from"), Duration.ZERO);
        Duration to = measure == null ? length : time(measure, "to");
        String latencyOver = measure == null ? null : measure.word("latencyOver", List.of("window", "run"));
        Integer clients = root.integer("clients", Integer::valueOf);
        String about = root.text("about");
        Duration attemptTimeout = time(root, "attemptTimeout");
        Duration deadline = time(root, "deadline");
        Duration roundTrip = time(root, "roundTrip");
        if (name == null || length == null || load == null) {
            return null;
        }
        return root.tried(() -> new Scenario(
                name,
                about == null ? "" : about,
                length,
                load,
                clients == null ? 1 : clients,
                orElse(attemptTimeout, Duration.ofSeconds(1)),
                orElse(deadline, Duration.ofSeconds(3)),
                orElse(roundTrip, Duration.ofMillis(1)),
                services,
                faults,
                from,
                to == null ? length : to,
                "run".equals(latencyOver) ? Scenario.LatencyOver.RUN : Scenario.LatencyOver.WINDOW));
    }

    private static <T> @Nullable T required(Section section, String key, @Nullable T value) {
        if (!section.has(key)) {
            section.problem(key, key + " is missing");
        }
        return value;
    }

    private static <T> T orElse(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    private static @Nullable Duration time(Section section, String key) {
        return section.duration(key, Function.identity());
    }

    private static double seconds(@Nullable Duration time) {
        return time == null ? 0 : time.toNanos() / 1e9;
    }

    private static @Nullable Load load(Section root, Path folder) {
        Section load = root.section("load", List.of("perSecond", "steps", "recorded", "herd"));
        if (load == null) {
            return null;
        }
        if (load.has("steps")) {
            List<Load.Step> steps = new ArrayList<>();
            for (Section each : load.sections("steps", List.of("from", "perSecond"))) {
                Duration from = time(each, "from");
                Load.Step step = each.number("perSecond", rate -> new Load.Step(seconds(from), rate));
                if (step != null) {
                    steps.add(step);
                }
            }
            return load.tried(() -> new Load.Poisson(steps));
        }
        if (load.has("recorded")) {
            return recorded(load, folder);
        }
        Section herd = load.section("herd", List.of("over", "pause"));
        if (herd != null) {
            Duration over = time(herd, "over");
            Duration pause = time(herd, "pause");
            return herd.tried(() -> new Load.Herd(seconds(over), seconds(orElse(pause, Duration.ofMillis(500)))));
        }
        if (!load.has("perSecond")) {
            load.problem("perSecond", "a load is one of perSecond, steps, recorded, herd");
        }
        return load.number("perSecond", rate -> new Load.Poisson(List.of(new Load.Step(0, rate))));
    }

    private static @Nullable Load recorded(Section load, Path folder) {
        String file = load.text("recorded");
        if (file == null) {
            return null;
        }
        try {
            Path path = folder.resolve(file);
            if (Files.size(path) > MAX_RECORDED_BYTES) {
                load.problem("recorded", file + " is longer than " + MAX_RECORDED_BYTES + " bytes");
                return null;
            }
            List<Double> seconds = new ArrayList<>();
            for (String line : Files.readAllLines(path)) {
                if (!line.isBlank()) {
                    seconds.add(Double.valueOf(line.strip()));
                }
            }
            return load.tried(() -> new Load.Recorded(seconds));
        } catch (NumberFormatException e) {
            load.problem("recorded", file + " must have an instant in seconds on each line: " + e.getMessage());
        } catch (IOException e) {
            load.problem("recorded", "cannot read " + file + ": " + e.getMessage());
        }
        return null;
    }

    private static List<ServiceModel> services(Section root) {
        List<ServiceModel> services = new ArrayList<>();
        for (Section each : root.sections("services", List.of("name", "workers", "queue", "time"))) {
            String name = required(each, "name", each.text("name"));
            Integer workers = required(each, "workers", each.integer("workers", Integer::valueOf));
            Integer queue = each.integer("queue", Integer::valueOf);
            ServiceTime time = required(each, "time", serviceTime(each));
            if (name != null && workers != null && time != null) {
                ServiceModel model =
                        each.tried(() -> new ServiceModel(name, workers, queue == null ? 1_000 : queue, time));
                if (model != null) {
                    services.add(model);
                }
            }
        }
        return services;
    }

    private static @Nullable ServiceTime serviceTime(Section service) {
        Section time =
                service.section("time", List.of("lognormal", "exponential", "heavyTail", "fixed", "sigma", "alpha"));
        if (time == null) {
            return null;
        }
        Double sigma = time.number("sigma", Double::valueOf);
        Double alpha = time.number("alpha", Double::valueOf);
        for (ServiceTime.Kind kind : ServiceTime.Kind.values()) {
            String key = camel(kind.name());
            double shape = switch (kind) {
                case LOGNORMAL -> orElse(sigma, 0.5);
                case HEAVY_TAIL -> orElse(alpha, 1.5);
                default -> 0;
            };
            if (time.has(key)) {
                return time.duration(key, mean -> new ServiceTime(kind, mean, shape));
            }
        }
        service.problem("time", "is one of lognormal, exponential, heavyTail, fixed, with the mean");
        return null;
    }

    private static String camel(String name) {
        return name.equals("HEAVY_TAIL") ? "heavyTail" : name.toLowerCase(Locale.ROOT);
    }

    private static List<Fault> faults(Section root, List<ServiceModel> services) {
        List<Fault> faults = new ArrayList<>();
        for (Section each :
                root.sections("faults", List.of("service", "kind", "from", "to", "factor", "share", "period"))) {
            String word = required(
                    each,
                    "kind",
                    each.word(
                            "kind",
                            List.of("down", "slow", "errors", "partial", "refused", "lost", "flapping", "cold")));
            Duration from = required(each, "from", time(each, "from"));
            Duration to = required(each, "to", time(each, "to"));
            String last =
                    services.isEmpty() ? "" : services.get(services.size() - 1).name();
            String service = orElse(each.text("service"), last);
            Double factor = each.number("factor", Double::valueOf);
            Double share = each.number("share", Double::valueOf);
            Duration period = orElse(time(each, "period"), Duration.ZERO);
            if (word == null || from == null || to == null) {
                continue;
            }
            Fault.Kind kind = Fault.Kind.valueOf(word.toUpperCase(Locale.ROOT));
            String needs = kind == Fault.Kind.DOWN ? "" : kind == Fault.Kind.SLOW ? "factor" : "share";
            Double amount = needs.equals("factor") ? factor : share;
            if (!needs.isEmpty() && amount == null) {
                each.problem(needs, "kind " + word + " needs " + needs);
                continue;
            }
            Fault fault = each.tried(() -> new Fault(service, kind, from, to, amount == null ? 0 : amount, period));
            if (fault != null) {
                faults.add(fault);
            }
        }
        return faults;
    }
}
