package io.levee.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.config.LeveeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each fault, planted alone, is found, and nothing else; what is sound is left in peace. */
class LintTest {
    private static final String HEAD = "version: 1\ndownstreams:\n  inventory: ";

    private static LintReport lint(String... files) {
        List<LeveeConfig> configs = new ArrayList<>();
        for (String yaml : files) {
            configs.add(LeveeConfig.parse("f" + (configs.size() + 1) + ".yaml", yaml));
        }
        return Lint.check(configs);
    }

    /**
     * A fault.
     *
     * @param rule what must find it
     * @param block the downstream's settings, in one line
     * @param setting where the finding points
     * @param says what the reason says, figures included
     * @param mended the block without the fault, by the finding's own fix
     */
    record Plant(Rule rule, String block, String setting, String says, String mended) {
        @Override
        public String toString() {
            return rule.id() + ": " + block;
        }
    }

    static Stream<Plant> plants() {
        return Stream.of(
                new Plant(
                        Rule.WORST_CASE_OVER_DEADLINE,
                        "{retry: {base: 200ms, attempts: 4}, deadline: 3s, attemptTimeout: 900ms}",
                        "deadline",
                        "4 attempts of 900 ms and waits of up to 1.4 s in all take 5 s: attempt 4 would begin after"
                                + " 4.1 s, and the deadline of 3 s leaves time for 3 attempts",
                        "{retry: {base: 200ms, attempts: 3}, deadline: 3s, attemptTimeout: 900ms}"),
                new Plant(
                        Rule.WORST_CASE_OVER_DEADLINE,
                        "{retry: {base: 1s, attempts: 6}, deadline: 20s, attemptTimeout: 1s}",
                        "deadline",
                        "attempt 6 would begin after 36 s",
                        "{retry: {base: 1s, attempts: 6}, deadline: 37s, attemptTimeout: 1s}"),
                new Plant(
                        Rule.ATTEMPT_TIMEOUT_OVER_DEADLINE,
                        "{deadline: 3s, attemptTimeout: 5s}",
                        "attemptTimeout",
                        "an attempt may take 5 s, all of the deadline of 3 s",
                        "{deadline: 3s, attemptTimeout: 900ms}"),
                new Plant(
                        Rule.ATTEMPT_TIMEOUT_OVER_DEADLINE,
                        "{deadline: 3s}",
                        "attemptTimeout",
                        "an attempt may take 7 s",
                        "{deadline: 3s, attemptTimeout: 900ms}"),
                new Plant(
                        Rule.NO_ATTEMPT_TIMEOUT,
                        "{attemptTimeout: none}",
                        "attemptTimeout",
                        "a first attempt that hangs takes all of the deadline of 30 s, so none of the 3 retries is made",
                        "{attemptTimeout: 9900ms}"),
                new Plant(
                        Rule.NO_DEADLINE,
                        "{deadline: none}",
                        "deadline",
                        "a call may take 28.21 s, and 5 min more before each of 3 retries",
                        "{}"),
                new Plant(
                        Rule.NO_DEADLINE,
                        "{deadline: none, attemptTimeout: none, retry: none}",
                        "deadline",
                        "holds its caller for ever",
                        "{attemptTimeout: none, retry: none}"),
                new Plant(
                        Rule.NO_JITTER,
                        "{retry: {jitter: none}}",
                        "retry.jitter",
                        "retry 2 waits 200 ms in every client, a spread of 0 %",
                        "{retry: {jitter: full}}"),
                new Plant(
                        Rule.NO_JITTER,
                        "{retry: {backoff: fixed, base: 1s, jitter: 0.02}}",
                        "retry.jitter",
                        "retry 2 waits 980 ms to 1.02 s in every client, a spread of 3.92 %",
                        "{retry: {backoff: fixed, base: 1s, jitter: 0.2}}"),
                new Plant(
                        Rule.JITTER_LOST_AT_CAP,
                        "{retry: {jitter: decorrelated, base: 100ms, cap: 100ms}}",
                        "retry.cap",
                        "retry 2 waits 100 ms in every client, without the cap 100 ms to 900 ms",
                        "{retry: {jitter: decorrelated, base: 100ms, cap: 300ms}}"),
                new Plant(
                        Rule.NO_LIMITER,
                        "{protection: none, retryBudget: none}",
                        "limiter",
                        "of 100 calls a second, all refused, this policy makes 400 attempts a second (4 a call",
                        "{retryBudget: none}"),
                new Plant(
                        Rule.NO_LIMITER,
                        "{retry: {attempts: 4}, protection: none, retryBudget: {ratio: 5}, attemptTimeout: 5s}",
                        "limiter",
                        "4 a call",
                        "{retry: {attempts: 4}, protection: none, retryBudget: {ratio: 0.1}, attemptTimeout: 5s}"),
                new Plant(
                        Rule.NO_LIMITER,
                        "{facts: {capacityPerSecond: 200}}",
                        "limiter",
                        "the downstream grants 200 attempts a second",
                        "{limiter: {perSecond: 200}, facts: {capacityPerSecond: 200}}"),
                new Plant(
                        Rule.LIMITER_OVER_CAPACITY,
                        "{limiter: {perSecond: 500}, facts: {capacityPerSecond: 200}}",
                        "limiter.perSecond",
                        "lets 500 attempts a second through, 2.5 times what the downstream grants",
                        "{limiter: {perSecond: 200}, facts: {capacityPerSecond: 200}}"),
                new Plant(
                        Rule.RETRIES_OUTSIDE_LIMITER,
                        "{limiter: {perSecond: 100}, facts: {clientAttempts: 3}}",
                        "facts.clientAttempts",
                        "100 permits a second are up to 300 requests, and a call of 4 attempts is up to 12 requests",
                        "{limiter: {perSecond: 100}, facts: {clientAttempts: 1}}"),
                new Plant(
                        Rule.IDLE_TIMEOUT_WINDOW,
                        "{retry: {base: 1s, jitter: 0.2}, facts: {idleTimeout: 2s}}",
                        "retry",
                        "retry 2 waits 1.6 s to 2.4 s, of which 50 % lies within a tenth of the 2 s",
                        "{retry: {base: 1s, cap: 1400ms, jitter: 0.2}, facts: {idleTimeout: 2s}}"),
                new Plant(
                        Rule.REPEATS_SIDE_EFFECTS,
                        "{idempotent: true, facts: {sideEffects: true}}",
                        "idempotent",
                        "every call may be sent 4 times",
                        "{facts: {sideEffects: true}}"),
                new Plant(
                        Rule.UNBOUNDED_BUFFER,
                        "{limiter: {perSecond: 50000, maxWaiting: 2000000}}",
                        "limiter.maxWaiting",
                        "more than 100000 calls may wait for a permit, the last of them for 2 s",
                        "{limiter: {perSecond: 50000, maxWaiting: 10000}}"),
                new Plant(
                        Rule.UNUSED_IGNORE,
                        "{lintIgnore: {no-jitter: there is one client only}}",
                        "lintIgnore.no-jitter",
                        "the rule finds nothing here",
                        "{}"),
                new Plant(
                        Rule.UNUSED_IGNORE,
                        "{lintIgnore: {no-jitte: there is one client only}}",
                        "lintIgnore.no-jitte",
                        "there is no such rule",
                        "{}"));
    }

