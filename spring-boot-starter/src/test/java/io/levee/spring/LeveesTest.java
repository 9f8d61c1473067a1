package io.levee.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.Levee;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LeveesTest {
    @TempDir
    private Path folder;

    private final ApplicationContextRunner application =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(LeveeAutoConfiguration.class));

    private String policy(String... downstreams) throws IOException {
        StringBuilder text = new StringBuilder("version: 1\ndownstreams:\n");
        for (String downstream : downstreams) {
            text.append("  ").append(downstream).append(": {deadline: 3s}\n");
        }
        return "levee.policy="
                + Files.writeString(folder.resolve("shop.yaml"), text).toUri();
    }

    @Test
    void withoutAPolicyFileAnyNameIsADownstreamWithTheDefaults() {
        application.run(context -> {
            Levees levees = context.getBean(Levees.class);

            assertThat(levees.get("anything")).isSameAs(levees.get("anything"));
            assertThat(levees.built()).containsOnlyKeys("anything");
            assertThat(context).doesNotHaveBean(Levee.class);
        });
    }

    @Test
    void eachDownstreamOfTheFileIsABean() throws Exception {
        application.withPropertyValues(policy("inventory", "prices")).run(context -> {
            assertThat(context.getBeansOfType(Levee.class)).containsOnlyKeys("levee-inventory", "levee-prices");
            assertThat(context.getBean("levee-prices"))
                    .isSameAs(context.getBean(Levees.class).get("prices"));
        });
    }

    @Test
    void aNameThatTheFileDoesNotHaveIsRefused() throws Exception {
        application
                .withPropertyValues(policy("inventory"))
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Levees.class).get("inventroy"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("did you mean 'inventory'"));
    }

    @Test
    void customizersAreAskedForEachDownstreamInTheirOrder() throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();

        application
                .withPropertyValues(policy("inventory"))
                .withBean("one", LeveeCustomizer.class, () -> (downstream, builder) -> asked.add("one " + downstream))
                .withBean("two", LeveeCustomizer.class, () -> (downstream, builder) -> asked.add("two " + downstream))
                .run(context -> assertThat(asked).containsExactly("one inventory", "two inventory"));
    }

    @Test
    void aBrokenFileIsToldByItsPlaces() throws Exception {
        Path broken =
                Files.writeString(folder.resolve("broken.yaml"), "version: 1\ndownstreams:\n  a: {deadlin: 3s}\n");

        application.withPropertyValues("levee.policy=" + broken.toUri()).run(context -> {
            FailureAnalysis analysis = new PolicyFailureAnalyzer().analyze(context.getStartupFailure());

            assertThat(analysis.getDescription())
                    .contains("broken.yaml:3:16: downstreams.a.deadlin")
                    .contains("did you mean 'deadline'");
            assertThat(analysis.getAction()).contains("levee lint");
        });
    }

    @Test
    void aFileThatIsNotThereIsToldByItsName() {
        application.withPropertyValues("levee.policy=classpath:nowhere.yaml").run(context -> {
            FailureAnalysis analysis = new PolicyFailureAnalyzer().analyze(context.getStartupFailure());

            assertThat(analysis.getDescription())
                    .startsWith("levee.policy is 'classpath:nowhere.yaml', which cannot be read");
            assertThat(analysis.getAction()).contains("classpath:levee.yaml");
        });
    }

    @Test
    void otherFailuresAreNotExplained() {
        assertThat(new PolicyFailureAnalyzer().analyze(new IllegalStateException("other")))
                .isNull();
    }

    /** What editors complete is written by hand; it must name what there is. */
    @Test
    void theMetadataNamesEveryProperty() throws Exception {
        String metadata;
        try (InputStream stream =
                LeveeProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            metadata = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<String> properties = Stream.concat(
                        names("levee", LeveeProperties.class).filter(name -> !name.equals("levee.server")),
                        names("levee.server", LeveeProperties.Server.class))
                .toList();

        assertThat(properties)
                .hasSize(3)
                .allSatisfy(name -> assertThat(metadata).contains("\"name\": \"" + name + "\""));
    }

    private static Stream<String> names(String prefix, Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> prefix + "." + name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT));
    }
}
