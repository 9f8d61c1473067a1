package io.levee.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * {@code ./levee bench}: Levee beside its peers, in one run, on one thread. The table goes to standard output, progress
 * to the error stream. Exit code 0 whether or not a goal is met, 2 for arguments that make no sense, 1 if a
 * benchmark could not run.
 */
public final class BenchMain {
    private static final String USAGE = """
            usage: levee bench [--quick] [--json | --markdown] [--row NAME...]
              --quick      under 3 minutes, rougher; else under 15 minutes
              --json       one JSON object instead of the table
              --markdown   the tables of docs/benchmarks.md
              --row NAME   only these rows: %s
              --start-up   instead: what the first call costs a fresh JVM; under a minute
            """.formatted(Row.ids(List.of(Row.values())));

    /** How a run is printed. */
    private enum Form {
        TABLE,
        JSON,
        MARKDOWN
    }

    private boolean quick;
    private Form form = Form.TABLE;
    private final List<Row> rows = new ArrayList<>();

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
        boolean rowsFollow = false;
        for (String argument : arguments) {
            switch (argument) {
                case "--quick" -> quick = true;
                case "--json" -> form = Form.JSON;
                case "--markdown" -> form = Form.MARKDOWN;
                case "--row" -> {
                    rowsFollow = true;
                    continue;
                }
                default -> {
                    if (!rowsFollow || argument.startsWith("-")) {
                        throw new IllegalArgumentException("what is '" + argument + "'?");
                    }
                    rows.add(Row.of(argument));
                    continue;
                }
            }
            rowsFollow = false;
        }
        if (rows.isEmpty()) {
            rows.addAll(List.of(Row.values()));
        }
    }

    private int measure() {
        Progress progress = new Progress(
                System.err, rows.stream().mapToInt(BenchMain::benchmarks).sum());
        List<Figure> figures;
        try {
            figures = new Runner(options(), progress)
                    .run().stream().map(Figure::of).toList();
        } catch (RunnerException failure) {
            System.err.print(progress.kept());
            System.err.println("levee bench: " + failure.getMessage());
            return 1;
        }
        Results results = new Results(figures, System.getProperty("java.vm.version"));
        System.out.print(
                switch (form) {
                    case TABLE -> results.table();
                    case JSON -> results.json();
                    case MARKDOWN -> results.markdown();
                });
        return 0;
    }

    private static int benchmarks(Row row) {
        return (int) Arrays.stream(row.benchmarks.getMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .count();
    }

    /** Many short iterations: on a machine that others use, some of them go undisturbed. */
    private org.openjdk.jmh.runner.options.Options options() {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .threads(1)
                .forks(1)
                .jvmArgsAppend("-Xms512m", "-Xmx512m")
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuTime.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .warmupIterations(quick ? 5 : 10)
                .warmupTime(TimeValue.milliseconds(quick ? 200 : 500))
                .measurementIterations(quick ? 20 : 100)
                .measurementTime(TimeValue.milliseconds(quick ? 50 : 80));
        rows.forEach(row -> options.include("^" + Pattern.quote(row.benchmarks.getName()) + "\\."));
        return options.build();
    }
}
