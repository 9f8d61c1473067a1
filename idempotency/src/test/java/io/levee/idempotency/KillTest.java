package io.levee.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server is killed (SIGKILL) in the middle of a keyed request, and started again. */
class KillTest {
    private static final String NOWHERE = "nowhere";

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();

    private String url() {
        return "jdbc:sqlite:" + database();
    }

    private Path database() {
        return directory.resolve("payments.db");
    }

    /** Kills a server whose handler has come to a place, and answers what the next one says in the end. */
    private HttpResponse<String> killedAt(String place, String mode) throws Exception {
        try (Program first = new Program(mode, place)) {
            client.sendAsync(first.payment("10 EUR"), BodyHandlers.ofString());
            first.await(PaymentProgram.AT + place);
        }
        try (Program second = new Program(mode, NOWHERE)) {
            HttpResponse<String> early = client.send(second.payment("10 EUR"), BodyHandlers.ofString());
            if (early.statusCode() == 409) {
                assertThat(Long.parseLong(
                                early.headers().firstValue("Retry-After").orElseThrow()))
                        .isBetween(1L, 2L);
            }
            HttpResponse<String> late = Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(100))
                    .until(
                            () -> client.send(second.payment("10 EUR"), BodyHandlers.ofString()),
                            response -> response.statusCode() != 409);
            HttpResponse<String> again = client.send(second.payment("10 EUR"), BodyHandlers.ofString());
            assertThat(again.statusCode()).isEqualTo(late.statusCode());
            assertThat(again.body()).isEqualTo(late.body());
            assertThat(client.send(second.payment("11 EUR"), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(422);
            return late;
        }
    }

    /** Effect and record in one transaction: exactly once, wherever the kill strikes. */
    @ParameterizedTest
    @ValueSource(strings = {"start", "before commit", "after commit"})
    void inOneTransactionThePaymentIsMadeOnce(String place) throws Exception {
        HttpResponse<String> answer = killedAt(place, "transaction");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).isEqualTo(place.equals("after commit") ? "first run" : "taken over");
        assertThat(PaymentProgram.paid(url())).isEqualTo(1);
    }

    @Test
    void anApplicationThatCanLookAnswersForTheLostOne() throws Exception {
        HttpResponse<String> answer = killedAt("after commit", "hook");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).isEqualTo("looked up");
        assertThat(PaymentProgram.paid(url())).isEqualTo(1);
    }

    @Test
    void withoutTakeoversAnInterruptedRequestStaysInDoubt() throws Exception {
        HttpResponse<String> answer = killedAt("after commit", "never");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("not known whether");
        assertThat(PaymentProgram.paid(url())).isEqualTo(1);
    }

    /** What the documentation warns of: without a transaction or a hook, work that was lost half way is begun again, once. */
    @Test
    void byDefaultAnInterruptedRequestIsBegunAgainOnce() throws Exception {
        HttpResponse<String> answer = killedAt("start", "default");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).isEqualTo("taken over");
        assertThat(PaymentProgram.paid(url())).isEqualTo(1);
    }

    private final class Program implements AutoCloseable {
        private final Process process;
        private final BufferedReader said;
        private final URI uri;

        Program(String mode, String stayAt) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            PaymentProgram.class.getName(),
                            database().toString(),
                            mode,
                            stayAt)
                    .redirectError(directory.resolve("program.log").toFile())
                    .start();
            said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            uri = URI.create("http://127.0.0.1:" + await(PaymentProgram.PORT) + "/payments");
        }

        /** The rest of the first line that begins so; the end of the program ends the wait. */
        String await(String beginning) throws IOException {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (line.startsWith(beginning)) {
                    return line.substring(beginning.length());
                }
            }
            throw new IOException("the program ended before it said " + beginning);
        }

        HttpRequest payment(String amount) {
            return HttpRequest.newBuilder(uri)
                    .header("Idempotency-Key", "\"payment-7\"")
                    .POST(BodyPublishers.ofString(amount))
                    .build();
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
