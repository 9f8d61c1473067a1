package io.levee.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.levee.Levee;
import io.levee.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a policy file can have wrong: each kind with its place, the setting, and what would be right. */
class PolicyProblemsTest {
    private static List<Problem> problems(String yaml) {
        return catchThrowableOfType(PolicyFileException.class, () -> LeveeConfig.parse("f.yaml", yaml))
                .problems();
    }

    /** A block of a downstream's settings, each on a line of its own from line 4 on. */
    private static String block(String... lines) {
        return "version: 1\ndownstreams:\n  a:\n    " + String.join("\n    ", lines) + "\n";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                // the line in the block              | column | setting | what the message says
                "deadlin: 3s                          | 14 | deadlin                  | did you mean 'deadline'?",
                "dead-line: 3s                        | 16 | dead-line                | did you mean 'deadline'?",
                "quux: 3s                             | 11 | quux                     | known: retry, deadline",
                "deadline: soon                       | 15 | deadline                 | 'soon' is no duration; write a number and a unit",
                "deadline: 3                          | 15 | deadline                 | it has no unit; write 3ms or 3s",
                "deadline: 3d                         | 15 | deadline                 | ns, us, ms, s, m, h",
                "deadline: -3s                        | 15 | deadline                 | no duration",
                "deadline: 0s                         | 15 | deadline                 | must be more than zero",
                "deadline: 0.1ns                      | 15 | deadline                 | finer than a nanosecond",
                "deadline: 99999999h                  | 15 | deadline                 | longer than 292 years",
                "deadline: [3s]                       | 15 | deadline                 | must be a duration such as 250ms, is a list",
                "deadline: {s: 3}                     | 15 | deadline                 | is a block of settings",
                "deadline:                            | 14 | deadline                 | is empty",
                "attemptTimeout: never                | 21 | attemptTimeout           | no duration",
                "maxServerDelay: none                 | 21 | maxServerDelay           | no duration",
                "idempotent: yes                      | 17 | idempotent               | must be true or false, is 'yes'",
                "retry: 3                             | 12 | retry                    | must be a block of settings (key: value), is '3'",
                "retry:                               | 11 | retry                    | is empty; write {} for the defaults",
                "retry: [a]                           | 12 | retry                    | is a list",
                "retry: {backoff: exponentail}        | 22 | retry.backoff            | did you mean 'exponential'?",
                "retry: {base: 1s, cap: 100ms}        | 28 | retry.cap                | shorter than base",
                "retry: {base: 30s}                   | 19 | retry.base               | set cap as well",
                "retry: {backoff: fixed, multiplier: 2} | 41 | retry.multiplier       | write backoff: exponential",
                "retry: {multiplier: 0.5}             | 25 | retry.multiplier         | must be 1 or more",
                "retry: {multiplier: two}             | 25 | retry.multiplier         | must be a number, is 'two'",
                "retry: {jitter: 1.5}                 | 21 | retry.jitter             | from 0 to 1, is 1.5",
                "retry: {jitter: ful}                 | 21 | retry.jitter             | did you mean 'full'?",
                "retry: {jitter: lots}                | 21 | retry.jitter             | full, equal, decorrelated, none, a number from 0 to 1",
                "retry: {attempts: 0}                 | 23 | retry.attempts           | must be 1 or more",
                "retry: {attempts: 2.5}               | 23 | retry.attempts           | must be a whole number, is '2.5'",
                "retry: {attempts: '3'}               | 23 | retry.attempts           | remove the quotes",
                "retry: {attempts: 9999999999}        | 23 | retry.attempts           | 2147483647",
                "limiter: {burst: 5}                  | 14 | limiter                  | perSecond is missing",
                "limiter: {perSecond: 0}              | 26 | limiter.perSecond        | more than 0",
                "limiter: {perSecond: 1, burst: 0}    | 36 | limiter.burst            | is 0",
                "limiter: {perSecond: 1, maxWaiting: -1} | 41 | limiter.maxWaiting    | must be 0 or more",
                "breaker: {}                          | 14 | breaker                  | consecutiveFailures: 3 or failureRate: 0.5",
                "breaker: {consecutiveFailures: 3, failureRate: 1} | 14 | breaker     | exclude each other; remove one",
                "breaker: {consecutiveFailures: 0}    | 36 | breaker.consecutiveFailures | must be 1 or more",
                "breaker: {failureRate: 50}           | 28 | breaker.failureRate      | 0.5 is every second call",
                "breaker: {failureRate: 1, openFor: 0s} | 40 | breaker.openFor        | must be more than zero",
                "breaker: {failureRate: 1, overTime: 1s, overCalls: 5} | 56 | breaker.overCalls | keep one of the two",
                "breaker: {failureRate: 1, overCalls: 5, minimumCalls: 9} | 59 | breaker.minimumCalls | never open",
                "breaker: {consecutiveFailures: 3, overCalls: 5} | 14 | breaker       | say nothing about consecutiveFailures",
                "breaker: {failureRate: 1, growing: {max: 1s}} | 40 | breaker.growing | multiplier is missing",
                "breaker: {failureRate: 1, growing: {multiplier: 2}} | 40 | breaker.growing | max is missing",
                "breaker: {failureRate: 1, growing: {multiplier: 0, max: 1h}} | 40 | breaker.growing | must be 1 or more",
                "breaker: {failureRate: 1, slowCalls: {threshold: 1s}} | 42 | breaker.slowCalls | share is missing",
                "breaker: {failureRate: 1, probeLease: 0s} | 43 | breaker.probeLease  | must be more than zero",
                "retryBudget: {}                      | 18 | retryBudget              | ratio is missing",
                "retryBudget: {ratio: 11}             | 26 | retryBudget.ratio        | from 0 to 10",
                "retryBudget: {ratio: 1, maxBalance: 0} | 41 | retryBudget.maxBalance | from 1 to 1000000",
                "retryBudget: {ratio: 1, reservePerSecond: -1} | 47 | retryBudget.reservePerSecond | is -1",
                "bulkhead: {}                         | 15 | bulkhead                 | inFlight is missing",
                "bulkhead: {inFlight: 0}              | 26 | bulkhead.inFlight        | must be 1 or more",
                "classify: {retryStatus: 500}         | 29 | classify.retryStatus     | must be a list such as [a, b]",
                "classify: {retryStatus: [99]}        | 30 | classify.retryStatus[0]  | from 100 to 599, is 99",
                "classify: {retryStatus: [500, 500]}  | 35 | classify.retryStatus[1]  | listed twice; remove one",
                "protection: hystrix                  | 17 | protection               | 'hystrix' is not known",
                "{protection: adaptive, concurrencyLimit: none} | 46 | concurrencyLimit | remove one of them",
                "{protection: breaker, breaker: none} | 36 | breaker                  | remove one of them",
                "classify: {retryStatus: [500], finalStatus: [500]} | 29 | classify.retryStatus | to be final; remove one",
                "classify: {retryOn: [a.B], finalOn: [a.B]} | 25 | classify.retryOn   | to be final; remove one",
                "classify: {retryOn: [1.x]}           | 26 | classify.retryOn[0]      | is no class name",
                "classify: {retryOn: [[a]]}           | 26 | classify.retryOn[0]      | must be a single value, is a list",
                "classify: {retryOn: [~, ]}           | 26 | classify.retryOn[0]      | '~' is no class name",
                "<<: {deadline: 3s}                   | 9  | <<                       | unknown setting",
                "[deadline]: 3s                       | 5  | -                        | a key must be a plain name, is a list",
            })
    void eachKindHasItsPlaceItsSettingAndAWayOut(String line, int column, String setting, String says) {
        List<Problem> problems = problems(block(line));
        assertThat(problems).hasSize(1);
        Problem problem = problems.get(0);
        assertThat(problem.file()).isEqualTo("f.yaml");
        assertThat(problem.line()).isEqualTo(4);
        assertThat(problem.column()).isEqualTo(column);
        assertThat(problem.path()).isEqualTo("downstreams.a" + (setting == null ? "" : "." + setting));
        assertThat(problem.message()).contains(says);
        assertThat(problem).hasToString("f.yaml:4:" + column + ": " + problem.path() + ": " + problem.message());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                        | 1 | 1  | is empty; begin with 'version: 1'",
                "`# nothing`                               | 1 | 1  | is empty; begin with 'version: 1'",
                "`just text`                               | 1 | 1  | must be a block of settings (key: value), is 'just text'",
                "`- a`                                     | 1 | 1  | is a list",
                "`version: 1`                              | 1 | 1  | downstreams is missing",
                "`downstreams: {a: {}}`                    | 1 | 1  | version is missing; write version: 1",
                "`version: 2\ndownstreams: {a: {}}`        | 1 | 10 | this release reads version 1",
                "`version: \"1\"\ndownstreams: {a: {}}`    | 1 | 10 | remove the quotes",
                "`version: 1\ndownstreams: {}`             | 2 | 14 | names no downstream",
                "`version: 1\ndownstreams:\n  a:\n`        | 3 | 5  | is empty; write {} for the defaults",
                "`version: 1\ndownstreams: [a]`            | 2 | 14 | is a list",
                "`version: 1\ndownstreams: {\" \": {}}`    | 2 | 20 | needs a name",
                "`version: 1\ndownstreams: {a: {}, a: {}}` | 2 | 22 | is given twice; remove one",
                "`version: 1\nversion: 1\ndownstreams: {a: {}}` | 2 | 1 | is given twice; remove one",
                "`version: 1\ndownstream: {a: {}}`         | 2 | 13 | did you mean 'downstreams'?",
                "`version: 1\ndownstreams: {a: [}`         | 2 | 19 | is no YAML: ",
                "`version: 1\ndownstreams:\n\ta: {}`       | 3 | 1  | Do not use \\t(TAB)",
                "`version: *x`                             | 1 | 10 | undefined alias x",
                "`version: 1\n---\nversion: 1`             | 2 | 1  | found another document",
                "`%YAML 9.9\n---\nversion: 1`              | 1 | 1  | asks for YAML 9.9; this release reads 1.2",
                "`version: \u0007`                         | 1 | 10 | the character U+0007 is not allowed; remove it",
            })
    void soHasTheFileAsAWhole(String yaml, int line, int column, String says) {
        assertThat(problems(yaml)).anySatisfy(problem -> {
            assertThat(problem.line()).isEqualTo(line);
            assertThat(problem.column()).isEqualTo(column);
            assertThat(problem.message()).contains(says);
        });
    }

    @Test
    void allProblemsAreToldInTheOrderOfTheFile() {
        assertThat(problems(block("bulkhead: 3", "deadlin: 1s", "retry: {bas: 1s, jitter: ful}", "idempotent: 1")))
                .extracting(Problem::line)
                .containsExactly(4, 5, 6, 6, 7);
    }

    @Test
    void whatAnAnchorSharesIsWrongOnce() {
        assertThat(problems("version: 1\ndownstreams:\n  a: &a {deadlin: 3s}\n  b: *a\n  c: *a\n"))
                .hasSize(1);
    }

    @Test
    void manyDownstreamsMayShareOnePart() {
        StringBuilder yaml = new StringBuilder("version: 1\ndownstreams:\n  d0: {retry: &r {attempts: 5}}\n");
        for (int i = 1; i <= 300; i++) {
            yaml.append("  d").append(i).append(": {retry: *r}\n");
        }
        LeveeConfig config = LeveeConfig.parse("f.yaml", yaml.toString());
        try (Levee last = config.builder("d300").build()) {
            assertThat(last.settings().retry())
                    .hasToString(config.builder("d0").build().settings().retry().toString());
        }
    }

    @Test
    void aTextOfTheUsersStaysOnItsLineAndIsCut() {
        String forged = "\"x\\nf.yaml:1:1: all is well\\u001b[2K\": 1";
        List<Problem> problems = problems(block(forged, "deadline: " + "x".repeat(5_000)));
        assertThat(problems).hasSize(2).allSatisfy(problem -> {
            assertThat(problem.toString()).doesNotContainPattern("[\\p{Cntrl}]");
            assertThat(problem.toString().length()).isLessThan(500);
        });
    }

    @Test
    @Timeout(60)
    void aFileThatIsNothingButWrongEndsWithTheFirstTwoHundred() {
        StringBuilder yaml = new StringBuilder("version: 1\ndownstreams:\n  a: &a\n");
        for (int i = 0; i < 30_000; i++) {
            yaml.append("    k").append(i).append(": 1\n");
        }
        for (int i = 0; i < 900; i++) {
            yaml.append("  b").append(i).append(": *a\n");
        }
        List<Problem> problems = problems(yaml.toString());
        assertThat(problems).hasSize(201);
        assertThat(problems.get(200).message()).isEqualTo("and more; mend these first");
    }

    @Test
    @Timeout(60)
    void depthAliasesAndSizeAreBounded() {
        assertThat(problems("[".repeat(100_000))).singleElement().satisfies(problem -> {
            assertThat(problem.column()).isEqualTo(51);
            assertThat(problem.message()).contains("nested deeper than 50 levels");
        });
        assertThat(problems("{a: ".repeat(100_000))).hasSize(1);
        assertThat(problems("- ".repeat(100_000))).hasSize(1);
        assertThat(problems("#" + "x".repeat(2_000_000)).get(0).message()).contains("longer than 1048576");
        StringBuilder bomb = new StringBuilder("a: &a0 [x]\n");
        for (int i = 1; i <= 30; i++) {
            String alias = "*a" + (i - 1);
            bomb.append("b")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [")
                    .append((alias + ", ").repeat(20))
                    .append("]\n");
        }
        assertThat(problems(bomb.toString())).isNotEmpty();
        assertThat(problems(block("classify: {retryOn: [" + "a.b.".repeat(50_000) + "c]}")))
                .hasSize(1);
        assertThat(problems("version: 1\ndownstreams: &d {a: *d}\n")).isNotEmpty();
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            list.append("C").append(i).append(", ");
        }
        assertThat(problems(block("classify: {retryOn: [" + list + "]}")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("at most 500 elements, has 100000"));
    }

    @Test
    void aFileThatIsNoTextSaysSo(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("levee.yaml");
        Files.write(file, new byte[] {'v', ':', '1', '\n', 'x', (byte) 0xC3, '('});
        assertThat(catchThrowableOfType(PolicyFileException.class, () -> LeveeConfig.load(file)))
                .hasMessage(file + ":2:1: is not UTF-8; save it as UTF-8");
        Files.write(file, new byte[2 << 20]);
        assertThat(catchThrowableOfType(PolicyFileException.class, () -> LeveeConfig.load(file)))
                .hasMessageContaining("longer than");
        Files.writeString(file, "\uFEFFversion: 1\r\ndownstreams: {a: {}}\r\n");
        assertThat(LeveeConfig.load(file).names()).containsExactly("a");
    }

    @Test
    void aDownstreamThatIsNotThereIsAnswered() {
        LeveeConfig config = LeveeConfig.parse("f.yaml", "version: 1\ndownstreams: {inventory: {}, orders: {}}");
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> config.builder("inventry")))
                .hasMessage("f.yaml has no downstream 'inventry'; did you mean 'inventory'?");
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> config.builder("x")))
                .hasMessage("f.yaml has no downstream 'x'; known: inventory, orders");
    }

    @Test
    void whatTheParserQuotesOfTheFileStaysOnOneLine() {
        PolicyFileException told = catchThrowableOfType(
                PolicyFileException.class, () -> LeveeConfig.parse("f.yaml", "version: \"\\ue\n  x\"\n"));
        assertThat(told.problems()).hasSize(1);
        assertThat(told.problems().get(0).toString().lines()).hasSize(1);
    }
}
