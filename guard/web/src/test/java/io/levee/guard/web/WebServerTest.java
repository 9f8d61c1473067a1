package io.levee.guard.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.levee.guard.web.Tokens.Principal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real server on a free port, asked by a real client. */
class WebServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, Principal> known = new ConcurrentHashMap<>(Map.of(
            "in", new Principal("pods", Role.INGEST),
            "see", new Principal("eve", Role.VIEWER),
            "go", new Principal("ci", Role.RELEASE)));
    private WebServer server = null;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void aRequestReachesItsRouteWithPartsQueryAndBody() throws Exception {
        start(settings());
        HttpResponse<String> echo =
                send(post("/api/a%20b/echo?q=1&q=2", "{\"n\":1.50}").header("Authorization", "Bearer go"));

        assertThat(echo.statusCode()).isEqualTo(200);
        assertThat(echo.body())
                .isEqualTo("{\"name\":\"a b\",\"q\":[\"1\",\"2\"],\"n\":1.50,\"actor\":\"ci\",\"role\":\"RELEASE\"}");
    }

    @Test
    void jsonHasIsoTimesPlainDecimalsAndNoNaN() throws Exception {
        start(settings());

        assertThat(send(get("/values")).body())
                .isEqualTo("{\"values\":[\"2026-11-25T10:00:00Z\",0.0000001,null,null,1.5]}");
    }

    @Test
    void literalPartsGoBeforeBracesAndThoseBeforeAStar() throws Exception {
        start(settings());

        assertThat(send(get("/pages/home")).body()).contains("literal");
        assertThat(send(get("/pages/other")).body()).contains("braces other");
        assertThat(send(get("/pages/other/deep.js")).body()).contains("star");
        assertThat(send(get("/pages/home/deep.js")).body()).contains("star");
        assertThat(send(get("/pages")).statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsNotThereOrNotAllowedIsSaidInJson() throws Exception {
        start(settings());

        HttpResponse<String> unknown = send(get("/nowhere"));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).isEqualTo("{\"error\":\"there is no /nowhere\"}");
        HttpResponse<String> method = send(request("/values").DELETE());
        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
        HttpResponse<String> options = send(request("/values").method("OPTIONS", BodyPublishers.noBody()));
        assertThat(options.statusCode()).isEqualTo(204);
        assertThat(options.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
        assertThat(send(get("/a/%2e%2e%2f/b")).statusCode()).isEqualTo(400);
        HttpResponse<String> broken = send(post("/api/x/echo", "{\"n\":").header("Authorization", "Bearer go"));
        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(broken.body()).contains("the body is no JSON object, line 1");
        assertThat(send(get("/breaks")).body())
                .contains("an error in the guard")
                .doesNotContain("secret");
    }

    @Test
    void headIsGetWithoutTheBody() throws Exception {
        start(settings());

        HttpResponse<String> head = send(request("/values").method("HEAD", BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).isPresent();
    }

    @Test
    void aTokenOfTooSmallARoleIsRefusedAndSoIsNone() throws Exception {
        start(settings());

        HttpResponse<String> none = send(post("/api/x/echo", "{}"));
        assertThat(none.statusCode()).isEqualTo(401);
        assertThat(none.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        HttpResponse<String> small = send(post("/api/x/echo", "{}").header("Authorization", "Bearer see"));
        assertThat(small.statusCode()).isEqualTo(403);
        assertThat(small.body()).contains("takes the role release, and the token 'eve' has viewer");
    }

    @Test
    void wrongTokensAreSlowedDownAndGoodOnesAreNot() throws Exception {
        start(settings());
        List<Integer> statuses = new java.util.ArrayList<>();
        for (int i = 0; i < 7; i++) {
            statuses.add(send(get("/api/v1/whoami").header("Authorization", "Bearer guess" + i))
                    .statusCode());
        }

        assertThat(statuses).startsWith(401, 401, 401, 401, 401).endsWith(429);
        assertThat(send(get("/api/v1/whoami").header("Authorization", "Bearer in"))
                        .body())
                .contains("\"role\":\"ingest\"");
    }

    @Test
    void aBrowsersSessionWorksFromItsOwnPagesOnlyAndEndsWithItsToken() throws Exception {
        start(settings());
        HttpResponse<String> in = send(post("/login", "{\"token\":\"go\"}"));
        assertThat(in.statusCode()).isEqualTo(200);
        String cookie = in.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict").doesNotContain("Secure", "go");
        String pair = cookie.substring(0, cookie.indexOf(';'));

        assertThat(send(get("/api/v1/whoami").header("Cookie", pair)).body()).contains("ci");
        assertThat(send(post("/api/x/echo", "{}").header("Cookie", pair)).statusCode())
                .isEqualTo(403);
        assertThat(send(post("/api/x/echo", "{}").header("Cookie", pair).header("Origin", "https://evil.example"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(post("/api/x/echo", "{}")
                                .header("Cookie", pair)
                                .header("Origin", server.uri().toString()))
                        .statusCode())
                .isEqualTo(200);
        Principal revoked = known.remove("go");
        assertThat(send(get("/api/v1/whoami").header("Cookie", pair)).statusCode())
                .isEqualTo(401);
        known.put("go", revoked);
        assertThat(send(post("/logout", "").header("Cookie", pair)).statusCode())
                .isEqualTo(204);
        assertThat(send(get("/api/v1/whoami").header("Cookie", pair)).statusCode())
                .isEqualTo(401);
    }

    @Test
    void aBodyIsBoundedAfterDecompression() throws Exception {
        start(settings().bodies(64 << 10, 1 << 20));

        assertThat(size(new byte[64 << 10], false).body()).isEqualTo("{\"size\":65536}");
        assertThat(size(new byte[(64 << 10) + 1], false).statusCode()).isEqualTo(413);
        assertThat(size(pack(new byte[64 << 10]), true).body()).isEqualTo("{\"size\":65536}");
        byte[] bomb = pack(new byte[50 << 20]);
        assertThat(bomb.length).isLessThan(64 << 10);
        assertThat(size(bomb, true).statusCode()).isEqualTo(413);
        assertThat(size("no gzip".getBytes(StandardCharsets.UTF_8), true).statusCode())
                .isEqualTo(400);
        assertThat(send(post("/size", "x").header("Content-Encoding", "br").header("Authorization", "Bearer in"))
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void aConnectionWhoseRequestWasRefusedBeforeItsBodyCameIsSaidToEnd() throws Exception {
        start(settings());
        try (Socket socket = new Socket("127.0.0.1", server.uri().getPort())) {
            socket.getOutputStream()
                    .write("POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 401 ").contains("Connection: close");
        }
    }

    @Test
    void largeAnswersArePackedForWhoeverTakesGzip() throws Exception {
        start(settings());

        HttpResponse<byte[]> packed =
                client.send(get("/large").header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());
        assertThat(packed.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(packed.body().length).isLessThan(1_000);
        assertThat(send(get("/large")).body()).hasSize(5_000);
        HttpResponse<String> known = send(get("/large").header("If-None-Match", "\"v1\""));
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
    }

    @Test
    void browsersAreToldWhatToRefuse() throws Exception {
        start(settings());
        var headers = send(get("/nowhere")).headers();

        assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'self'", "frame-ancestors 'none'");
        assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(headers.firstValue("Referrer-Policy")).hasValue("no-referrer");
        assertThat(headers.firstValue("Cache-Control")).hasValue("no-store");
        assertThat(headers.firstValue("Server")).isEmpty();
    }

    @Test
    void publicRoutesAreLimitedForEachAddress() throws Exception {
        start(settings().publicLimit(0.001, 3));

        assertThat(send(get("/values")).statusCode()).isEqualTo(200);
        assertThat(send(get("/values")).statusCode()).isEqualTo(200);
        assertThat(send(get("/nowhere")).statusCode()).isEqualTo(404);
        HttpResponse<String> limited = send(get("/values"));
        assertThat(limited.statusCode()).isEqualTo(429);
        assertThat(limited.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(send(post("/api/x/echo", "{}").header("Authorization", "Bearer go"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aStreamGetsEventsAndHeartbeatsAndIsClosedWhenTheClientIsGone() throws Exception {
        AtomicReference<Routes.StreamSink> sink = new AtomicReference<>();
        AtomicBoolean closed = new AtomicBoolean();
        live(settings().streams(10, 100, Duration.ofMillis(50)), sink, closed);
        HttpResponse<InputStream> stream =
                client.send(get("/live").header("Authorization", "Bearer see").build(), BodyHandlers.ofInputStream());
        assertThat(stream.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        await().until(() -> sink.get() != null); // the answer's head is sent before the route gets its sink
        sink.get().send("entry", Map.of("seq", 7));

        String begin = readUntil(stream.body(), "still here", "event: entry\ndata: {\"seq\":7}\n\n");
        assertThat(begin).startsWith("retry: 3000\n\n");
        stream.body().close();
        await().untilTrue(closed);
    }

    @Test
    void aStreamEndsWithItsToken() throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        live(settings().streams(10, 100, Duration.ofMillis(50)), new AtomicReference<>(), closed);
        HttpResponse<InputStream> stream =
                client.send(get("/live").header("Authorization", "Bearer see").build(), BodyHandlers.ofInputStream());
        known.remove("see");

        stream.body().readAllBytes();
        await().untilTrue(closed);
    }

    @Test
    void aClientThatDoesNotKeepUpIsDroppedAndHoldsNobodyUp() throws Exception {
        AtomicReference<Routes.StreamSink> sink = new AtomicReference<>();
        AtomicBoolean closed = new AtomicBoolean();
        live(settings().streams(10, 10, Duration.ofSeconds(10)), sink, closed);
        try (Socket slow = new Socket("127.0.0.1", server.uri().getPort())) {
            slow.getOutputStream()
                    .write("GET /live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer see\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            await().until(() -> sink.get() != null);
            String large = "x".repeat(1 << 20);
            for (int i = 0; i < 40 && !closed.get(); i++) {
                sink.get().send("entry", large);
            }
            await().untilTrue(closed);
        }
    }

    @Test
    void thereAreOnlySoManyStreams() throws Exception {
        live(settings().streams(1, 10, Duration.ofSeconds(10)), new AtomicReference<>(), new AtomicBoolean());
        HttpRequest live = get("/live").header("Authorization", "Bearer see").build();
        HttpResponse<InputStream> first = client.send(live, BodyHandlers.ofInputStream());

        assertThat(client.send(live, BodyHandlers.ofString()).statusCode()).isEqualTo(503);
        first.body().close();
    }

    @Test
    void aRequestThatRunsIsAnsweredBeforeTheServerStops() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        server = settings().build();
        server.routes().add("GET", "/slow", null, request -> {
            running.countDown();
            try {
                goOn.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Answer.json(Map.of("done", true));
        });
        server.start();
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(get("/slow").build(), BodyHandlers.ofString());
        running.await(20, TimeUnit.SECONDS);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
        goOn.countDown();

        assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("{\"done\":true}");
        closing.get(20, TimeUnit.SECONDS);
    }

    private WebServerBuilder settings() {
        return WebServer.with(known::get);
    }

    private void live(WebServerBuilder settings, AtomicReference<Routes.StreamSink> sink, AtomicBoolean closed) {
        server = settings.build();
        server.routes().stream("/live", Role.VIEWER, (request, to) -> {
            sink.set(to);
            return () -> closed.set(true);
        });
        server.start();
    }

    private void start(WebServerBuilder settings) {
        server = settings.build();
        Routes routes = server.routes();
        routes.add("POST", "/api/{name}/echo", Role.RELEASE, request -> {
            Map<String, Object> all = new java.util.LinkedHashMap<>();
            all.put("name", request.part("name"));
            all.put("q", request.queries("q"));
            all.put("n", request.json().get("n"));
            all.put("actor", request.actor());
            all.put("role", request.role());
            return Answer.json(all);
        });
        routes.add(
                "GET",
                "/values",
                null,
                request -> Answer.json(Map.of(
                        "values",
                        java.util.Arrays.asList(
                                Instant.parse("2026-11-25T10:00:00Z"),
                                new java.math.BigDecimal("1E-7"),
                                Double.NaN,
                                Double.POSITIVE_INFINITY,
                                1.5))));
        routes.add("GET", "/pages/home", null, request -> Answer.json("literal"));
        routes.add("GET", "/pages/{page}", null, request -> Answer.json("braces " + request.part("page")));
        routes.add("GET", "/pages/*", null, request -> Answer.json("star"));
        routes.add("GET", "/breaks", null, request -> {
            throw new IllegalStateException("secret");
        });
        routes.add("POST", "/size", Role.INGEST, request -> Answer.json(Map.of("size", request.body().length)));
        routes.add(
                "GET",
                "/large",
                null,
                request -> Answer.of(200, "text/plain", new byte[5_000]).with("ETag", "\"v1\""));
        server.start();
    }

    private HttpResponse<String> size(byte[] body, boolean gzip) throws Exception {
        HttpRequest.Builder request =
                request("/size").header("Authorization", "Bearer in").POST(BodyPublishers.ofByteArray(body));
        return send(gzip ? request.header("Content-Encoding", "gzip") : request);
    }

    private static byte[] pack(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream to = new GZIPOutputStream(packed)) {
            to.write(bytes);
        }
        return packed.toByteArray();
    }

    private static String readUntil(InputStream in, String... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            all.write(b);
            String text = all.toString(StandardCharsets.UTF_8);
            if (List.of(parts).stream().allMatch(text::contains)) {
                return text;
            }
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.uri() + path)).timeout(Duration.ofSeconds(20));
    }

    private HttpRequest.Builder get(String path) {
        return request(path).GET();
    }

    private HttpRequest.Builder post(String path, String body) {
        return request(path).POST(BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
