package io.levee.guard.slo.openslo;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.prometheus.PrometheusRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever a file holds, it is read or refused with places; and what is read is written and read again. */
class OpenSloFuzzTest {
    private static final List<String> FILES = List.of(text("shop.yaml"), text("shapes.yaml"), text("calendar.yaml"));

    private static final List<String> PIECES = List.of(
            "",
            "x",
            "- ",
            ": ",
            "{}",
            "[]",
            "null",
            "\n",
            "'",
            "|",
            "0",
            "-1",
            "1e999",
            "99999999999999999999",
            "\uD83D\uDE80",
            "  ",
            "---",
            "&a ",
            "*a",
            "28d",
            "1M",
            "target",
            "2026-01-01 00:00:00",
            "FREQ=WEEKLY");

    private static String text(String name) {
        try {
            return Files.readString(Path.of("src", "test", "resources", "openslo", name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 800)
    void aFileIsReadOrRefusedWithPlaces(
            @ForAll @IntRange(max = 2) int which,
            @ForAll @IntRange(max = 2_000) int at,
            @ForAll @IntRange(max = 12) int removed,
            @ForAll @IntRange(max = 23) int piece,
            @ForAll @IntRange(max = 2_000) int at2,
            @ForAll @IntRange(max = 23) int piece2) {
        String mutated = mutated(mutated(FILES.get(which), at, removed, piece), at2, 0, piece2);
        OpenSloFile file;
        try {
            file = OpenSloFile.parse("f", mutated);
        } catch (OpenSloException refused) {
            assertThat(refused.problems()).isNotEmpty().allSatisfy(problem -> {
                assertThat(problem.line()).isBetween(1, (int) mutated.lines().count() + 1);
                assertThat(problem.message()).isNotBlank().doesNotContain("\n");
            });
            return;
        }
        assertThat(OpenSloFile.parse("f", OpenSloWriter.write(file.objects())).objects())
                .usingRecursiveComparison()
                .isEqualTo(file.objects());
        try {
            new PrometheusRules(Catalog.of(List.of(file))).write();
        } catch (OpenSloException | IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static String mutated(String text, int at, int removed, int piece) {
        int from = at % text.length();
        int to = Math.min(text.length(), from + removed);
        return text.substring(0, from) + PIECES.get(piece) + text.substring(to);
    }
}
