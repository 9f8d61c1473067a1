package io.levee.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Backoff;
import io.levee.Levee;
import io.levee.yaml.read.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever a file contains, reading it ends in settings that work or in a {@link PolicyFileException} whose problems have
 * places inside the file. The long runs are tagged 'full': {@code ./levee test --full -pl config -am}.
 */
class PolicyFileFuzzTest {
    private static final String[] SPLICES = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        ",",
        "\n",
        "\n    ",
        "  ",
        "\t",
        "&a ",
        "*a",
        "!!int ",
        "!x ",
        "|\n",
        ">-\n",
        "'",
        "\"",
        "#",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "?",
        "- ",
        "<<: ",
        "~",
        "null",
        "none",
        "true",
        "1e999",
        "-0",
        "0x1f",
        "1.5s",
        "292y",
        "9223372036854775807ns",
        "9223372036854775808",
        "0s",
        "\u0000",
        "\u0085",
        "\uD800",
        "\uFEFF",
        "\u2028",
        "\\",
        "\\u0000",
        "NaN",
        ".inf",
        "-1",
        "",
        "999999999999999999999999999999s",
    };

    private static final List<String> BLOCKS = List.of(
            "retry: {backoff: exponential, base: 100ms, multiplier: 2, cap: 20s, jitter: full, attempts: 3}",
            "retry: {backoff: fixed, base: 1s, jitter: 0.5, attempts: 2}",
            "retry: none",
            "deadline: 3s",
            "attemptTimeout: 800ms",
            "idempotent: true",
            "maxServerDelay: 5m",
            "limiter: {perSecond: 100, burst: 100, maxWaiting: 5}",
            "breaker: {consecutiveFailures: 3, openFor: 30s}",
            "breaker: {failureRate: 0.5, overTime: 10s, minimumCalls: 20, growing: {multiplier: 2, max: 5m}}",
            "breaker: {failureRate: 0.5, overCalls: 50, slowCalls: {threshold: 1s, share: 0.9}, probeLease: 1m}",
            "retryBudget: {ratio: 0.1, reservePerSecond: 1, maxBalance: 100}",
            "bulkhead: {inFlight: 100}",
            "classify: {retryStatus: [500], finalStatus: [503], retryOn: [com.example.Stale], finalOn: []}");

    @Property(tries = 2_000, shrinking = ShrinkingMode.BOUNDED)
    void aBrokenFileIsToldAndNeverThrowsAnythingElse(@ForAll("brokenFiles") String yaml) {
        readsOrTells(yaml);
    }

    @Tag("full")
    @Property(tries = 150_000, shrinking = ShrinkingMode.BOUNDED)
    void aBrokenFileIsToldAndNeverThrowsAnythingElseAtLength(@ForAll("brokenFiles") String yaml) {
        readsOrTells(yaml);
    }

    @Property(tries = 1_000)
    void soIsAnyText(@ForAll String text) {
        readsOrTells(text);
    }

    @Tag("full")
    @Property(tries = 100_000)
    void soIsAnyTextAtLength(@ForAll String text) {
        readsOrTells(text);
    }

    @Property(tries = 1_000)
    void everyDurationComesBack(
            @ForAll @IntRange(min = 1, max = 100_000_000) int amount, @ForAll("units") String unit) {
        Duration read = Durations.parse(amount + unit);
        assertThat(read).isEqualTo(plain(amount, unit));
        assertThat(Durations.parse(read.toNanos() + "ns")).isEqualTo(read);
    }

    @Property(tries = 1_000)
    void aDurationIsPositiveOrRefused(@ForAll("durations") String text) {
        try {
            assertThat(Durations.parse(text)).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(Durations.parse(text).toNanos()).isNotNegative();
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).startsWith("'").contains("'");
        }
    }

    @Property(tries = 500)
    void theWaitsOfAFileAreInTheirBounds(
            @ForAll @IntRange(max = 2_000) int base,
            @ForAll @IntRange(max = 5_000) int more,
            @ForAll @IntRange(min = 1, max = 10) int attempts) {
        LeveeConfig config = LeveeConfig.parse(
                "f.yaml",
                "version: 1\ndownstreams:\n  a:\n    retry: {base: " + base + "ms, cap: " + (base + more)
                        + "ms, attempts: " + attempts + "}\n");
        try (Levee levee = config.builder("a").build()) {
            Backoff backoff = (Backoff) levee.settings().retry();
            for (int retry = 1; retry < attempts; retry++) {
                assertThat(backoff.longestDelayNanos(retry))
                        .isLessThanOrEqualTo(Duration.ofMillis(base + more).toNanos())
                        .isGreaterThanOrEqualTo(backoff.shortestDelayNanos(retry));
                assertThat(backoff.shortestDelayNanos(retry)).isNotNegative();
            }
            assertThat(backoff.nextDelayMs(attempts)).isNull();
        }
    }

    private static void readsOrTells(String yaml) {
        LeveeConfig config;
        try {
            config = LeveeConfig.parse("f.yaml", yaml);
        } catch (PolicyFileException told) {
            long lines = yaml.lines().count() + 1;
            assertThat(told.problems()).isNotEmpty().allSatisfy(problem -> {
                assertThat((long) problem.line()).isBetween(1L, lines + 1);
                assertThat(problem.column()).isBetween(1, yaml.length() + 2);
                assertThat(problem.message()).isNotBlank().doesNotContain("io.levee", "snakeyaml", "null:");
                assertThat(problem.toString().lines()).hasSize(1);
            });
            assertThat(told.getMessage().lines()).allMatch(line -> line.startsWith("f.yaml:"));
            return;
        }
        // What was accepted works: a builder that throws now would throw at a service's start, without a place.
        for (String name : config.names()) {
            config.builder(name).build().close();
        }
    }

    private static Duration plain(int amount, String unit) {
        return switch (unit) {
            case "ns" -> Duration.ofNanos(amount);
            case "us" -> Duration.ofNanos(amount * 1_000L);
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(Math.min(amount, 2_000_000));
        };
    }

    @Provide
    Arbitrary<String> units() {
        return Arbitraries.of("ns", "us", "ms", "s", "m");
    }

    @Provide
    Arbitrary<String> durations() {
        return Arbitraries.oneOf(
                Arbitraries.strings().withChars("0123456789.-+eE nusmhd_\u0660").ofMaxLength(25),
                Combinators.combine(
                                Arbitraries.strings().numeric().ofMaxLength(25),
                                Arbitraries.of("ns", "us", "ms", "s", "m", "h"))
                        .as(String::concat));
    }

    /** A file that is right, cut up and spliced. */
    @Provide
    Arbitrary<String> brokenFiles() {
        Arbitrary<String> right = Arbitraries.of(BLOCKS)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(blocks -> "version: 1\ndownstreams:\n  a:\n"
                        + blocks.stream().map(block -> "    " + block + "\n").collect(Collectors.joining())
                        + "  b: {deadline: 1s}\n");
        return Combinators.combine(
                        right, Arbitraries.longs(), Arbitraries.integers().between(0, 6))
                .as(PolicyFileFuzzTest::broken);
    }

    private static String broken(String yaml, long seed, int changes) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(yaml);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), at + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, to);
                case 1 -> text.insert(at, text.substring(at, to));
                case 2 -> text.insert(at, SPLICES[random.nextInt(SPLICES.length)]);
                case 3 -> text.replace(at, to, SPLICES[random.nextInt(SPLICES.length)]);
                default -> text.insert(at, SPLICES[random.nextInt(SPLICES.length)].repeat(random.nextInt(200)));
            }
        }
        return text.toString();
    }
}
