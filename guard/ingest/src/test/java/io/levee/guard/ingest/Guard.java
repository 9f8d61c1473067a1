package io.levee.guard.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import io.levee.guard.web.Tokens;
import io.levee.guard.web.WebServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;

/** Ingest behind the real web server, and what came of it. */
final class Guard implements AutoCloseable {
    static final String TOKEN = "secret";
    /** When it was started, by its own clock. */
    static final Instant STARTED = Instant.parse("2026-11-25T10:00:00Z");

    private static final Tokens TOKENS =
            token -> TOKEN.equals(token) ? new Tokens.Principal("pods", Role.INGEST) : null;
    /** One server for all tests: starting it takes longer than any of them. */
    private static final WebServer SERVER = WebServer.with(TOKENS).port(0).build();

    private static final Map<String, Routes.Handler> CURRENT = new ConcurrentHashMap<>();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    static {
        for (String path : List.of("/v1/traces", "/v1/metrics", "/api/v1/events")) {
            SERVER.routes()
                    .add("POST", path, Role.INGEST, request -> CURRENT.get(path).handle(request));
        }
        SERVER.routes()
                .add(
                        "GET",
                        "/api/v1/imports/{import}",
                        Role.INGEST,
                        request -> CURRENT.get("/api/v1/imports/{import}").handle(request));
        SERVER.start();
    }

    final RecordingStore recorded = new RecordingStore();
    final Ingest ingest;

    Guard(IngestSettings settings) {
        ingest = new Ingest(settings, recorded.store, () -> STARTED);
        ingest.addTo(new Routes() {
            @Override
            public void add(String method, String path, Role least, Handler handler) {
                assertThat(least).isEqualTo(Role.INGEST);
                CURRENT.put(path, handler);
            }

            @Override
            public void stream(String path, Role least, StreamSource source) {
                throw new UnsupportedOperationException(path);
            }
        });
    }

    URI uri(String path) {
        return SERVER.uri().resolve(path);
    }

    int grpc() throws IOException {
        return ingest.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TOKENS, null);
    }

    HttpResponse<byte[]> post(String path, String type, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> get(String path) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Authorization", "Bearer " + TOKEN)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(body);
        }
        return zipped.toByteArray();
    }

    @Override
    public void close() {
        ingest.close();
    }
}
