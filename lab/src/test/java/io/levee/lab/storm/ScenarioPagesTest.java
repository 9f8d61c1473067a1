package io.levee.lab.storm;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Each scenario that comes with the lab keeps to the published schema, and has its page with a picture. */
class ScenarioPagesTest {
    static final List<String> SHIPPED = ScenarioFile.SHIPPED;

    private static final Path PAGES = Path.of("..", "docs", "scenarios");
    private static final long MOST_BYTES = 120 << 10;
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(resource("scenario.schema.json"));

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(ScenarioFile.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Error> problems(String yaml) {
        return SCHEMA.validate(yaml, InputFormat.YAML);
    }

    @ParameterizedTest
    @FieldSource("SHIPPED")
    void aShippedScenarioKeepsToTheSchema(String name) {
        assertThat(problems(resource(name + ".yaml"))).isEmpty();
    }

    @Test
    void theSchemaTellsAMistake() {
        String wrong = resource("down.yaml").replace("workers:", "worker:");

        assertThat(problems(wrong)).isNotEmpty();
    }

    @ParameterizedTest
    @FieldSource("SHIPPED")
    void aShippedScenarioHasAPageWithItsPicture(String name) throws IOException {
        String page = Files.readString(PAGES.resolve(name + ".md"));

        assertThat(page)
                .contains(ScenarioFile.shipped(name).about())
                .contains("./levee storm --scenario " + name)
                .contains("](" + name + ".png)");
        assertThat(PAGES.resolve(name + ".png")).exists();
        assertThat(Files.size(PAGES.resolve(name + ".png"))).isLessThan(MOST_BYTES);
        assertThat(Files.readString(Path.of("..", "docs", "lab.md"))).contains("(scenarios/" + name + ".md)");
    }
}
