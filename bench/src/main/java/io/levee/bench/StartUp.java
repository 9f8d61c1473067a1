package io.levee.bench;

import io.levee.Levee;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./levee bench --start-up}: what the first call costs a fresh JVM, class loading included, beside the same
 * program without Levee. JMH can't show this: it measures what is warm.
 */
final class StartUp {
    private static final List<String> VARIANTS = List.of("nothing", "defaults", "composed");
    static final int ROUNDS = 21;
    /** The files are in the machine's cache afterwards, and the JVM's shared archive is mapped. */
    static final int WARM_UP_ROUNDS = 3;

    private static final double NANOS_PER_MILLI = 1e6;

    private final List<List<Double>> firstCallMillis = new ArrayList<>();
    private final List<List<Double>> processMillis = new ArrayList<>();

    private StartUp() {
        for (int i = 0; i < VARIANTS.size(); i++) {
            firstCallMillis.add(new ArrayList<>());
            processMillis.add(new ArrayList<>());
        }
    }

    /** Measures and answers the table. */
    static String measure(int rounds, int warmUpRounds) throws IOException, InterruptedException {
        StartUp measured = new StartUp();
        for (int round = -warmUpRounds; round < rounds; round++) {
            // In turn, so that whatever disturbs the machine disturbs all alike.
            for (int variant = 0; variant < VARIANTS.size(); variant++) {
                measured.start(variant, round >= 0);
            }
        }
        return measured.table();
    }

    private void start(int variant, boolean counts) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath(),
                        FirstCall.class.getName(),
                        VARIANTS.get(variant))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed;
        try {
            printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException("the first call failed in " + process);
            }
        } finally {
            process.destroyForcibly();
        }
        long took = System.nanoTime() - start;
        if (counts) {
            firstCallMillis.get(variant).add(Long.parseLong(printed) / NANOS_PER_MILLI);
            processMillis.get(variant).add(took / NANOS_PER_MILLI);
        }
    }

    /** Levee's own jar and this one: the peers' would cost their search, and telemetry is not what is measured. */
    private static String classPath() {
        return location(Levee.class) + File.pathSeparator + location(FirstCall.class);
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private String table() {
        StringBuilder text = new StringBuilder("ms, least / median of "
                + processMillis.get(0).size() + " fresh JVMs (JDK "
                + Runtime.version().feature() + ")\n\n| set up | main to the end of the first call | whole process |\n"
                + "|---|---|---|\n");
        for (int variant = 0; variant < VARIANTS.size(); variant++) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s |%n",
                    VARIANTS.get(variant),
                    leastAndMedian(firstCallMillis.get(variant)),
                    leastAndMedian(processMillis.get(variant))));
        }
        return text.toString();
    }

    private static String leastAndMedian(List<Double> millis) {
        List<Double> sorted = millis.stream().sorted().toList();
        return String.format(Locale.ROOT, "%.1f / %.1f", sorted.get(0), sorted.get(sorted.size() / 2));
    }
}
