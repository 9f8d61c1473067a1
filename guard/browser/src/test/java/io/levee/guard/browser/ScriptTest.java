package io.levee.guard.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.openslo.OpenSloFile;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files for pages, as they are served. */
class ScriptTest {
    @Test
    void isBelow2048BytesCompressed() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(Script.javascript().bytes());
        }
        assertThat(packed.size()).isLessThan(2048);
    }

    @Test
    void isTheSourceWithoutIndentationAndCommentLines() {
        String source = Script.resource("levee.js");
        String served = new String(Script.javascript().bytes(), StandardCharsets.UTF_8);

        assertThat(source.lines())
                .as("a template literal over lines would change")
                .allMatch(line -> line.chars().filter(c -> c == '`').count() % 2 == 0);
        assertThat(served.lines())
                .containsExactlyElementsOf(source.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("//"))
                        .toList());
        assertThat(served)
                .doesNotContain(
                        "eval(", "new Function", "innerHTML", "document.cookie", "localStorage", "sessionStorage");
    }

    @Test
    void theHashInTheDocsIsThatOfTheScript() throws Exception {
        assertThat(Files.readString(Path.of("..", "..", "docs", "browser.md")))
                .contains(Script.javascript().integrity());
    }

    @Test
    void theObjectiveInTheDocsCountsPaths() throws Exception {
        String docs = Files.readString(Path.of("..", "..", "docs", "browser.md"));
        String yaml = docs.substring(docs.indexOf("apiVersion:"), docs.indexOf("```", docs.indexOf("apiVersion:")));

        OpenSloFile file = OpenSloFile.parse("browser.md", yaml);
        assertThat(file.warnings()).isEmpty();
        assertThat(file.objects()).hasSize(1);
    }

    @Test
    void isServedForEveryPageAndKept(@TempDir Path folder) throws Exception {
        try (Guarded guarded =
                new Guarded(folder, "https://shop.example", () -> Instant.EPOCH, UnaryOperator.identity())) {
            var first = guarded.get("/browser/levee.js");
            String tag = first.headers().firstValue("ETag").orElseThrow();

            assertThat(first.body().getBytes(StandardCharsets.UTF_8))
                    .isEqualTo(Script.javascript().bytes());
            assertThat(first.headers().firstValue("Content-Type")).contains("text/javascript; charset=utf-8");
            assertThat(first.headers().firstValue("Cache-Control")).contains("public, max-age=3600");
            assertThat(first.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("*");
            assertThat(guarded.get("/browser/levee.js", "If-None-Match", tag).statusCode())
                    .isEqualTo(304);
            assertThat(guarded.get("/browser/levee.d.ts").body()).contains("interface LeveePath");
            assertThat(guarded.figures().at("/script/integrity").asString())
                    .isEqualTo(Script.javascript().integrity());
            assertThat(guarded.get("/api/v1/browser").statusCode()).isEqualTo(401);
        }
    }
}
