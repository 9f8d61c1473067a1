package io.levee.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.ConcurrencyLimit;
import io.levee.Levee;
import io.levee.LeveeSettings;
import io.levee.Protection;
import io.levee.RetryPolicy;
import io.levee.Throttle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    void theAdaptivePartsAreThoseOfTheFile() {
        String yaml = """
                version: 1
                downstreams:
                  all:
                    throttle: {multiplier: 1.5, window: 30s, maxRejection: 0.8, minimumPerSecond: 1}
                    concurrencyLimit: {min: 5, max: 50, initial: 10, window: 500ms, maxWait: 1s}
                    hedge: {percentile: 0.9, atLeast: 2ms, window: 30s, minimumSamples: 50}
                  defaults:
                    throttle: {}
                    concurrencyLimit: {}
                    hedge: {after: 20ms}
                  off: {throttle: none, concurrencyLimit: none, hedge: none, retryBudget: none}
                """;
        LeveeConfig config = LeveeConfig.parse("f.yaml", yaml);
        LeveeSettings all = settings(config, "all");
        assertThat(all.throttle())
                .hasToString("adaptive().multiplier(1.5).window(30 s).maxRejection(0.8).minimumPerSecond(1.0)");
        assertThat(all.concurrencyLimit())
                .hasToString("adaptive().between(5, 50).initial(10).window(500 ms).maxWait(1 s)");
        assertThat(all.hedge()).hasToString("afterPercentile(0.9).atLeast(2 ms).window(30 s).minimumSamples(50)");
        LeveeSettings defaults = settings(config, "defaults");
        assertThat(defaults.throttle()).hasToString(Throttle.adaptive().toString());
        assertThat(defaults.concurrencyLimit())
                .hasToString(ConcurrencyLimit.adaptive().toString());
        assertThat(defaults.hedge()).hasToString("after(20 ms)");
        LeveeSettings off = settings(config, "off");
        assertThat(off.throttle()).isNull();
        assertThat(off.concurrencyLimit()).isNull();
        assertThat(off.hedge()).isNull();
    }

    @Test
    void theProtectionIsThatOfTheFile() {
        String yaml = """
                version: 1
                downstreams:
                  adaptive: {protection: adaptive}
                  own: {protection: adaptive, concurrencyLimit: {maxWait: 0s}, retry: none}
                  breaker: {protection: breaker}
                  off: {protection: none}
                  unlimited: {concurrencyLimit: none}
                  alone: {}
                  patient: {retry: {attempts: 100}}
                  chosen: {bulkhead: {inFlight: 10}, concurrencyLimit: none}
                """;
        LeveeConfig config = LeveeConfig.parse("f.yaml", yaml);
        LeveeSettings adaptive = settings(config, "adaptive");
        assertThat(adaptive.concurrencyLimit())
                .hasToString(ConcurrencyLimit.adaptive().toString());
        try (Levee code = Levee.named("code").protection(Protection.adaptive()).build()) {
            assertThat(adaptive.retry()).hasToString(code.settings().retry().toString());
        }
        assertThat(settings(config, "alone").concurrencyLimit())
                .hasToString(ConcurrencyLimit.adaptive().toString());
        assertThat(settings(config, "unlimited").concurrencyLimit()).isNull();
        assertThat(settings(config, "patient").concurrencyLimit()).isNull();
        assertThat(settings(config, "chosen").concurrencyLimit()).isNull();
        LeveeSettings own = settings(config, "own");
        assertThat(own.concurrencyLimit())
                .hasToString(ConcurrencyLimit.adaptive().maxWait(Duration.ZERO).toString());
        assertThat(own.retry()).hasToString(RetryPolicy.never().toString());
        try (Levee breaker = config.builder("breaker").build();
                Levee off = config.builder("off").build()) {
            assertThat(breaker.breaker()).isNotNull();
            assertThat(breaker.concurrencyLimit()).isNull();
            assertThat(off.breaker()).isNull();
            assertThat(off.concurrencyLimit()).isNull();
        }
    }

    @Test
    void aSetWithoutItsOnlyPartIsAMistake() {
        String yaml = """
                version: 1
                downstreams:
                  a: {protection: adaptive, concurrencyLimit: none}
                  b: {protection: hystrix}
                """;
        assertThatThrownBy(() -> LeveeConfig.parse("f.yaml", yaml))
                .isInstanceOf(PolicyFileException.class)
                .hasMessageContaining("f.yaml:3:")
                .hasMessageContaining("is what protection: adaptive consists of; remove one of them")
                .hasMessageContaining("f.yaml:4:")
                .hasMessageContaining("'hystrix' is not known");
    }

    private static LeveeSettings settings(LeveeConfig config, String name) {
        try (Levee levee = config.builder(name).build()) {
            return levee.settings();
        }
    }

    @Test
    void whatIsWrongWithTheAdaptivePartsIsToldWithItsPlace() {
        String yaml = """
                version: 1
                downstreams:
                  a:
                    throttle: {multiplier: 0.5, windw: 1s}
                    concurrencyLimit: {min: 5}
                    hedge: {percentile: 0.9, after: 20ms}
                  b:
                    concurrencyLimit: {min: 9, max: 3}
                    hedge: {after: 20ms, window: 1m}
                  c:
                    hedge: {percentile: 0.95}
                    retryBudget: none
                """;
        assertThatThrownBy(() -> LeveeConfig.parse("f.yaml", yaml))
                .isInstanceOf(PolicyFileException.class)
                .hasMessageContaining(
                        "f.yaml:4:28: downstreams.a.throttle.multiplier: throttle multiplier must be from 1")
                .hasMessageContaining("did you mean 'window'?")
                .hasMessageContaining("downstreams.a.concurrencyLimit: max is missing")
                .hasMessageContaining("downstreams.a.hedge: percentile and after exclude each other")
                .hasMessageContaining("the lower one first, is 9 and 3")
                .hasMessageContaining("downstreams.b.hedge.window: hedge window has no meaning with a fixed delay")
                .hasMessageContaining("downstreams.c.hedge: needs a retry budget");
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
