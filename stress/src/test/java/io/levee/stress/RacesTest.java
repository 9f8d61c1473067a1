package io.levee.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs the JCStress tests of this room: see {@link StressMain}. */
class RacesTest {
    private static final String TEST_CLASSES = File.separator + "test-classes";

    /** Half a minute on two processors that are free. */
    private static final List<String> SHORT_FORM = List.of(StressMain.ONE_JVM, "-iters", "1", "-time", "200");

    /** With each compiler by itself, and the second one's optimizations shuffled: 25 minutes on two processors that are free. */
    private static final List<String> LONG_FORM = List.of("-m", "quick", "-sc", "false", "-iters", "1", "-time", "300");

    record Run(int exitCode, List<String> lines, Path log) {
        List<String> faults() {
            return lines.stream()
                    .filter(line -> line.startsWith(StressMain.FAULT))
                    .toList();
        }
    }

    @Test
    void nothingForbiddenIsSeen() throws Exception {
        passes(run("short-form", mainClassesOnly(), 10, SHORT_FORM));
    }

    @Test
    @Tag("full")
    void nothingForbiddenIsSeenWithAnyCompiler() throws Exception {
        passes(run("long-form", mainClassesOnly(), 120, LONG_FORM));
    }

    private static void passes(Run run) {
        assertThat(run.faults())
                .as("what must not be seen; the whole log: %s", run.log)
                .isEmpty();
        assertThat(run.exitCode).as("exit code; the log: %s", run.log).isZero();
        assertThat(run.lines).as("the log: %s", run.log).anyMatch(line -> line.matches("[1-9]\\d* tests, .* samples"));
        run.lines.stream().filter(line -> line.contains(" samples")).forEach(System.out::println);
    }

    /** What a run of planted faults finds, by name; so a run that finds nothing has looked. */
    @Test
    void whatIsForbiddenFailsTheRunByName() throws Exception {
        Run run = run("planted", System.getProperty("java.class.path"), 5, SHORT_FORM);

        assertThat(run.exitCode).isEqualTo(1);
        assertThat(run.faults())
                .hasSize(3)
                .anyMatch(fault -> fault.contains("PlantedStress.Lost: outcome 1, UPDATE_LOST: planted"))
                .anyMatch(fault -> fault.contains("PlantedStress.Undescribed: outcome 5"))
                .anyMatch(fault ->
                        fault.contains("PlantedStress.Throwing ended with") && fault.contains("planted error"));
    }

    /** JCStress reads the list of tests that comes first on the class path: without the planted ones, the real ones. */
    static String mainClassesOnly() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(element -> !element.endsWith(TEST_CLASSES))
                .collect(Collectors.joining(File.pathSeparator));
    }

    static Run run(String name, String classPath, int mostMinutes, List<String> options) throws Exception {
        Path folder = Path.of(classes().resolveSibling("jcstress").toString(), name);
        Files.createDirectories(folder);
        Path log = folder.resolve("log.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-RestrictContended",
                "-Xmx1g",
                "-cp",
                classPath,
                StressMain.class.getName()));
        command.addAll(options);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(mostMinutes, TimeUnit.MINUTES))
                    .as("ends within %d minutes; the log so far: %s", mostMinutes, log)
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readAllLines(log), log);
    }

    private static Path classes() throws IOException {
        try {
            return Path.of(StressMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (java.net.URISyntaxException impossible) {
            throw new IOException(impossible);
        }
    }
}
