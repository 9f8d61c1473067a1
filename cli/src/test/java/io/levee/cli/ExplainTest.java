package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as a user calls it: lines in, lines and an exit code out. */
@Isolated("standard input and output")
class ExplainTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private int exit;

    private List<JsonNode> explain(String... lines) {
        String out = run(String.join("\n", lines) + "\n", "explain");
        return out.lines().map(JSON::readTree).collect(Collectors.toList());
    }

    private String run(String input, String... args) {
        InputStream in = System.in;
        PrintStream out = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StringWriter written = new StringWriter();
        try {
            System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
            CommandLine command = Main.commandLine();
            command.setOut(new PrintWriter(written, true));
            command.setErr(new PrintWriter(written, true));
            exit = command.execute(args);
        } finally {
            System.setIn(in);
            System.setOut(out);
        }
        return written + bytes.toString(StandardCharsets.UTF_8);
    }

    private static String verdict(JsonNode answer) {
        return answer.get("verdict").asString();
    }

    @Test
    void answersEachLineInOrder() {
        List<JsonNode> answers = explain(
                "{\"id\":\"a\",\"client\":\"http\",\"method\":\"POST\",\"status\":503}",
                "{\"id\":\"b\",\"client\":\"http\",\"method\":\"POST\",\"status\":503,\"idempotencyKey\":true}",
                "{\"id\":\"c\",\"client\":\"http\",\"method\":\"POST\",\"status\":429}",
                "{\"id\":\"d\",\"client\":\"http\",\"status\":503,\"headers\":{\"retry-after\":\"120\"}}",
                "{\"id\":\"e\",\"client\":\"http\",\"method\":\"POST\",\"exception\":[\"java.io.UncheckedIOException\",\"java.net.ConnectException\"]}",
                "{\"id\":\"f\",\"client\":\"http\",\"exception\":[\"javax.net.ssl.SSLHandshakeException\"],\"attempt\":1}",
                "{\"id\":\"g\",\"client\":\"http\",\"exception\":[\"java.lang.StackOverflowError\"]}",
                "{\"id\":\"h\",\"client\":\"http\",\"method\":\"PUT\",\"status\":503,\"bodyReplayable\":false}",
                "{\"id\":\"i\",\"client\":\"http\",\"status\":404}",
                "{\"id\":10,\"client\":\"http\",\"status\":200}");
        assertThat(exit).isZero();
        assertThat(answers.stream().map(ExplainTest::verdict))
                .containsExactly(
                        "final", "retry", "retry", "retry", "retry", "final", "final", "final", "final", "success");
        assertThat(answers.get(3).get("delayMinMs").asLong()).isGreaterThanOrEqualTo(120_000);
        assertThat(answers.get(3).get("withinDeadline").asBoolean()).isFalse();
        assertThat(answers.get(9).get("id").asInt()).isEqualTo(10);
    }

    @Test
    void theOtherHttpClientsAreAskedAboutInTheSameWay() {
        for (String client : List.of("okhttp", "apache")) {
            List<JsonNode> answers = explain(
                    "{\"id\":1,\"client\":\"" + client + "\",\"method\":\"POST\",\"status\":503}",
                    "{\"id\":2,\"client\":\"" + client + "\",\"method\":\"PUT\",\"status\":503}",
                    "{\"id\":3,\"client\":\"" + client
                            + "\",\"exception\":\"java.io.EOFException\",\"connectionReused\":true}",
                    "{\"id\":4,\"client\":\"" + client + "\"}");
            assertThat(exit).isEqualTo(2);
            assertThat(verdict(answers.get(0))).isEqualTo("final");
            assertThat(verdict(answers.get(1))).isEqualTo("retry");
            assertThat(answers.get(2).get("rule").asString()).isEqualTo("stale-connection");
            assertThat(answers.get(2).get("delayMaxMs").asLong()).isZero();
            assertThat(answers.get(3).get("error").asString()).contains("status or exception");
        }
    }

    @Test
    void aServersWordAgainstRetriesCountsAsItDoesForTheAdapters() {
        List<JsonNode> answers = explain(
                "{\"id\":1,\"client\":\"http\",\"status\":503,\"headers\":{\"Retry-After\":\"1\",\"levee-should-retry\":\"false\"}}",
                "{\"id\":2,\"client\":\"http\",\"status\":503,\"headers\":{\"Levee-Should-Retry\":\"true\"}}");
        assertThat(exit).isZero();
        assertThat(verdict(answers.get(0))).isEqualTo("final");
        assertThat(answers.get(0).get("rule").asString()).isEqualTo("pushback");
        assertThat(verdict(answers.get(1))).isEqualTo("retry");
    }

    @Test
    void aClientsOwnExceptionsAreKnownByNameWithoutTheClient() {
        List<JsonNode> answers = explain(
                "{\"id\":1,\"client\":\"apache\",\"exception\":\"org.apache.hc.core5.http.RequestNotExecutedException\"}",
                "{\"id\":2,\"client\":\"apache\",\"method\":\"POST\",\"fate\":\"refused\",\"exception\":\"org.apache.hc.core5.http.RequestNotExecutedException\"}",
                "{\"id\":3,\"client\":\"okhttp\",\"exception\":\"okhttp3.internal.http2.StreamResetException\"}");
        assertThat(answers.stream().map(ExplainTest::verdict)).containsOnly("retry");
    }

    @Test
    void aBadLineIsToldWithItsNumberAndTheRestGoOn() {
        List<JsonNode> answers = explain(
                "{\"id\":\"a\",\"client\":\"http\",\"status\":200}",
                "nonsense",
                "{\"id\":\"b\",\"client\":\"smoke\",\"status\":200}",
                "{\"id\":\"c\",\"client\":\"http\",\"stats\":200}",
                "{\"id\":\"d\",\"client\":\"http\",\"status\":\"many\"}",
                "{\"id\":\"e\",\"client\":\"http\",\"status\":200}");
        assertThat(exit).isEqualTo(2);
        assertThat(answers).hasSize(6);
        for (int bad : new int[] {1, 2, 3, 4}) {
            assertThat(answers.get(bad).get("line").asInt()).isEqualTo(bad + 1);
            assertThat(answers.get(bad).get("error").asString()).isNotBlank();
        }
        assertThat(answers.get(2).get("error").asString()).contains("smoke", "http");
        assertThat(answers.get(3).get("error").asString()).contains("stats");
        assertThat(verdict(answers.get(5))).isEqualTo("success");
    }

    @Test
    void sqlErrorsAreJudgedByTheAdaptersTables() {
        List<JsonNode> answers = explain(
                "{\"id\":1,\"client\":\"jdbc\",\"sqlState\":\"40001\",\"vendorCode\":0,\"product\":\"PostgreSQL\",\"commitSent\":false}",
                "{\"id\":2,\"client\":\"jdbc\",\"sqlState\":\"08006\",\"product\":\"PostgreSQL\",\"commitSent\":true}",
                "{\"id\":3,\"client\":\"jdbc\",\"sqlState\":\"08006\",\"product\":\"PostgreSQL\",\"commitSent\":true,\"idempotencyKey\":true}",
                "{\"id\":4,\"client\":\"jdbc\",\"sqlState\":\"HY000\",\"vendorCode\":1205,\"product\":\"MariaDB\"}",
                "{\"id\":5,\"client\":\"jdbc\",\"sqlState\":\"23505\",\"product\":\"PostgreSQL\"}",
                "{\"id\":6,\"client\":\"jdbc\",\"exception\":[\"org.hibernate.StaleStateException\"]}",
                "{\"id\":7,\"client\":\"jdbc\",\"sqlState\":\"40001\",\"commitSent\":true}",
                "{\"id\":8,\"client\":\"jdbc\",\"sqlState\":\"08006\",\"exception\":[\"java.security.cert.CertificateException\"]}");
        assertThat(exit).isZero();
        assertThat(answers.stream().map(ExplainTest::verdict))
                .containsExactly("retry", "final", "retry", "retry", "final", "retry", "retry", "final");
        assertThat(answers.stream().map(answer -> answer.get("fate").asString()))
                .containsExactly(
                        "REFUSED_UNPROCESSED",
                        "SENT_NO_ANSWER",
                        "SENT_NO_ANSWER",
                        "REFUSED_UNPROCESSED",
                        "REFUSED_UNPROCESSED",
                        "REFUSED_UNPROCESSED",
                        "REFUSED_UNPROCESSED",
                        "REFUSED_UNPROCESSED");
        assertThat(answers.get(0).get("rule").asString()).isEqualTo("conflict");
        assertThat(answers.get(0).get("reason").asString()).contains("40001");
        assertThat(answers.get(1).get("stop").asString()).isEqualTo("NOT_IDEMPOTENT");
        assertThat(answers.get(3).get("reason").asString()).contains("ER_LOCK_WAIT_TIMEOUT");
    }

    @Test
    void aCertificateOfAnotherHostIsKnownByWhatPostgresqlsDriverSays() {
        List<JsonNode> answers = explain(
                "{\"id\":1,\"client\":\"jdbc\",\"sqlState\":\"08006\",\"product\":\"PostgreSQL\",\"message\":\"The hostname db could not be verified by hostnameverifier PgjdbcHostnameVerifier.\"}",
                "{\"id\":2,\"client\":\"jdbc\",\"sqlState\":\"08006\",\"product\":\"PostgreSQL\",\"message\":\"An I/O error occurred\"}");
        assertThat(verdict(answers.get(0))).isEqualTo("final");
        assertThat(answers.get(0).get("rule").asString()).isEqualTo("certificate");
        assertThat(verdict(answers.get(1))).isEqualTo("retry");
    }

    @Test
    void aBadSqlLineIsTold() {
        List<JsonNode> answers = explain(
                "{\"id\":1,\"client\":\"jdbc\"}",
                "{\"id\":2,\"client\":\"jdbc\",\"sqlState\":\"4001\"}",
                "{\"id\":3,\"client\":\"http\",\"sqlState\":\"40001\"}",
                "{\"id\":4,\"client\":\"jdbc\",\"sqlState\":\"40001\",\"status\":500}",
                "{\"id\":5,\"client\":\"jdbc\",\"sqlState\":\"40001\",\"vendorCode\":\"x\"}");
        assertThat(exit).isEqualTo(2);
        assertThat(answers.get(0).get("error").asString()).contains("sqlState");
        assertThat(answers.get(1).get("error").asString()).contains("5 characters", "4001");
        assertThat(answers.get(2).get("error").asString()).contains("sqlState", "jdbc");
        assertThat(answers.get(3).get("error").asString()).contains("status", "http");
        assertThat(answers.get(4).get("error").asString()).contains("vendorCode");
    }

    @Test
    void grpcCallsAreJudgedByCodePushbackAndCommitment() {
        List<JsonNode> answers = explain(
                "{\"id\":1,\"client\":\"grpc\",\"code\":\"UNAVAILABLE\",\"metadata\":{\"grpc-retry-pushback-ms\":\"10\"},\"committed\":false}",
                "{\"id\":2,\"client\":\"grpc\",\"code\":\"UNAVAILABLE\",\"idempotent\":true,\"metadata\":{\"Grpc-Retry-Pushback-Ms\":\"200\"}}",
                "{\"id\":3,\"client\":\"grpc\",\"code\":14,\"idempotent\":true,\"metadata\":{\"grpc-retry-pushback-ms\":\"0\"}}",
                "{\"id\":4,\"client\":\"grpc\",\"code\":14,\"idempotent\":true,\"metadata\":{\"grpc-retry-pushback-ms\":\"-1\"}}",
                "{\"id\":5,\"client\":\"grpc\",\"code\":14,\"idempotent\":true,\"metadata\":{\"grpc-retry-pushback-ms\":\"soon\"}}",
                "{\"id\":6,\"client\":\"grpc\",\"code\":\"UNAVAILABLE\",\"idempotent\":true,\"committed\":true}",
                "{\"id\":7,\"client\":\"grpc\",\"code\":\"RESOURCE_EXHAUSTED\"}",
                "{\"id\":8,\"client\":\"grpc\",\"code\":\"RESOURCE_EXHAUSTED\",\"metadata\":{\"grpc-retry-pushback-ms\":\"5\"}}",
                "{\"id\":9,\"client\":\"grpc\",\"code\":\"UNAVAILABLE\",\"fate\":\"refused\"}",
                "{\"id\":10,\"client\":\"grpc\",\"code\":\"UNAVAILABLE\",\"exception\":[\"io.grpc.StatusRuntimeException\",\"java.net.ConnectException\"]}",
                "{\"id\":11,\"client\":\"grpc\",\"code\":\"DEADLINE_EXCEEDED\",\"idempotent\":true}",
                "{\"id\":12,\"client\":\"grpc\",\"code\":\"ABORTED\",\"idempotent\":true}",
                "{\"id\":13,\"client\":\"grpc\",\"code\":\"OK\"}");
        assertThat(exit).isZero();
        assertThat(answers.stream().map(ExplainTest::verdict))
                .containsExactly(
                        "final", "retry", "retry", "final", "final", "final", "final", "retry", "retry", "retry",
                        "retry", "final", "success");
        assertThat(answers.get(0).get("rule").asString()).isEqualTo("not-idempotent");
        assertThat(answers.get(1).get("delayMinMs").asLong()).isEqualTo(200);
        assertThat(answers.get(2).get("delayMaxMs").asLong()).isZero();
        assertThat(answers.get(3).get("rule").asString()).isEqualTo("pushback");
        assertThat(answers.get(5).get("stop").asString()).isEqualTo("COMMITTED");
        assertThat(answers.get(7).get("fate").asString()).isEqualTo("REFUSED_UNPROCESSED");
        assertThat(answers.get(9).get("rule").asString()).isEqualTo("connect");
    }

    @Test
    void whatMakesNoSenseForAClientIsAnError() {
        List<JsonNode> answers = explain(
                "{\"id\":1,\"client\":\"grpc\",\"status\":503}",
                "{\"id\":2,\"client\":\"grpc\",\"code\":\"BUSY\"}",
                "{\"id\":3,\"client\":\"grpc\"}",
                "{\"id\":4,\"client\":\"http\",\"status\":503,\"code\":\"UNAVAILABLE\"}");
        assertThat(exit).isEqualTo(2);
        assertThat(answers).allMatch(answer -> answer.has("error"));
    }

    @Test
    void aUsersMistakeIsOneClearLineAndExit2() {
        assertThat(run("", "explain", "--policy", "no-such-file.yaml"))
                .contains("no-such-file.yaml")
                .doesNotContain("\tat ");
        assertThat(exit).isEqualTo(2);
        assertThat(run("", "explain", "--sereis", "3")).contains("--sereis").doesNotContain("\tat ");
        assertThat(exit).isEqualTo(2);
    }

    @Test
    void theSeriesSaysEachRetryAndTheWorstCase() {
        assertThat(run("", "explain", "--series", "4"))
                .contains("10\n", "40\n", "160\n", "worst case")
                .doesNotContain("cut by the deadline");
        assertThat(exit).isZero();
        assertThat(JSON.readTree(run("", "explain", "--series", "2", "--json")).isObject())
                .isTrue();
    }
}
