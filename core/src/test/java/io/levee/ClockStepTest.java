package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 4 with a wall clock that really jumps: a JVM under libfaketime, in which it steps by half a second back, an
 * hour back and a day ahead while calls wait, and the monotonic clock stays true.
 *
 * <p>That no wait ends early is exact. That none ends late is judged on the least of some rounds, against the least of
 * those without a step: what else runs on the machine only ever adds to a wait, and a jump that mattered would add to
 * each of them.
 */
class ClockStepTest {
    private static final String NO_STEP = "0";
    private static final List<String> STEPS = List.of("-0.5", "-3600", "86400");

    /** One tick of the timer, and what a thread may take to be scheduled. Half of the least step. */
    private static final long TOLERANCE_NANOS = TimerWheel.nanosOf(1) + 250 * Nanos.PER_MILLI;

    /** Each of them in both styles. */
    private static final List<String> WAITS = List.of(
            "backoff",
            "permit",
            "attempt-timeout",
            "deadline",
            "scope-deadline",
            "breaker-open",
            "retry-budget",
            "retry-after-read-before");

    private static final String READ_AFTER = "retry-after-read-after";

    private static Path library;

    @TempDir
    Path directory;

    /** One wait that was measured. */
    private record Measured(String step, String name, long mustLast, long lasted, long wallAheadMillis) {
        static Measured of(String line) {
            String[] parts = line.split(" ");
            return new Measured(
                    parts[0], parts[1], Long.parseLong(parts[2]), Long.parseLong(parts[3]), Long.parseLong(parts[4]));
        }

        boolean steppedMeanwhile() {
            // The two clocks are not read at the same moment.
            return Math.abs(wallAheadMillis - Double.parseDouble(step) * 1000) < 200;
        }

        boolean isEarly() {
            // The reserve of a retry budget is counted in millionths of a token.
            long grain = name.endsWith("retry-budget") ? 2_000 : 0;
            return lasted >= 0 && lasted < mustLast - grain;
        }

        long lateBy() {
            return lasted == ClockStepProgram.NEVER_ENDED ? Nanos.NEVER : lasted - mustLast;
        }
    }

