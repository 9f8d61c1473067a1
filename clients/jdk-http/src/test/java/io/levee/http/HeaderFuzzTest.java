package io.levee.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.levee.Levee;
import io.levee.RetryPolicy;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Headers that the client reads and writes, against a real server: whatever comes in, what goes out keeps its form. The
 * long runs are tagged 'full': {@code ./levee test --full -pl clients/jdk-http -am}.
 */
class HeaderFuzzTest {
    /** A string of RFC 9651, section 3.3.3: what an Idempotency-Key has to be. */
    private static final Pattern SF_STRING =
            Pattern.compile("\"(?:[\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]|\\\\[\"\\\\])*\"");

    private static final String TIME_LEFT = "Levee-Timeout-Ms";
    private static final long OWN_MILLIS = 60_000;
    private static final int DEADLINE_SECONDS = 30;

    /** What a request carried. */
    private record Seen(List<String> keys, List<String> timesLeft) {}

    private static final ConcurrentLinkedQueue<Seen> SEEN = new ConcurrentLinkedQueue<>();
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();
    private static HttpServer server;
    private static HttpClient plain;

    /** What the server answers next: a status, and headers with it. */
    private static volatile int status = 200;

    private static volatile List<String> retryAfter = List.of();

    @BeforeContainer
    static void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(THREADS);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            SEEN.add(new Seen(
                    values(exchange.getRequestHeaders().get("Idempotency-Key")),
                    values(exchange.getRequestHeaders().get(TIME_LEFT))));
            retryAfter.forEach(value -> exchange.getResponseHeaders().add("Retry-After", value));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        plain = HttpClient.newHttpClient();
    }

    private static List<String> values(List<String> header) {
        return header == null ? List.of() : List.copyOf(header);
    }

    @AfterContainer
    static void stop() {
        server.stop(0);
        THREADS.shutdownNow();
    }

    private static HttpRequest.Builder request() {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"));
    }

    private static Levee levee(Duration deadline) {
        return Levee.named("x")
                .deadline(deadline)
                .attemptTimeout(deadline)
                .noRetryBudget()
                .retry(RetryPolicy.fixed(Duration.ZERO).attempts(3))
                .build();
    }

    private static List<Seen> sent(LeveeHttpClient client, HttpRequest request, int answer, List<String> waits)
            throws Exception {
        SEEN.clear();
        status = answer;
        retryAfter = waits;
        HttpResponse<Void> response = client.send(request, BodyHandlers.discarding());
        assertThat(response.statusCode()).isEqualTo(answer);
        return new ArrayList<>(SEEN);
    }

    @Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
    void theTimeLeftIsTheShortestThatIsKnown(@ForAll("givenTimes") List<String> given) throws Exception {
        sendsTheShortest(given);
    }

    @Tag("full")
    @Property(tries = 10_000, shrinking = ShrinkingMode.BOUNDED)
    void theTimeLeftIsTheShortestThatIsKnownAtLength(@ForAll("givenTimes") List<String> given) throws Exception {
        sendsTheShortest(given);
    }

    private static void sendsTheShortest(List<String> given) throws Exception {
        try (Levee levee = levee(Duration.ofMillis(OWN_MILLIS))) {
            HttpRequest.Builder request = request();
            BigInteger shortest = BigInteger.valueOf(OWN_MILLIS);
            for (String value : given) {
                request.header(TIME_LEFT, value);
                String text = value.replaceAll("^[ \t]+|[ \t]+$", "");
                if (text.matches("[0-9]+")) {
                    shortest = shortest.min(new BigInteger(text));
                }
            }
            List<Seen> seen = sent(LeveeHttpClient.wrap(plain, levee), request.build(), 200, List.of());
            assertThat(seen).hasSize(1);
            assertThat(seen.get(0).timesLeft).hasSize(1);
            String sent = seen.get(0).timesLeft.get(0);
            assertThat(sent).matches("0|[1-9][0-9]{0,17}");
            assertThat(Long.parseLong(sent)).isLessThanOrEqualTo(shortest.longValueExact());
            if (shortest.longValueExact() < OWN_MILLIS / 2) {
                assertThat(Long.parseLong(sent)).isEqualTo(shortest.longValueExact());
            } else {
                assertThat(Long.parseLong(sent))
                        .as("of a minute that has just begun")
                        .isPositive();
            }
        }
    }

    @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED)
    void noRetryAfterMakesTheClientThrowOrWaitPastTheDeadline(@ForAll("waits") List<String> waits) throws Exception {
        endsInTime(waits);
    }

    @Tag("full")
    @Property(tries = 5_000, shrinking = ShrinkingMode.BOUNDED)
    void noRetryAfterMakesTheClientThrowOrWaitPastTheDeadlineAtLength(@ForAll("waits") List<String> waits)
            throws Exception {
        endsInTime(waits);
    }

    private static void endsInTime(List<String> waits) throws Exception {
        // Each wait is none, or longer than the deadline: the call goes on at once or ends at once.
        try (Levee levee = levee(Duration.ofSeconds(DEADLINE_SECONDS))) {
            long asked =
                    waits.stream().filter(value -> seconds(value).signum() > 0).count();
            List<Seen> seen = sent(LeveeHttpClient.wrap(plain, levee), request().build(), 503, waits);
            assertThat(seen).hasSizeBetween(1, 3);
            if (asked > 0) {
                assertThat(seen)
                        .as("a wait that would cross the deadline is not begun")
                        .hasSize(1);
            }
        }
    }

    /** What a Retry-After in seconds asks for; 0 if it is none. */
    private static BigInteger seconds(String value) {
        String text = value.replaceAll("^[ \t]+|[ \t]+$", "");
        return text.matches("[0-9]+") ? new BigInteger(text) : BigInteger.ZERO;
    }

    @Example
    void aKeyIsAQuotedStringTheSameForACallAndNeverUsedTwice() throws Exception {
        Set<String> keys = new HashSet<>();
        try (Levee levee = levee(Duration.ofSeconds(30))) {
            LeveeHttpClient client =
                    LeveeHttpClient.builder(plain, levee).idempotencyKeys(true).build();
            HttpRequest order = request().POST(BodyPublishers.ofString("{}")).build();
            for (int call = 0; call < 100; call++) {
                List<Seen> seen = sent(client, order, 503, List.of());
                assertThat(seen).hasSize(3);
                List<String> first = seen.get(0).keys;
                assertThat(first)
                        .hasSize(1)
                        .allMatch(key -> SF_STRING.matcher(key).matches());
                assertThat(seen).allMatch(each -> each.keys.equals(first));
                assertThat(keys.add(first.get(0))).as("new for each call").isTrue();
            }
        }
    }

    @Provide
    Arbitrary<List<String>> givenTimes() {
        return Arbitraries.oneOf(
                        Arbitraries.integers().between(0, 120_000).map(String::valueOf),
                        Arbitraries.integers().between(0, 9_000).map(number -> " " + number + "\t"),
                        Arbitraries.integers().between(0, 9_000).map(number -> "0".repeat(20) + number),
                        Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(40),
                        Arbitraries.strings()
                                .withChars("0123456789 +-.,eEx\t")
                                .ofMinLength(1)
                                .ofMaxLength(12),
                        Arbitraries.strings()
                                .withCharRange('!', '~')
                                .ofMinLength(1)
                                .ofMaxLength(20))
                .list()
                .ofMaxSize(3);
    }

    @Provide
    Arbitrary<List<String>> waits() {
        return Arbitraries.oneOf(
                        Arbitraries.of(
                                "0", "31", "99999999999999999999", "-1", "Sun, 06 Nov 1994 08:49:37 GMT", "soon"),
                        Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(25),
                        Arbitraries.strings()
                                .withChars("0123456789 ,:-GMTSunNov")
                                .ofMinLength(1)
                                .ofMaxLength(30),
                        Arbitraries.strings()
                                .withCharRange('!', '~')
                                .ofMinLength(1)
                                .ofMaxLength(20))
                .filter(value -> seconds(value).signum() == 0
                        || seconds(value).compareTo(BigInteger.valueOf(DEADLINE_SECONDS)) > 0)
                .list()
                .ofMaxSize(3);
    }
}
