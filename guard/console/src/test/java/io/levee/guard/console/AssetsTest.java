package io.levee.guard.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** How the console's files go out. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AssetsTest {
    private static final Path FOLDER = Path.of("src/main/resources/io/levee/guard/console");

    private final HttpClient http = HttpClient.newHttpClient();
    private CannedGuard guard;

    @BeforeAll
    void start() {
        guard = new CannedGuard(new Shop(Instant.parse("2026-11-26T03:07:00Z")));
    }

    @AfterAll
    void stop() {
        guard.close();
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(guard.uri().resolve(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void everyFileOfTheFolderIsServed() throws Exception {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> FOLDER.relativize(file).toString().replace('\\', '/')))
                    .containsExactlyInAnyOrderElementsOf(Assets.FILES);
        }
    }

    @Test
    void everyPageIsTheSameDocumentThatIsAskedForAnew() throws Exception {
        for (String page : List.of(
                "/", "/slo/a%20b", "/slo/a/incident/a-1", "/heatmap", "/gate", "/actions", "/review", "/login")) {
            HttpResponse<byte[]> answer = get(page);
            assertThat(answer.statusCode()).as(page).isEqualTo(200);
            assertThat(answer.headers().firstValue("Cache-Control")).contains("no-cache");
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("script-src 'self'", "require-trusted-types-for 'script'")
                    .doesNotContain("unsafe");
            assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                    .contains("<main")
                    .doesNotContain("{assets}");
        }
    }

    @Test
    void aFileIsKeptForEverUnderItsVersionAndOnlyThere() throws Exception {
        String shell = new String(get("/").body(), StandardCharsets.UTF_8);
        String app = shell.replaceAll("(?s).*src=\"(/assets/[0-9a-f]{16}/app\\.js)\".*", "$1");
        HttpResponse<byte[]> plain = get(app);
        assertThat(plain.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
        assertThat(plain.body()).isEqualTo(Files.readAllBytes(FOLDER.resolve("app.js")));
        assertThat(plain.headers().firstValue("Content-Type")).contains("text/javascript; charset=utf-8");

        HttpResponse<byte[]> zipped = get(app, "Accept-Encoding", "br, gzip");
        assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(zipped.headers().firstValue("Vary")).contains("Accept-Encoding");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(zipped.body())).readAllBytes())
                .isEqualTo(plain.body());
        assertThat(get(app, "Accept-Encoding", "gzip;q=0").headers().firstValue("Content-Encoding"))
                .isEmpty();

        String tag = plain.headers().firstValue("ETag").orElseThrow();
        assertThat(get(app, "If-None-Match", tag).statusCode()).isEqualTo(304);

        HttpResponse<byte[]> other = get("/assets/0000000000000000/app.js");
        assertThat(other.body()).isEqualTo(plain.body());
        assertThat(other.headers().firstValue("Cache-Control")).contains("no-cache");
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        for (String path : List.of(
                "/assets/x",
                "/assets/0000000000000000/",
                "/assets/0000000000000000/..%2fConsole.class",
                "/assets/0000000000000000/none.js")) {
            assertThat(get(path).statusCode()).as(path).isIn(400, 404);
        }
    }

    @Test
    void noFileTakesMarkupFromData() throws Exception {
        for (String name : Assets.FILES) {
            if (name.endsWith(".js") && !name.startsWith("vendor/")) {
                assertThat(Files.readString(FOLDER.resolve(name)))
                        .as(name)
                        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
            }
        }
    }
}
