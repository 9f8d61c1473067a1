package io.levee.guard.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every mistake in a file of rules has its place and a way out. */
class ActionFileTest {
    static String rule(String line) {
        return "version: 1\nhosts: [hooks.example.com]\nrules:\n  a:\n    slo: reads\n"
                + (line.startsWith("when") ? "" : "    when: {left: {below: 20%}}\n")
                + (line.contains("then") || line.startsWith("advice") ? "" : "    advice: stop\n")
                + "    " + line + "\n";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wen: 1 | rules.a.wen | did you mean 'when'",
                "when: {} | rules.a.when | exactly one of burnRate, badShare, spent, left, all, any, has 0",
                "when: {left: {below: 1%}, badShare: {over: 10s, above: 1%}} | rules.a.when | put them into a list",
                "when: {left: {}} | rules.a.when.left | exactly one of above and below",
                "when: {left: {below: 20}} | rules.a.when.left.below | a percentage of the budget such as 20%",
                "when: {left: {below: 120%}} | rules.a.when.left.below | at most 100%",
                "when: {spent: {over: 2h, above: 1%}} | rules.a.when.spent | of: budget",
                "when: {spent: {over: 2h, above: 5, of: budget}} | rules.a.when.spent.above | did you mean 5%",
                "when: {badShare: {above: 1%}} | rules.a.when.badShare | over is missing",
                "when: {badShare: {over: 5s, above: 1%}} | rules.a.when.badShare.over | from 10s",
                "when: {badShare: {over: 15s, above: 1%}} | rules.a.when.badShare.over | multiple of 10s",
                "when: {badShare: {over: 10s, above: 1%, minimum: 0}} | rules.a.when.badShare.minimum | 1 or more",
                "when: {burnRate: {over: 1h, above: 0}} | rules.a.when.burnRate.above | more than 0",
                "when: {all: []} | rules.a.when.all | at least one",
                "when: {any: [{left: {blow: 1%}}]} | rules.a.when.any[0].left.blow | did you mean 'below'",
                "limit: 200h | rules.a.limit | to 168h",
                "limit: 0s | rules.a.limit | from 1s",
                "coolDown: 5 | rules.a.coolDown | no unit",
                "mostPerDay: 0 | rules.a.mostPerDay | from 1 to 1000",
                "dryRun: maybe | rules.a.dryRun | true or false",
                "advice: 'burn {burnRate}' | rules.a.advice | needs a condition 'burnRate'",
                "advice: 'left {lft}' | rules.a.advice | did you mean 'left'",
                "then: [{signal: {name: x}}] | rules.a.then[0].signal | exactly one of fallback, breaker, limit, weights",
                "then: [{signal: {fallback: true}}] | rules.a.then[0].signal | name is missing",
                "then: [{signal: {name: x, breaker: half}}] | rules.a.then[0].signal.breaker | known: open, closed",
                "then: [{signal: {name: x, limit: 0%}}] | rules.a.then[0].signal.limit | force the breaker open",
                "then: [{signal: {name: x, weights: {a: 0}}}] | rules.a.then[0].signal.weights | above 0",
                "then: [{signal: {name: x, weights: {a: -1, b: 1}}}] | rules.a.then[0].signal.weights.a | from 0",
                "then: [{webhook: {url: 'https://evil.example.com/x'}}] | rules.a.then[0].webhook.url | add it to hosts",
                "then: [{webhook: {url: 'https://u:p@hooks.example.com'}}] | rules.a.then[0].webhook.url | tokenEnv",
                "then: [{webhook: {url: 'ftp://hooks.example.com'}}] | rules.a.then[0].webhook.url | no URL",
                "then: [{webhook: {url: 'https://hooks.example.com:8443/'}}] | rules.a.then[0].webhook.url | add it to hosts",
                "then: [{webhook: {url: 'https://hooks.example.com', secretEnv: 'a b'}}] | rules.a.then[0].webhook.secretEnv | not the value itself",
                "then: [{webhook: {url: 'https://hooks.example.com', attempts: 11}}] | rules.a.then[0].webhook.attempts | from 1 to 10",
                "then: [{command: {}}] | rules.a.then[0].command | no shell reads it",
                "then: [{command: {run: rm -rf}}] | rules.a.then[0].command.run | must be a list",
                "then: [{command: {run: [a], timeout: 1h}}] | rules.a.then[0].command.timeout | to 10m",
                "then: [{command: {run: [a]}, webhook: {url: 'https://hooks.example.com'}}] | rules.a.then[0] | a - of its own",
            })
    void eachMistakeHasItsSettingAndAWayOut(String line, String path, String wayOut) {
        assertThatThrownBy(() -> ActionFile.parse("actions.yaml", rule(line)))
                .isInstanceOfSatisfying(
                        ActionFileException.class,
                        e -> assertThat(e.problems()).anySatisfy(problem -> {
                            assertThat(problem.path()).isEqualTo(path);
                            assertThat(problem.message()).contains(wayOut);
                            assertThat(problem.line()).isBetween(4, 8);
                        }));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | version is missing",
                "version: 2\\nrules: {} | this release reads version 1",
                "version: 1 | rules is missing",
                "version: 1\\nrules: {'a b': {}} | a rule's name",
                "version: 1\\nhosts: ['http://x']\\nrules: {} | is no host",
                "version: 1\\nrules: {a: {slo: x, when: {left: {below: 1%}}}} | then is missing",
            })
    void aFileThatIsWrongAsAWholeIsRefused(String yaml, String wayOut) {
        assertThatThrownBy(() -> ActionFile.parse("actions.yaml", yaml.replace("\\n", "\n")))
                .isInstanceOf(ActionFileException.class)
                .hasMessageContaining(wayOut);
    }

    @Test
    void theDocumentationsExamplesCanBeUsed() throws IOException {
        String page = Files.readString(Path.of("..", "..", "docs", "actions.md"), StandardCharsets.UTF_8);
        Matcher example =
                Pattern.compile("```yaml\n(version.*?)```", Pattern.DOTALL).matcher(page);
        int examples = 0;
        while (example.find()) {
            assertThat(ActionFile.parse("docs/actions.md", example.group(1)).ruleNames())
                    .isNotEmpty();
            examples++;
        }
        assertThat(examples).isPositive();
    }
}
