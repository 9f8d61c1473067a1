package io.levee.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each atomic step of core's parts that threads share is made two, one at a time, and the races must find it out: so for
 * each of these steps there is a race that would fail without it.
 */
@Tag("full")
class TornStepsTest {
    private static final Path CORE = Path.of("..", "core", "src", "main", "java", "io", "levee");

    /** The races of each class. */
    private static final Map<String, String> RACES = Map.ofEntries(
            Map.entry("AsyncCall", "CallStress"),
            Map.entry("Breaker", "BreakerStress"),
            Map.entry("Bulkhead", "BulkheadStress"),
            Map.entry("Collapse", "AdaptiveStress"),
            Map.entry("CountWindow", "BreakerStress"),
            Map.entry("FailureRun", "BreakerStress"),
            Map.entry("Gcra", "LimiterStress"),
            Map.entry("Limiter", "LimiterStress"),
            Map.entry("PermitQueue", "LimiterStress"),
            Map.entry("RetryBudget", "RetryBudgetStress"),
            Map.entry("Throttle", "AdaptiveStress"),
            Map.entry("TimeWindow", "BreakerStress"),
            Map.entry("Watch", "WatchStress"));

    /** Steps that may be torn, and nobody is harmed, or that nobody can see; how their lines begin, and why. */
    private static final Map<String, String> HARMLESS = Map.of(
            "int refused = refusedSinceProbe.incrementAndGet", "the next probe comes a refusal later",
            "probes.incrementAndGet", "an estimate of how much a downstream takes after an outage",
            "cells.compareAndSet(own, CLOSED, end)", "a frozen rule's lease, of which nobody takes any more",
            "boolean mine = next.compareAndSet(null, newRule)", "of two changes at once either may be the later",
            "while (!alarm.compareAndSet(expected, fresh))", "who moves or removes an alarm looks again afterwards",
            "if (watch.alarm.compareAndSet(this, null))", "likewise",
            "if (watch.alarm.compareAndSet(this, later))", "likewise",
            "if (bucket >>> LAP_SHIFT != lap || buckets.compareAndSet(index, bucket, halved))",
                    "comes with the 262,143rd call of a bucket only");

    private static final Pattern ATOMIC =
            Pattern.compile("\\b((?:watch\\.)?\\w+)\\.(compareAndSet|compareAndExchange|getAndAdd"
                    + "|getAndSet|addAndGet|getAndIncrement|incrementAndGet|decrementAndGet)\\(");

    /** What is seen once in a hundred thousand times takes longer on a machine that does other things. */
    private static final List<String> MILLIS = List.of("200", "400", "1000", "3000");

    @TempDir
    private Path folder;

    /** A class of core with one step torn, and the line that it was in. */
    record Step(String className, int number, String line, String source) {
        @Override
        public String toString() {
            return className + ":" + number + " " + line;
        }
    }

    static Stream<Step> steps() {
        return RACES.keySet().stream().sorted().flatMap(TornStepsTest::stepsOf);
    }

    private static Stream<Step> stepsOf(String className) {
        String source;
        try {
            source = Files.readString(CORE.resolve(className + ".java"));
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
        Matcher atomic = ATOMIC.matcher(source);
        return atomic.results().map(found -> {
            String before = source.substring(0, found.start());
            String after = source.substring(found.end());
            int number = (int) before.lines().count();
            String line = source.substring(before.lastIndexOf('\n') + 1, source.indexOf('\n', found.end()))
                    .strip();
            String comma = after.startsWith(")") ? "" : ", ";
            return new Step(
                    className, number, line, before + "Torn." + found.group(2) + "(" + found.group(1) + comma + after);
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void aRaceFindsOut(Step torn) throws Exception {
        compile(torn);
        String classPath = folder + java.io.File.pathSeparator + RacesTest.mainClassesOnly();
        for (String millis : MILLIS) {
            RacesTest.Run run = RacesTest.run(
                    "torn",
                    classPath,
                    10,
                    List.of(StressMain.ONE_JVM, "-iters", "1", "-time", millis, "-t", RACES.get(torn.className)));
            assertThat(run.faults()).as("the races ran").noneMatch(fault -> fault.contains("API_MISMATCH"));
            if (!run.faults().isEmpty()) {
                return;
            }
            if (HARMLESS.keySet().stream().anyMatch(torn.line::startsWith)) {
                return;
            }
        }
        assertThat(torn)
                .as("a step that may be two, as far as the races can tell")
                .isNull();
    }

    private void compile(Step torn) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        JavaFileObject source =
                new SimpleJavaFileObject(
                        URI.create("string:///io/levee/" + torn.className + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return torn.source;
                    }
                };
        List<String> options =
                List.of("-proc:none", "-nowarn", "-cp", RacesTest.mainClassesOnly(), "-d", folder.toString());
        assertThat(compiler.getTask(said, null, null, options, null, List.of(source))
                        .call())
                .as("%s", said)
                .isTrue();
    }
}