    @BeforeAll
    static void findTheLibrary() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path root : List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"), Path.of("/usr/local/lib"))) {
            if (Files.isDirectory(root)) {
                try (Stream<Path> files =
                        Files.find(root, 3, (path, a) -> path.endsWith("faketime/libfaketimeMT.so.1"))) {
                    files.forEach(found::add);
                }
            }
        }
        assumeTrue(
                !found.isEmpty(),
                "SKIPPED: the clock is not stepped, for there is no libfaketime. Install the Debian package faketime.");
        library = found.get(0);
    }

    @Test
    void noWaitChangesWhenTheWallClockJumps() throws Exception {
        List<Measured> all = run("monotonic");
        assertThat(all.stream().filter(Measured::isEarly)).isEmpty();

        Map<String, Long> unstepped = leastLate(all, NO_STEP);
        assertThat(unstepped.keySet()).containsAll(bothStyles(WAITS));
        for (String step : STEPS) {
            Map<String, Long> stepped = leastLate(all, step);
            assertThat(stepped.keySet())
                    .as("what was waiting when the wall clock stepped by %s s", step)
                    .containsAll(bothStyles(WAITS));
            bothStyles(WAITS).forEach(name -> {
                System.out.printf(
                        "%6s s %-32s late by %.1f ms, %.1f ms without a step%n",
                        step, name, stepped.get(name) / 1e6, unstepped.get(name) / 1e6);
                assertThat(stepped.get(name))
                        .as("nanoseconds by which %s was late when the wall clock stepped by %s s", name, step)
                        .isLessThan(unstepped.get(name) + TOLERANCE_NANOS);
            });
        }
        retryAfterMovesByNoMoreThanItsBound(all);
    }

    /**
     * The one wait that the wall clock has a say in: a date without the server's own Date header, read after the jump.
     * It is never shorter than the policy's own delay, and never longer than maxServerDelay.
     */
    private static void retryAfterMovesByNoMoreThanItsBound(List<Measured> all) {
        List<Measured> read =
                all.stream().filter(one -> one.name().endsWith(READ_AFTER)).toList();
        assertThat(read.stream().map(Measured::step)).contains(STEPS.toArray(String[]::new));
        assertThat(read).allSatisfy(one -> {
            if (one.steppedMeanwhile() && one.step().equals("-3600")) {
                assertThat(one.lasted()).isEqualTo(ClockStepProgram.REFUSED);
            } else if (one.lasted() != ClockStepProgram.REFUSED) {
                assertThat(one.lasted()).isGreaterThanOrEqualTo(ClockStepProgram.OWN_DELAY.toNanos());
            }
        });
        for (String step : List.of("-0.5", "86400")) {
            leastLate(read, step)
                    .forEach((name, least) -> assertThat(least)
                            .isLessThan(ClockStepProgram.MAX_SERVER_DELAY.toNanos() + TOLERANCE_NANOS));
        }
    }

    /** That the test above can fail: the same program with a time source that reads the wall clock. */
    @Test
    void theTestNoticesATimeSourceThatReadsTheWallClock() throws Exception {
        List<Measured> all = new ArrayList<>();
        Set<String> unnoticed = bothStyles(WAITS);
        // A wait that ends before the clock steps says nothing, and a busy machine has such.
        for (int runs = 0; runs < 4 && !unnoticed.isEmpty(); runs++) {
            all.addAll(run("wall"));
            unnoticed.removeIf(name -> isNoticed(all, name));
        }
        assertThat(unnoticed).as("waits in which nothing was noticed").isEmpty();
    }

    private static boolean isNoticed(List<Measured> all, String name) {
        return hasOne(all, "-0.5", name, one -> one.lateBy() > 400 * Nanos.PER_MILLI)
                && hasOne(all, "-3600", name, one -> one.lasted() == ClockStepProgram.NEVER_ENDED)
                && hasOne(all, "86400", name, Measured::isEarly);
    }

    private static boolean hasOne(List<Measured> all, String step, String name, Predicate<Measured> condition) {
        return all.stream()
                .filter(one -> one.step().equals(step) && one.name().equals(name))
                .anyMatch(condition);
    }

    private static Map<String, Long> leastLate(List<Measured> all, String step) {
        Map<String, Long> least = new TreeMap<>();
        all.stream()
                .filter(one -> one.step().equals(step) && one.steppedMeanwhile())
                .forEach(one -> least.merge(one.name(), one.lateBy(), Math::min));
        return least;
    }

    private static TreeSet<String> bothStyles(List<String> waits) {
        TreeSet<String> names = new TreeSet<>();
        waits.forEach(wait -> names.addAll(List.of("sync-" + wait, "async-" + wait)));
        return names;
    }

    private List<Measured> run(String clock) throws Exception {
        Path offset = directory.resolve("offset");
        Path output = directory.resolve("output");
        Files.writeString(offset, "+0\n");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                ClockStepProgram.class.getName(),
                offset.toString(),
                clock,
                NO_STEP));
        command.addAll(STEPS);
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output.toFile());
        builder.redirectErrorStream(true).environment().putAll(libfaketime(offset));
        long start = System.nanoTime();
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        long took = System.nanoTime() - start;
        String text = Files.readString(output);
        assertThat(process.exitValue()).as(text).isZero();
        System.out.println(text);
        // Nothing was proved if the monotonic clock had been stepped as well.
        assertThat(monotonic(text))
                .hasValueSatisfying(nanos -> assertThat(nanos).isBetween(0L, took));
        return text.lines()
                .filter(line -> line.matches("\\S+ (a?sync)-\\S+ -?\\d+ -?\\d+ -?\\d+"))
                .map(line -> line.replaceFirst("\\.0 ", " "))
                .map(Measured::of)
                .toList();
    }

    private static Optional<Long> monotonic(String text) {
        return text.lines()
                .filter(line -> line.startsWith("monotonic "))
                .map(line -> Long.valueOf(line.substring("monotonic ".length())))
                .findFirst();
    }

    private static Map<String, String> libfaketime(Path offset) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LD_PRELOAD", library.toString());
        environment.put("FAKETIME_TIMESTAMP_FILE", offset.toString());
        // Else a step is seen up to ten seconds later.
        environment.put("FAKETIME_NO_CACHE", "1");
        environment.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        // On by default with this glibc; then each timed wait of the JVM returns at once.
        environment.put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
        environment.put("NO_FAKE_STAT", "1");
        environment.put("LC_ALL", "C");
        return environment;
    }
}
