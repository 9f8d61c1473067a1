package io.levee.guard.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.Counts;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever comes is taken or refused, never an error of the guard's; what is refused counts nothing. */
class ReportFuzzTest {
    private static final String SHOP = "https://shop.example";
    private static Guarded guarded = null;
    private static Path folder = null;

    @BeforeContainer
    static void start() throws IOException {
        folder = Files.createTempDirectory("levee-browser");
        guarded = new Guarded(
                folder,
                SHOP,
                () -> Instant.parse("2026-11-25T10:10:00Z"),
                settings -> settings.limits(1_000_000, 1_000_000));
    }

    @AfterContainer
    static void stop() throws IOException {
        guarded.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }

    @Property(tries = 300)
    void bytes(@ForAll byte[] body) throws Exception {
        refusesOrCounts(body);
    }

    @Property(tries = 300)
    void reportsWithSomethingElseInThem(
            @ForAll("bits") String bit,
            @ForAll @IntRange(min = 0, max = 170) int at,
            @ForAll @IntRange(max = 40) int cut)
            throws Exception {
        String good = EndpointTest.text(EndpointTest.view(7), 0, 1, 1);
        int from = Math.min(at, good.length());
        String bad = good.substring(0, from) + bit + good.substring(Math.min(good.length(), from + cut));
        refusesOrCounts(bad.getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<String> bits() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "null",
                        "1e999",
                        "-1",
                        "[[[[",
                        "{}",
                        "\"\"",
                        "\u0000",
                        "\\ud800",
                        "99999999999999999999",
                        "true",
                        "\"errors\":[{}],",
                        "\"paths\":[{\"name\":1}],",
                        "\"view\":[],"),
                Arbitraries.strings().ofMaxLength(20));
    }

    private static void refusesOrCounts(byte[] body) throws Exception {
        Counts before = guarded.counts(Guarded.VIEWS);
        var answer = guarded.send(guarded.report(SHOP, body));
        assertThat(answer.statusCode()).isIn(204, 400, 413);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains(SHOP);
        if (answer.statusCode() != 204) {
            assertThat(guarded.counts(Guarded.VIEWS)).isEqualTo(before);
            assertThat(answer.body()).hasSizeLessThan(400);
        }
    }
}
