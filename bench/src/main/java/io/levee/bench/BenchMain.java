package io.levee.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * {@code ./levee bench}: Levee beside its peers, in one run. The table goes to standard output, progress
 * to the error stream. Exit code 0 whether or not a goal is met, 2 for arguments that make no sense, 1 if a
 * benchmark could not run (the others are printed all the same).
 */
public final class BenchMain {
    private static final String USAGE = """
            usage: levee bench [--quick] [--json | --markdown] [--threads N] [--row NAME...]
              --quick      about 5 minutes, rougher; else under 20 minutes
              --json       one JSON object instead of the table
              --markdown   the tables of docs/benchmarks.md
              --threads N  only the rows on one thread (1), or those on two with their like on one (2)
              --row NAME   only these rows: %s
              --start-up   instead: what the first call costs a fresh JVM; under a minute
            The JDK is that of JAVA_HOME, or the one on the PATH.
            """.formatted(ids());

    /** How a run is printed. */
    private enum Form {
        TABLE,
        JSON,
        MARKDOWN
    }

    private boolean quick;
    private Form form = Form.TABLE;
    private final Set<Row> rows = EnumSet.noneOf(Row.class);
    private final Set<Survey> surveys = EnumSet.noneOf(Survey.class);
    private int threads;

    private BenchMain() {}

    /**
     * Runs the benchmarks.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        if (Arrays.asList(arguments).contains("--help")) {
            System.out.print(USAGE);
            return 0;
        }
        if (List.of(arguments).equals(List.of("--start-up"))) {
            return measureStartUp();
        }
        BenchMain bench = new BenchMain();
        try {
            bench.read(arguments);
        } catch (IllegalArgumentException mistake) {
            System.err.println("levee bench: " + mistake.getMessage());
            System.err.print(USAGE);
            return 2;
        }
        return bench.measure();
    }

    private static int measureStartUp() {
        try {
            System.out.print(StartUp.measure(StartUp.ROUNDS, StartUp.WARM_UP_ROUNDS));
            return 0;
        } catch (IOException failure) {
            System.err.println("levee bench: " + failure.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    private void read(String[] arguments) {
        String option = "";
        for (String argument : arguments) {
            switch (argument) {
                case "--quick" -> quick = true;
                case "--json" -> form = Form.JSON;
                case "--markdown" -> form = Form.MARKDOWN;
                case "--row", "--threads" -> {
                    option = argument;
                    continue;
                }
                default -> {
                    value(option, argument);
                    option = option.equals("--row") ? option : "";
                    continue;
                }
            }
            option = "";
        }
        if (rows.isEmpty() && surveys.isEmpty()) {
            rows.addAll(EnumSet.allOf(Row.class));
            if (threads == 0) {
                surveys.addAll(EnumSet.allOf(Survey.class));
            }
        }
        rows.removeIf(row -> threads != 0 && row.threads != threads);
        if (rows.isEmpty() && surveys.isEmpty()) {
            throw new IllegalArgumentException("no row is left: there is none of these on " + threads + " thread(s)");
        }
        // What two threads get done is judged by what one does.
        List.copyOf(rows).forEach(row -> rows.add(row.alone));
    }

    private void value(String option, String argument) {
        if (option.equals("--row") && !argument.startsWith("-")) {
            surveys.addAll(Survey.called(argument));
            if (Survey.called(argument).isEmpty()) {
                rows.add(Row.of(argument));
            }
        } else if (option.equals("--threads") && (argument.equals("1") || argument.equals("2"))) {
            threads = Integer.parseInt(argument);
        } else {
            throw new IllegalArgumentException(
                    option.equals("--threads")
                            ? "--threads is 1 or 2, not '" + argument + "'"
                            : "what is '" + argument + "'?");
        }
    }

    /** What {@code --row} takes. */
    static String ids() {
        return Stream.concat(
                        Arrays.stream(Row.values()).map(row -> row.id),
                        Arrays.stream(Survey.values()).map(survey -> survey.id))
                .collect(Collectors.joining(", "));
    }

    private int measure() {
        Progress progress = new Progress(
                System.err,
                rows.stream().mapToInt(BenchMain::benchmarks).sum()
                        + surveys.stream()
                                .mapToInt(survey -> survey.peers.size())
                                .sum());
        List<Figure> figures = new ArrayList<>();
        List<Fact> facts = new ArrayList<>();
        try {
            for (int sharing = 1; sharing <= 2; sharing++) {
                figures.addAll(measure(sharing, progress));
            }
            for (Survey survey : surveys) {
                for (String peer : survey.peers) {
                    progress.step(survey.id, peer);
                    facts.addAll(survey.of(peer, quick));
                }
            }
        } catch (RunnerException | IOException failure) {
            System.err.println("levee bench: " + failure.getMessage());
            return 1;
        } catch (InterruptedException interrupt) {
            System.err.println("levee bench: interrupted");
            return 1;
        }
        Results results = new Results(figures, facts, System.getProperty("java.vm.version"));
        System.out.print(
                switch (form) {
                    case TABLE -> results.table();
                    case JSON -> results.json();
                    case MARKDOWN -> results.markdown();
                });
        return progress.failed() == 0 ? 0 : 1;
    }

    private List<Figure> measure(int sharing, Progress progress) throws RunnerException {
        List<Row> chosen = rows.stream().filter(row -> row.threads == sharing).toList();
        if (chosen.isEmpty()) {
            return List.of();
        }
        return new Runner(options(chosen, sharing), progress)
                .run().stream().map(Figure::of).toList();
    }

    private static int benchmarks(Row row) {
        return (int) Arrays.stream(row.benchmarks.getMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .count();
    }

    /**
     * Many short iterations: on a machine that others use, some of them go undisturbed. Of two threads fewer do, so those
     * rows have twice as many. What is left at this length takes no more than 6 s a peer, 20 minutes all in all.
     */
    private Options options(List<Row> chosen, int sharing) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .threads(sharing)
                .forks(1)
                .jvmArgsAppend("-Xms512m", "-Xmx512m")
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuTime.class)
                .verbosity(VerboseMode.SILENT)
                // A peer that fails costs its own figure and not the whole run.
                .shouldFailOnError(false)
                .warmupIterations(quick ? 5 : 8)
                .warmupTime(TimeValue.milliseconds(quick ? 140 : 300))
                .measurementIterations(quick ? 16 : 40 * sharing)
                .measurementTime(TimeValue.milliseconds(quick ? 40 : 60));
        chosen.forEach(row -> options.include("^" + Pattern.quote(row.benchmarks.getName()) + "\\."));
        return options.build();
    }
}
