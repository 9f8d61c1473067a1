package io.levee.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JsonTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Property(tries = 500)
    void whateverTheTextAnotherParserReadsIt(@ForAll String text) {
        String written = Json.text(Map.of("key", text));
        String read = JSON.readTree(written).get("key").asString();
        assertThat(read).isEqualTo(text);
        assertThat(new String(written.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(written);
    }

    @Property(tries = 500)
    void numbersAreNumbersOrNull(@ForAll double number, @ForAll long whole) {
        assertThat(JSON.readTree(Json.text(whole)).asLong()).isEqualTo(whole);
        String written = Json.text(number);
        if (Double.isFinite(number)) {
            assertThat(JSON.readTree(written).asDouble())
                    .isCloseTo(
                            number, org.assertj.core.data.Offset.offset(Math.max(0.000501, Math.abs(number) * 1e-12)));
        } else {
            assertThat(written).isEqualTo("null");
        }
    }

    @Test
    void emptyOnesAndNulls() {
        assertThat(Json.text(Map.of())).isEqualTo("{}");
        assertThat(Json.text(List.of())).isEqualTo("[]");
        assertThat(Json.text(Arrays.asList(null, true, "x"))).isEqualTo("[null,true,\"x\"]");
        assertThat(Json.text("</script>\u2028")).isEqualTo("\"</script>\\u2028\"");
    }
}
