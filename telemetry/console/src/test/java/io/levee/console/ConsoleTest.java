package io.levee.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.levee.AttemptBody;
import io.levee.Breaker;
import io.levee.Bulkhead;
import io.levee.Call;
import io.levee.ConcurrencyLimit;
import io.levee.Hedge;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.RetryPolicy;
import io.levee.Throttle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The console over HTTP, by sockets and a client of the JDK's. */
class ConsoleTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private LeveeConsole console() {
        LeveeConsole console = LeveeConsole.start(0);
        open.add(console);
        return console;
    }

    private Levee levee(String name) {
        Levee levee = Levee.named(name)
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                .idempotent()
                .build();
        open.add(levee);
        return levee;
    }

    private HttpResponse<String> get(URI uri) throws Exception {
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The state of that downstream, once the sampler has come by. */
    private JsonNode downstream(LeveeConsole console, String label) throws Exception {
        JsonNode all = JSON.readTree(get(console.uri().resolve("api/state")).body());
        for (JsonNode one : all.get("downstreams")) {
            if (one.get("label").asString().equals(label)) {
                return one;
            }
        }
        return JSON.nullNode();
    }

    @Test
    void aLeveeThatNamesNoTelemetryIsFound() throws Exception {
        assertThat(ServiceLoader.load(io.levee.Telemetry.class).stream().map(ServiceLoader.Provider::type))
                .contains(ConsoleTelemetry.class);
        Levee before = levee("built before");
        LeveeConsole console = console();
        Levee after = levee("built after");
        Levee hidden = Levee.named("says no").telemetry().build();
        open.add(hidden);
        before.call(attempt -> "7");
        after.call(attempt -> "7");
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(downstream(console, "built before").at("/counts/calls").asInt())
                    .isEqualTo(1);
            assertThat(downstream(console, "built after").at("/counts/calls").asInt())
                    .isEqualTo(1);
        });
        assertThat(downstream(console, "says no").isNull()).isTrue();
    }

    @Test
    void theFiguresAreThoseOfTheCalls() throws Exception {
        LeveeConsole console = console();
        Levee levee = levee("figures");
        for (int i = 0; i < 5; i++) {
            levee.call(attempt -> "7");
        }
        levee.call(attempt -> {
            if (attempt.number() < 2) {
                throw new ConnectException("refused");
            }
            return "7";
        });
        levee.execute(Call.named("hopeless"), attempt -> {
            throw new IllegalStateException("no");
        });
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode counts = downstream(console, "figures").path("counts");
            assertThat(counts.path("calls").asInt()).isEqualTo(7);
            assertThat(counts.path("succeededAtOnce").asInt()).isEqualTo(5);
            assertThat(counts.path("savedByRetry").asInt()).isEqualTo(1);
            assertThat(counts.path("failed").asInt()).isEqualTo(1);
            assertThat(counts.path("attempts").asInt()).isEqualTo(9);
            assertThat(counts.path("retries").asInt()).isEqualTo(2);
        });
        JsonNode decisions = JSON.readTree(
                        get(console.uri().resolve("api/decisions")).body())
                .get("decisions");
        List<String> titles = new ArrayList<>();
        for (JsonNode one : decisions) {
            if (one.get("label").asString().equals("figures")) {
                titles.add(one.get("title").asString() + " "
                        + one.get("attempt").asInt() + " " + one.get("rule").asString());
            }
        }
        assertThat(titles).hasSize(3);
        assertThat(titles.subList(0, 2)).containsExactly("retry 0 connect", "retry 1 connect");
        assertThat(titles.get(2)).startsWith("final 0 ");
    }

    @Test
    void decisionsCanBeAskedForFromWhereOneHasRead() throws Exception {
        LeveeConsole console = console();
        Levee levee = levee("paged");
        for (int i = 0; i < 3; i++) {
            levee.execute(Call.named("hopeless"), attempt -> {
                throw new IllegalStateException("no");
            });
        }
        URI all = console.uri().resolve("api/decisions");
        JsonNode first = JSON.readTree(get(all).body()).get("decisions");
        long last = first.get(first.size() - 1).get("id").asLong();
        JsonNode rest = JSON.readTree(
                        get(URI.create(all + "?after=" + (last - 1))).body())
                .get("decisions");
        assertThat(rest.size()).isEqualTo(1);
        assertThat(rest.get(0).get("id").asLong()).isEqualTo(last);
        HttpResponse<String> wrong = get(URI.create(all + "?after=yesterday"));
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("?after=17");
    }

    @Test
    void theStreamBringsStatesAndDecisions() throws Exception {
        LeveeConsole console = console();
        Levee levee = levee("streamed");
        HttpResponse<InputStream> stream = http.send(
                HttpRequest.newBuilder(console.uri().resolve("api/stream")).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(stream.headers().firstValue("content-type")).contains("text/event-stream");
        BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
        assertThat(dataOf(lines, "hello").get("pid").asLong())
                .isEqualTo(ProcessHandle.current().pid());
        assertThat(dataOf(lines, "state").get("downstreams").isArray()).isTrue();
        levee.execute(Call.named("hopeless"), attempt -> {
            throw new IllegalStateException("no");
        });
        JsonNode heard = dataOf(lines, "decisions");
        assertThat(heard.toString()).contains("\"label\":\"streamed\"", "\"operation\":\"hopeless\"");
        console.close();
        awaitEnd(lines);
    }

    /** Comes back when the stream has ended, by its last chunk or by a connection that is cut: closing waits for no follower. */
    private static void awaitEnd(BufferedReader lines) {
        try {
            String line = lines.readLine();
            while (line != null) {
                line = lines.readLine();
            }
        } catch (IOException cut) {
            // has ended as well
        }
    }

    private static JsonNode dataOf(BufferedReader lines, String event) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("event: " + event)) {
                return JSON.readTree(lines.readLine().substring("data: ".length()));
            }
        }
        throw new IOException("the stream has ended");
    }

    @Test
    void moreFollowersThanItHasRoomForAreToldToComeBack() throws Exception {
        LeveeConsole console = console();
        List<InputStream> followers = new ArrayList<>();
        HttpRequest request =
                HttpRequest.newBuilder(console.uri().resolve("api/stream")).build();
        for (int i = 0; i < Pages.STREAMS; i++) {
            followers.add(http.send(request, HttpResponse.BodyHandlers.ofInputStream())
                    .body());
        }
        HttpResponse<String> refused = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("retry-after")).contains("10");
        assertThat(get(console.uri()).statusCode()).isEqualTo(200);
        for (InputStream follower : followers) {
            follower.close();
        }
        Awaitility.await().atMost(PATIENCE).until(() -> {
            HttpResponse<InputStream> again = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            again.body().close();
            return again.statusCode() == 200;
        });
    }

    @Test
    void aNameThatIsNotItsOwnIsRefused() throws Exception {
        LeveeConsole console =
                LeveeConsole.builder().allowHost("build7.example").start();
        open.add(console);
        int port = console.uri().getPort();
        assertThat(statusFor(port, "localhost:" + port)).isEqualTo(200);
        assertThat(statusFor(port, "127.0.0.1:" + port)).isEqualTo(200);
        assertThat(statusFor(port, "[::1]:9999")).isEqualTo(200);
        assertThat(statusFor(port, "Build7.example")).isEqualTo(200);
        assertThat(statusFor(port, "evil.example:" + port)).isEqualTo(403);
        assertThat(statusFor(port, "localhost.evil.example")).isEqualTo(403);
        assertThat(statusFor(port, "127.0.0.1.evil.example")).isEqualTo(403);
        assertThat(statusFor(port, "[::1].evil.example")).isEqualTo(403);
        assertThat(statusFor(port, "")).isEqualTo(403);
    }

    /** By hand: the JDK's client lets nobody set Host. */
    private static int statusFor(int port, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            return Integer.parseInt(in.readLine().split(" ")[1]);
        }
    }

    @Test
    void itOnlyReads() throws Exception {
        LeveeConsole console = console();
        HttpResponse<String> post = http.send(
                HttpRequest.newBuilder(console.uri().resolve("api/state"))
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("allow")).contains("GET, HEAD");
        HttpResponse<String> page = get(console.uri());
        assertThat(page.headers().firstValue("content-security-policy").orElse(""))
                .contains("default-src 'none'", "frame-ancestors 'none'");
        assertThat(page.headers().firstValue("access-control-allow-origin")).isEmpty();
        assertThat(get(console.uri().resolve("../secret")).statusCode()).isEqualTo(404);
        assertThat(get(console.uri().resolve("LeveeConsole.class")).statusCode())
                .isEqualTo(404);
        for (String file : List.of("console.css", "console.js", "icon.svg")) {
            assertThat(get(console.uri().resolve(file)).statusCode()).isEqualTo(200);
        }
        HttpResponse<String> head = http.send(
                HttpRequest.newBuilder(console.uri())
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValueAsLong("content-length").orElse(0))
                .isEqualTo(page.body().getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void aPortInUseIsNamedWithTheWayOut() {
        LeveeConsole first = console();
        int port = first.uri().getPort();
        assertThatThrownBy(() -> LeveeConsole.start(port))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("port " + port)
                .hasMessageContaining("in use")
                .hasMessageContaining("0 for any free one");
        assertThatThrownBy(() -> LeveeConsole.start(70_000)).hasMessageContaining("65535, is 70000");
        assertThatThrownBy(() -> LeveeConsole.builder().allowHost("http://x/")).hasMessageContaining("without scheme");
        first.close();
        first.close();
        LeveeConsole second = LeveeConsole.start(port);
        open.add(second);
        assertThat(second.uri()).isEqualTo(first.uri());
    }

    @Test
    void aStormKeepsOnlySoManyRecordsAndCountsTheRest() throws Exception {
        LeveeConsole console = console();
        Levee storm = levee("storm");
        for (int i = 0; i < 20_000; i++) {
            storm.execute(Call.named("hopeless"), attempt -> {
                throw new IllegalStateException("no");
            });
        }
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(downstream(console, "storm")
                                .at("/counts/failed")
                                .asInt())
                        .isEqualTo(20_000));
        int dropped = downstream(console, "storm").path("dropped").asInt();
        long kept = Board.OF_THIS_JVM.after(0).stream()
                .filter(note -> note.label().equals("storm"))
                .count();
        assertThat(Board.OF_THIS_JVM.after(0)).hasSizeLessThanOrEqualTo(Board.NOTES);
        // 25 a second: the rest is counted, however slow the machine (it would have to take minutes for 20,000 calls).
        assertThat(kept).isPositive();
        assertThat(dropped).isBetween(10_000, 20_000 - (int) kept);
        assertThat(downstream(console, "storm").path("healthText").asString()).isEqualTo("failing");
    }

    @Test
    void aLeveeThatNobodyUsesAnyMoreGoes() {
        console();
        Levee forgotten = Levee.named("forgotten").build();
        forgotten.call(attempt -> "7");
        assertThat(labels()).contains("forgotten");
        forgotten = null;
        Awaitility.await().atMost(PATIENCE).until(() -> {
            System.gc();
            return !labels().contains("forgotten");
        });
    }

    private static List<String> labels() {
        return Board.OF_THIS_JVM.panels().stream().map(Panel::label).collect(Collectors.toList());
    }

    @Test
    void theAdaptivePartsAreShown() throws Exception {
        LeveeConsole console = console();
        Levee levee = Levee.named("adaptive")
                .throttle(Throttle.adaptive())
                .concurrencyLimit(ConcurrencyLimit.adaptive())
                .hedge(Hedge.after(Duration.ofSeconds(1)))
                .build();
        open.add(levee);
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                downstream(console, "adaptive").path("extras").toString())
                        .contains("rejects 0 %", "in flight", "0 sent, 0 won"));
    }

    @Test
    void twoOfOneNameAreToldApart() {
        Levee one = levee("twin");
        Levee other = levee("twin");
        assertThat(labels()).contains("twin", "twin #2");
        assertThat(one).isNotSameAs(other);
    }

    @Test
    void aCallThatSucceedsAtOnceAllocatesNothing() {
        console();
        Levee levee = Levee.named("hot")
                .limiter(Limiter.perSecond(1e9).burst(1_000_000))
                .breaker(Breaker.failureRate(0.5))
                .bulkhead(Bulkhead.inFlight(10))
                .telemetry(new ConsoleTelemetry())
                .build();
        open.add(levee);
        AttemptBody<String, RuntimeException> body = attempt -> "7";
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        int calls = 20_000;
        for (int i = 0; i < calls; i++) {
            levee.call(body);
        }
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < calls; i++) {
            levee.call(body);
        }
        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(calls);
    }
}