    @ParameterizedTest
    @MethodSource("plants")
    void exactlyThePlantedFaultIsFound(Plant plant) {
        List<Finding> findings = lint(HEAD + plant.block + "\n").findings();
        assertThat(findings).extracting(Finding::rule).containsExactly(plant.rule);
        Finding finding = findings.get(0);
        assertThat(finding.setting()).isEqualTo(plant.setting);
        assertThat(finding.reason()).contains(plant.says);
        assertThat(finding.fix()).isNotBlank();
        assertThat(finding.place().line()).isEqualTo(3);
        String key = plant.setting.substring(plant.setting.lastIndexOf('.') + 1) + ": ";
        String line = "  inventory: " + plant.block;
        if (line.contains(key)) {
            assertThat(line.substring(finding.place().column() - 1)).startsWith(key);
        }
        assertThat(lint(HEAD + plant.mended + "\n").findings())
                .as(finding.fix())
                .isEmpty();
    }

    @Test
    void aRuleWithoutAPlantIsAGraphRule() {
        Set<Rule> planted = plants().map(Plant::rule).collect(Collectors.toSet());
        Set<Rule> rest = new TreeSet<>(Arrays.asList(Rule.values()));
        rest.removeAll(planted);
        assertThat(rest).containsExactlyInAnyOrder(Rule.LONGER_THAN_CALLER, Rule.LAYERS_MULTIPLY);
    }

