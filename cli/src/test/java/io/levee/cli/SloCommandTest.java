package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code levee slo}. */
class SloCommandTest {
    @Test
    void theExamplesOfTheDocumentationAnswerWhatItShows() throws IOException {
        assertThat(Ran.examplesOf("guard.md")).isEqualTo(3);
    }

    @Test
    void withoutEventsTheFiguresAreNull() {
        Ran ran = Ran.run("slo", "budget", "--target", "0.9995", "--total", "0", "--bad", "0", "--json");
        assertThat(ran.exit()).isZero();
        JsonNode json = JsonMapper.shared().readTree(ran.out());
        assertThat(json.get("state").asString()).isEqualTo("NO_DATA");
        assertThat(json.get("usedPercent").isNull()).isTrue();
        assertThat(json.get("budgetMs").asLong()).isEqualTo(1_209_600);
        assertThat(Ran.run("slo", "budget", "--target", "0.9995", "--total", "0", "--bad", "0")
                        .out())
                .contains("no events, so nothing can be said");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--target 1 --total 9 --bad 0 | --target: a target must be at least 0 and below 1",
                "--target 99.95 --total 9 --bad 0 | did you mean 99.95%?",
                "--target x --total 9 --bad 0 | --target: 'x' is no number",
                "--target 0.99 --total 9 --bad 10 | --total, --bad, --degraded: bad 10 and degraded 0 are more",
                "--target 0.99 --total 9 --bad 1 --degraded 9 | are more than the total of 9",
                "--target 0.99 --total -1 --bad 0 | must not be negative",
                "--target 0.99 --total 9 --bad 0 --window 1M | --window: 1M has no fixed length",
                "--target 0.99 --total 9 --bad 0 --window 28 | --window: '28' is no duration",
                "--target 0.99 --total 9 --bad 0 --degraded-weight 2 | --degraded-weight: the weight",
                "--target 0.99 --total 9 --bad 0 --minimum -1 | --minimum: the minimum",
                "--target 0.99 --total x --bad 0 | Invalid value for option '--total'",
                "--target 0.99 --bad 0 | Missing required option: '--total=N'",
            })
    void mistakesAreNamed(String options, String says) {
        Ran.run(("slo budget " + options).split(" ")).isAUsersMistake(says);
    }

    @Test
    void whichSubcommandIsAsked() {
        Ran.run("slo").isAUsersMistake("which command? budget, validate, rules");
    }
}
