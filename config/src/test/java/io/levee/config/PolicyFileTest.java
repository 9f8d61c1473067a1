package io.levee.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.Levee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFileTest {
    @Test
    void theExampleOfTheDocumentationLoads(@TempDir Path folder) throws IOException {
        String page = Files.readString(Path.of("..", "docs", "policy-file.md"));
        String example =
                page.substring(page.indexOf("```yaml\n") + 8, page.indexOf("\n```", page.indexOf("```yaml\n")));
        // The class it names is the reader's own.
        Path file = folder.resolve("levee.yaml");
        Files.writeString(file, example.replace("com.example.Stale", "java.util.ConcurrentModificationException"));
        LeveeConfig config = LeveeConfig.load(file);
        assertThat(config.names()).containsExactly("inventory");
        try (Levee levee = config.builder("inventory").build()) {
            assertThat(levee.limiter()).isNotNull();
            assertThat(levee.breaker()).isNotNull();
            assertThat(levee.bulkhead()).isNotNull();
        }
    }

    @Test
    void whatIsLeftOutIsTheBuildersDefault() {
        try (Levee read = LeveeConfig.parse("f.yaml", "version: 1\ndownstreams:\n  a: {}\n")
                        .builder("a")
                        .build();
                Levee plain = Levee.named("a").build()) {
            assertThat(read.settings()).isEqualTo(plain.settings());
        }
    }

    @Test
    void everythingThatIsWrongIsToldAtOnceWithItsPlace() {
        String yaml =
                "version: 1\ndownstreams:\n  a:\n    deadlin: 3s\n    attemptTimeout: soon\n    bulkhead: {inFlight: -1}\n";
        assertThatThrownBy(() -> LeveeConfig.parse("f.yaml", yaml))
                .isInstanceOf(PolicyFileException.class)
                .hasMessageContaining("f.yaml:4:")
                .hasMessageContaining("deadline")
                .hasMessageContaining("f.yaml:5:")
                .hasMessageContaining("f.yaml:6:");
    }

    @Test
    void whatIsNoYamlIsAPolicyFileExceptionToo() {
        assertThatThrownBy(() -> LeveeConfig.parse("f.yaml", "a: [1, 2")).isInstanceOf(PolicyFileException.class);
        assertThatThrownBy(() -> LeveeConfig.parse("f.yaml", "")).isInstanceOf(PolicyFileException.class);
    }
}