    @ParameterizedTest
    @MethodSource("plants")
    void anIgnoredRuleIsSilentAndStaysOnTheReport(Plant plant) {
        if (plant.rule == Rule.UNUSED_IGNORE) {
            return;
        }
        String block = plant.block.substring(0, plant.block.length() - 1) + ", lintIgnore: {" + plant.rule.id()
                + ": accepted in review}}";
        LintReport report = lint(HEAD + block + "\n");
        assertThat(report.findings()).isEmpty();
        assertThat(report.ignored()).hasSize(1);
        assertThat(report.ignored().get(0).because()).isEqualTo("accepted in review");
        assertThat(report.ignored().get(0).finding().rule()).isEqualTo(plant.rule);
    }

    @Test
    void theShippedDefaultsAreSound() {
        assertThat(lint(HEAD + "{}\n")).isEqualTo(new LintReport(1, 1, List.of(), List.of()));
    }

    /** The load on a downstream that is down is measured with the file's settings, and this one stops it. */
    @Test
    void theAdaptiveProtectionBoundsWhatADownstreamThatIsDownIsSent() {
        assertThat(lint(HEAD + "{retryBudget: none}\n").findings()).isEmpty();
        assertThat(lint(HEAD + "{protection: none, retryBudget: none}\n").findings())
                .extracting(Finding::rule)
                .containsExactly(Rule.NO_LIMITER);
    }

    @ParameterizedTest
    @MethodSource("plants")
    void whatIsNeverRetriedHasNoFaultOfRetries(Plant plant) {
        if (Set.of(Rule.NO_JITTER, Rule.JITTER_LOST_AT_CAP, Rule.WORST_CASE_OVER_DEADLINE, Rule.IDLE_TIMEOUT_WINDOW)
                .contains(plant.rule)) {
            String never = plant.block.replaceAll("retry: \\{[^}]*\\}", "retry: none");
            assertThat(never).isNotEqualTo(plant.block);
            assertThat(lint(HEAD + never + "\n").findings()).isEmpty();
        }
    }

    // --- the call graph ----------------------------------------------------------------------------------------------

    private static String layer(String service, String downstream, String block) {
        return "version: 1\nfacts: {service: " + service + "}\ndownstreams:\n  " + downstream + ": " + block + "\n";
    }

    private static final String LOUD =
            "{retry: {attempts: 3}, protection: none, retryBudget: none, deadline: 30s, lintIgnore: {no-limiter: planted}}";

    @Test
    void layersThatRetryMultiply() {
        String first = layer("shop", "orders", LOUD);
        String second = layer("orders", "stock", LOUD.replace("30s", "6s, attemptTimeout: 2s"))
                .replace("stock:", "stock-read:")
                .replace("lintIgnore", "facts: {service: stock}, lintIgnore");
        String third = layer("stock", "stock-db", LOUD.replace("30s", "1900ms, attemptTimeout: 500ms"));
        List<Finding> findings = lint(third, first, second).findings();
        assertThat(findings).extracting(Finding::rule).containsExactly(Rule.LAYERS_MULTIPLY);
        Finding finding = findings.get(0);
        assertThat(finding.downstream()).isEqualTo("orders");
        assertThat(finding.place().file()).isEqualTo("f2.yaml");
        assertThat(finding.reason())
                .contains("orders 3 x stock-read 3 x stock-db 3 = 27 requests at stock-db (f1.yaml:4:3)");
    }

    @Test
    void layersOfTheShippedDefaultsDoNotMultiply() {
        assertThat(lint(
                                layer("shop", "orders", "{}"),
                                layer("orders", "stock", "{deadline: 6s, attemptTimeout: 1500ms}"),
                                layer("stock", "stock-db", "{deadline: 1400ms, attemptTimeout: 300ms}"))
                        .findings())
                .isEmpty();
    }

    @Test
    void oneLayerThatRetriesDoesNotMultiplyAndOneBelowTheEngineDoes() {
        String first = layer("shop", "orders", LOUD);
        String quiet = layer("orders", "stock", "{protection: none, retry: none, deadline: 9s}");
        assertThat(lint(first, quiet).findings()).isEmpty();
        String mesh = layer(
                "orders",
                "stock",
                "{protection: none, retry: none, deadline: 9s, facts: {clientAttempts: 2}, lintIgnore: {retries-outside-limiter: mesh}}");
        assertThat(lint(first, mesh).findings())
                .extracting(Finding::reason)
                .containsExactly(
                        "orders 3 x stock 2 = 6 requests at stock (f2.yaml:4:3) for each call while it refuses all");
    }

