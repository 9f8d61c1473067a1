package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.levee.RetryPolicy;
import io.levee.guard.server.Guard;
import io.levee.guard.server.GuardSettings;
import io.levee.guard.store.Imported;
import io.levee.guard.store.StoreSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code guard import} and {@code token reset-admin}, against a guard that runs and one that does not. */
@Timeout(120)
class GuardImportTest {
    @TempDir
    private Path folder;

    private Guard guard;
    private String token;
    private Instant now;

    @BeforeEach
    void start() throws IOException {
        Path slos = Files.createDirectory(folder.resolve("slo"));
        Files.copy(Path.of("../docs/examples/order-submit.yaml"), slos.resolve("order-submit.yaml"));
        now = Instant.now();
        guard = serve();
        token = guard.firstToken();
    }

    private Guard serve() {
        // Once this guard has forgotten all ids, lines that come again are known by the import alone.
        StoreSettings place = StoreSettings.folder(data()).remember(Duration.ZERO, 0);
        return Guard.start(new GuardSettings(folder.resolve("slo"), place).port(0));
    }

    private Path data() {
        return folder.resolve("data");
    }

    @AfterEach
    void stop() {
        guard.close();
    }

    private Ran ask(String... line) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), token);
        List<String> all = new ArrayList<>(List.of(line));
        all.addAll(List.of("--guard", guard.uri().toString(), "--token-file", file.toString()));
        return Ran.run(all.toArray(String[]::new));
    }

    private String events(int count, String outcome) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append("{\"time\":\"")
                    .append(now.minusSeconds(90 + i % 3_000))
                    .append("\",\"service\":\"shop\",\"environment\":\"production\",\"release\":\"r1\",\"outcome\":\"")
                    .append(outcome)
                    .append("\"}\n");
        }
        return lines.toString();
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private void totalIs(int total, int bad) throws IOException {
        // The list of objectives is renewed every other second.
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            JsonNode slo = JsonMapper.shared()
                    .readTree(ask("slo", "status", "--json").out())
                    .path("slos")
                    .get(0);
            assertThat(slo.path("total").asInt() + " " + slo.path("bad").asInt())
                    .isEqualTo(total + " " + bad);
        });
    }

    @Test
    void aFileCountsOnceThoughItIsGivenAgainAndHasGrown() throws Exception {
        String first = events(6_000, "good");
        Ran ran = ask("guard", "import", file("events.ndjson", first).toString());
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .startsWith("6000 lines, 0 of them in before, as file-")
                .contains("        6000  events counted\n");
        Path grown = folder.resolve("events.ndjson.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(grown))) {
            out.write((first + events(7, "bad")).getBytes(StandardCharsets.UTF_8));
        }
        JsonNode json = JsonMapper.shared()
                .readTree(ask("guard", "import", grown.toString(), "--json").out());
        assertThat(json.path("before").asInt()).isEqualTo(6_000);
        assertThat(json.path("counted").asInt()).isEqualTo(7);
        totalIs(6_007, 7);
    }

    @Test
    void wrongLinesAreToldLeftOutAndKeptForMending() throws Exception {
        String record = "{\"decision\":\"retry in 5 ms\",\"rule\":\"connect\",\"time\":" + now.toEpochMilli()
                + ",\"service\":\"shop\",\"environment\":\"production\"}\n";
        Path file = file(
                "mixed.ndjson", events(2, "good") + "{\"time\":1}\n" + record + events(1, "fine") + events(1, "bad"));
        Path refused = folder.resolve("refused.ndjson");
        Ran ran = ask("guard", "import", file.toString(), "--refused", refused.toString());
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .contains("line 3 service is missing\n", "line 5 outcome must be one of good, bad, degraded, is ")
                .hasLineCount(2);
        assertThat(ran.out())
                .contains(
                        "           3  events counted\n",
                        "           1  decision records\n",
                        "           2  lines left out: they are wrong\n");
        assertThat(Files.readAllLines(refused)).hasSize(2).first().isEqualTo("{\"time\":1}");
        file("mixed.ndjson", Files.readString(file) + "{}\n");
        ask("guard", "import", file.toString(), "--refused", refused.toString())
                .isAUsersMistake("--refused: " + refused + " is there already");
        JsonNode json = JsonMapper.shared()
                .readTree(ask("guard", "import", file.toString(), "--json").out());
        assertThat(json.path("refusedLines").toString()).startsWith("[{\"line\":7,\"reason\":\"time is missing\"}]");
        totalIs(3, 1);
    }

    @Test
    void whatCannotBeImportedIsOneLine() throws Exception {
        Path file = file("events.ndjson", events(3, "good"));
        ask("guard", "import", folder.resolve("none").toString()).isAUsersMistake("cannot read", "no such file");
        ask("guard", "import", folder.toString()).isAUsersMistake("cannot read " + folder);
        ask("guard", "import", file.toString(), "--slo", "x").isAUsersMistake("--slo: a guard that runs");
        ask("guard", "import", file.toString(), "--as", "a b").isAUsersMistake("--as: must be 1 to 128 letters");
        assertThat(ask("guard", "import", file.toString()).exit()).isZero();
        file("events.ndjson", events(2, "good"));
        ask("guard", "import", file.toString())
                .isAUsersMistake("events.ndjson: the file has 2 lines, and 3 are in under the name 'file-", "(--as)");
        try (OutputStream out = Files.newOutputStream(folder.resolve("cut.gz"))) {
            out.write(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0});
        }
        ask("guard", "import", folder.resolve("cut.gz").toString()).isAUsersMistake("cannot read");
        Ran direct = Ran.run("guard", "import", file.toString(), "--data", data().toString(), "--slo", folder + "/slo");
        direct.isAUsersMistake("another guard runs on the folder");
        Ran.run("guard", "import", file.toString(), "--data", data().toString()).isAUsersMistake("with --slo DIR");
    }

    @Test
    void aGuardThatIsStoppedIsGivenTheFileInItsFolder() throws Exception {
        guard.close();
        Path file = file("events.ndjson", events(5, "good") + events(2, "bad"));
        String[] line = {
            "guard",
            "import",
            file.toString(),
            "--data",
            data().toString(),
            "--slo",
            folder.resolve("slo").toString()
        };
        assertThat(Ran.run(line).out()).contains("           7  events counted");
        assertThat(Ran.run(line).out()).startsWith("7 lines, 7 of them in before");
        Ran.run("guard", "import", file.toString(), "--data", folder + "/mistyped", "--slo", folder + "/slo")
                .isAUsersMistake("there is no guard.db");
        assertThat(folder.resolve("mistyped")).doesNotExist();
        guard = serve();
        totalIs(7, 2);
    }

    @Test
    void aLostAdminTokenIsMadeAnewByWhoOwnsTheFolder() throws Exception {
        String lost = token;
        String[] line = {"token", "reset-admin", "--data", data().toString()};
        Ran.run(line).isAUsersMistake("another guard runs on the folder", "stop it");
        guard.close();
        Ran.run("token", "reset-admin", "--data", folder + "/mistyped").isAUsersMistake("there is no guard.db");
        Ran.run("token", "reset-admin").isAUsersMistake("--data", "--database");
        Ran first = Ran.run(line);
        assertThat(first.err()).contains("this is 'recovered-admin', and on the record", "still good: first-admin");
        Ran second = Ran.run("token", "reset-admin", "--data", data().toString(), "--revoke-others");
        assertThat(second.err()).contains("this is 'recovered-admin-2'", "revoked: first-admin, recovered-admin");
        guard = serve();
        assertThat(guard.firstToken()).isNull();
        for (String revoked : List.of(lost, first.out().strip())) {
            token = revoked;
            ask("token", "list").isAUsersMistake("unknown, expired or revoked");
        }
        token = second.out().strip();
        assertThat(ask("token", "list").out())
                .contains("recovered-admin-2 ", "by owner-of-the-data")
                .hasLineCount(1);
    }

    @Test
    void aGuardThatIsAwayIsAskedAgainAndThenSaidToBe() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        HttpServer busy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        busy.createContext("/", exchange -> {
            exchange.sendResponseHeaders(asked.incrementAndGet() < 3 ? 503 : 200, 0);
            exchange.getResponseBody().write("{\"lines\":7,\"digest\":\"d\"}".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        busy.start();
        URI url = URI.create("http://127.0.0.1:" + busy.getAddress().getPort());
        try (ImportTarget target = new ImportTarget(
                new GuardClient(HttpClient.newHttpClient(), url, token),
                RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))) {
            assertThat(target.imported("x")).isEqualTo(new Imported(7, "d"));
            assertThat(asked).hasValue(3);
            busy.stop(0);
            assertThatThrownBy(() -> target.imported("x"))
                    .isInstanceOf(GuardClient.Unreachable.class)
                    .hasMessageContaining("the guard at " + url + " cannot be reached");
        } finally {
            busy.stop(0);
        }
    }
}
