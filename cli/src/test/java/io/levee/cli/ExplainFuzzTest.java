package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Levee;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whatever stands in a line, the answer is a verdict within its bounds or a clear error. The long runs are tagged 'full':
 * {@code ./levee test --full -pl cli -am}.
 */
class ExplainFuzzTest {
    private static final JsonMapper JSON = ExplainCommand.mapper();
    private static final Outcomes OUTCOMES =
            new Outcomes(JSON, name -> Levee.named(name == null ? "x" : "named").build());

    private static final List<String> FIELDS = List.of(
            "id",
            "client",
            "method",
            "status",
            "headers",
            "idempotencyKey",
            "idempotent",
            "bodyReplayable",
            "exception",
            "message",
            "messages",
            "fate",
            "attempt",
            "elapsedMs",
            "now",
            "downstream",
            "stats");

    private static final List<String> VALUES = List.of(
            "1",
            "0",
            "-1",
            "\"a\"",
            "\"\"",
            "null",
            "true",
            "false",
            "[]",
            "{}",
            "\"http\"",
            "\"java\"",
            "\"GET\"",
            "\"POST\"",
            "200",
            "404",
            "429",
            "500",
            "503",
            "599",
            "600",
            "1e3",
            "1E400",
            "1e-999999",
            "1e999999999",
            "1e99999999999",
            "9223372036854775808",
            "0.1",
            "{\"Retry-After\":\"120\"}",
            "{\"retry-after\":[\"1\",\"99999999999999999999\"]}",
            "{\"Retry-After\":\"Sun, 06 Nov 1994 08:49:37 GMT\"}",
            "{\"Retry-After\":null}",
            "{\"Idempotency-Key\":\"k\"}",
            "{\"Date\":\"Sun, 06 Nov 1994 08:49:37 GMT\",\"Retry-After\":\"Sun, 06 Nov 9999 08:49:37 GMT\"}",
            "\"java.net.ConnectException\"",
            "[\"java.io.IOException\",\"java.net.SocketTimeoutException\"]",
            "[\"[I\"]",
            "[\"java.lang.String\"]",
            "[\"io.levee.cli.Main\"]",
            "[\"a/b\",\"\",\" \",\"\\u0000\"]",
            "[1]",
            "[null]",
            "\"unsent\"",
            "\"refused\"",
            "\"sent\"",
            "\"answered\"",
            "\"2026-11-22T10:00:00Z\"",
            "\"+1000000000-12-31T23:59:59.999999999Z\"",
            "\"-1000000000-01-01T00:00:00Z\"",
            "\"\\uD800\"",
            "[[[[]]]]");

    @Property(tries = 5_000, shrinking = ShrinkingMode.BOUNDED)
    void aLineHasAVerdictOrAnError(@ForAll("lines") String line) {
        answered(line);
    }

    @Tag("full")
    @Property(tries = 300_000, shrinking = ShrinkingMode.BOUNDED)
    void aLineHasAVerdictOrAnErrorAtLength(@ForAll("lines") String line) {
        answered(line);
    }

    @Property(tries = 1_000)
    void soHasAnyText(@ForAll String text) {
        answered(text);
    }

    private static void answered(String line) {
        JsonNode read;
        try {
            read = ExplainCommand.read(JSON, line);
        } catch (JacksonException noJson) {
            assertThat(noJson.getOriginalMessage()).isNotBlank();
            return;
        } catch (UserError outOfRange) {
            assertThat(outOfRange.getMessage()).contains("out of range");
            return;
        }
        ObjectNode answer;
        try {
            answer = OUTCOMES.explain(read);
        } catch (UserError mistake) {
            assertThat(mistake.getMessage()).isNotBlank().doesNotContain("tools.jackson", "Exception:", "Node");
            return;
        }
        JsonNode again = JSON.readTree(JSON.writeValueAsString(answer));
        assertThat(again.get("id")).isEqualTo(read.get("id"));
        String verdict = again.get("verdict").asString();
        assertThat(verdict).isIn("retry", "final", "success");
        assertThat(again.get("reason").asString()).isNotBlank();
        assertThat(again.get("rule").asString()).isNotBlank();
        if (verdict.equals("retry")) {
            long min = again.get("delayMinMs").asLong();
            long max = again.get("delayMaxMs").asLong();
            assertThat(min).isBetween(0L, max);
            JsonNode headers = read.get("headers");
            if (headers != null
                    && headers.has("Retry-After")
                    && headers.get("Retry-After").asString("").equals("120")) {
                assertThat(min).isGreaterThanOrEqualTo(120_000);
            }
            if (again.get("withinDeadline").asBoolean()) {
                assertThat(max).as("the default deadline").isLessThanOrEqualTo(30_000);
            }
        } else {
            assertThat(again.get("delayMinMs").isNull()).isTrue();
            assertThat(again.get("delayMaxMs").isNull()).isTrue();
        }
    }

    @Provide
    Arbitrary<String> lines() {
        Arbitrary<String> fields = Combinators.combine(Arbitraries.of(FIELDS), Arbitraries.of(VALUES))
                .as((field, value) -> ",\"" + field + "\":" + value)
                .list()
                .ofMaxSize(5)
                .map(list -> String.join("", list));
        Arbitrary<String> right = Combinators.combine(
                        Arbitraries.of("\"http\"", "\"java\"", "\"http\"", "1"), fields, Arbitraries.of(VALUES))
                .as((client, more, status) -> "{\"id\":7,\"client\":" + client + ",\"status\":" + status + more + "}");
        Arbitrary<String> broken = Combinators.combine(
                        right, Arbitraries.longs(), Arbitraries.integers().between(0, 3))
                .as(ExplainFuzzTest::broken);
        return Arbitraries.oneOf(right, right, broken);
    }

    private static String broken(String line, long seed, int changes) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(line);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), at + random.nextInt(6));
            switch (random.nextInt(3)) {
                case 0 -> text.delete(at, to);
                case 1 -> text.insert(at, text.substring(at, to));
                default -> text.insert(at, "\\\"{}[],:0e\u0000\uD800 ".charAt(random.nextInt(13)));
            }
        }
        return text.toString();
    }
}