    @Test
    void aCircleOfServicesIsFollowedOnce() {
        String a = layer("a", "b", LOUD.replace("30s", "10s, attemptTimeout: 3s"));
        String b = layer("b", "a", LOUD.replace("30s", "3s, attemptTimeout: 900ms"));
        assertThat(lint(a, b).findings())
                .extracting(Finding::rule)
                .containsExactly(Rule.LAYERS_MULTIPLY, Rule.LONGER_THAN_CALLER);
    }

    @Test
    void aGraphWithManyWaysEndsSoon() {
        // Each of 40 layers names two downstreams in front of the next one: 2^40 ways.
        String[] files = new String[40];
        for (int i = 0; i < files.length; i++) {
            String next = "{facts: {service: s" + (i + 1) + "}}";
            files[i] = "version: 1\nfacts: {service: s" + i + ", deadlineFromCaller: true}\ndownstreams:\n  left: "
                    + next + "\n  right: " + next + "\n";
        }
        assertThat(lint(files).downstreams()).isEqualTo(80);
    }

    @Test
    void aCallMustNotOutliveItsCaller() {
        String facts =
                "version: 1\nfacts: {callerTimeout: 2s}\ndownstreams:\n  stock: {deadline: 3s, attemptTimeout: 800ms}\n";
        List<Finding> findings = lint(facts).findings();
        assertThat(findings).extracting(Finding::rule).containsExactly(Rule.LONGER_THAN_CALLER);
        assertThat(findings.get(0).toString())
                .startsWith("f1.yaml:4:11: longer-than-caller: stock.deadline: the caller (facts.callerTimeout,"
                        + " f1.yaml:2:9) waits 2 s, and a call to stock may take 3 s");
        assertThat(lint(facts.replace("callerTimeout: 2s", "callerTimeout: 3s")).findings())
                .isEmpty();
        assertThat(lint(facts.replace("callerTimeout: 2s", "callerTimeout: 2s, deadlineFromCaller: true"))
                        .findings())
                .isEmpty();
    }

    @Test
    void theCallersOwnFileSaysHowLongItWaits() {
        String caller = layer("shop", "orders", "{deadline: 3s, attemptTimeout: 800ms}");
        String callee = layer("orders", "stock", "{deadline: 1s, attemptTimeout: 200ms}");
        List<Finding> findings = lint(caller, callee).findings();
        assertThat(findings).extracting(Finding::rule).containsExactly(Rule.LONGER_THAN_CALLER);
        assertThat(findings.get(0).reason())
                .contains("shop (f1.yaml:4:26) waits 800 ms, and a call to stock may take 1 s");
    }

    // --- the documentation -------------------------------------------------------------------------------------------

    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @Test
    void theExamplesOfTheDocumentationAreSound() throws IOException {
        int examples = 0;
        try (Stream<Path> pages = Files.walk(Path.of("..", "docs"))) {
            for (Path page : pages.filter(each -> each.toString().endsWith(".md") && !each.endsWith("lint.md"))
                    .toList()) {
                Matcher example = YAML.matcher(Files.readString(page));
                while (example.find()) {
                    if (example.group(1).contains("\ndownstreams:")) {
                        examples++;
                        assertThat(lint(example.group(1)).findings())
                                .as("%s", page)
                                .isEmpty();
                    }
                }
            }
        }
        assertThat(examples).isPositive();
    }

    /** Each rule has a heading with its id, and below it an example with exactly that fault. */
    @Test
    void theDocumentationShowsEachRuleWithAnExampleThatItFinds() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "lint.md"));
        List<String> documented = new ArrayList<>();
        for (String section : page.split("\n### ")) {
            String id = section.substring(0, section.indexOf('\n')).strip();
            if (Arrays.stream(Rule.values()).noneMatch(rule -> rule.id().equals(id))) {
                continue;
            }
            documented.add(id);
            List<String> files =
                    YAML.matcher(section).results().map(match -> match.group(1)).toList();
            assertThat(files).as(id).isNotEmpty();
            assertThat(lint(files.toArray(String[]::new)).findings())
                    .as(id)
                    .extracting(finding -> finding.rule().id())
                    .containsExactly(id);
        }
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Rule.values()).map(Rule::id).toList());
    }
}
