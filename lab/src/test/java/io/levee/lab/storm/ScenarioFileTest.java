package io.levee.lab.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Scenarios in YAML. */
class ScenarioFileTest {
    static final List<String> SHIPPED = ScenarioFile.SHIPPED;

    private static final String FINE = """
            version: 1
            name: mine
            length: 10s
            load: {perSecond: 10}
            services: [{name: s, workers: 2, time: {fixed: 10ms}}]
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @FieldSource("SHIPPED")
    void everyShippedScenarioCanBeRead(String name) {
        Scenario scenario = ScenarioFile.shipped(name);

        assertThat(scenario.name()).isEqualTo(name);
        assertThat(scenario.about()).endsWith(".");
        assertThat(scenario.last().capacity()).isEqualTo(1_200);
    }

    @Test
    void whatIsLeftOutHasADefault() {
        Scenario scenario = ScenarioFile.parse("f", FINE, folder);

        assertThat(scenario.clients()).isEqualTo(1);
        assertThat(scenario.attemptTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(scenario.deadline()).isEqualTo(Duration.ofSeconds(3));
        assertThat(scenario.roundTrip()).isEqualTo(Duration.ofMillis(1));
        assertThat(scenario.services().get(0).queue()).isEqualTo(1_000);
        assertThat(scenario.to()).isEqualTo(Duration.ofSeconds(10));
        assertThat(scenario.latencyOver()).isEqualTo(Scenario.LatencyOver.WINDOW);
    }

    @Test
    void everythingThatIsWrongIsToldWithItsPlace() {
        String wrong = """
                version: 1
                name: mine
                length: 10s
                load: {perSecond: -1}
                services: [{name: s, workers: 0, time: {fixed: 10ms}}, {name: t, workers: 1}]
                faults:
                  - {kind: broken, from: 1s, to: 2s}
                  - {kind: slow, from: 1s, to: 2s}
                measure: {from: 1s, to: 2s, latencyOver: fault}
                colour: red
                """;

        assertThatThrownBy(() -> ScenarioFile.parse("f.yaml", wrong, folder))
                .isInstanceOf(ScenarioFileException.class)
                .hasMessageContaining("f.yaml:4")
                .hasMessageContaining("perSecond must be from 0")
                .hasMessageContaining("workers must be from 1")
                .hasMessageContaining("time is missing")
                .hasMessageContaining("'broken' is not known")
                .hasMessageContaining("kind slow needs factor")
                .hasMessageContaining("'fault' is not known; known: window, run")
                .hasMessageContaining("colour: unknown setting");
    }

    @Test
    void aFaultOfAServiceThatIsNotThereIsToldWithThoseThatAre() {
        String wrong = FINE + "faults: [{kind: down, from: 1s, to: 2s, service: x}]\n";

        assertThatThrownBy(() -> ScenarioFile.parse("f.yaml", wrong, folder))
                .hasMessageContaining("'x'")
                .hasMessageContaining("there are s");
    }

    @Test
    void aRecordingIsReadFromBesideTheFile() throws IOException {
        Files.writeString(folder.resolve("calls.txt"), "0.5\n0.75\n\n2\n");
        Path file =
                Files.writeString(folder.resolve("s.yaml"), FINE.replace("{perSecond: 10}", "{recorded: calls.txt}"));

        assertThat(ScenarioFile.load(file).load()).isEqualTo(new Load.Recorded(List.of(0.5, 0.75, 2.0)));

        Files.writeString(folder.resolve("calls.txt"), "0.5\nsoon\n");
        assertThatThrownBy(() -> ScenarioFile.load(file)).hasMessageContaining("soon");
        Files.writeString(folder.resolve("calls.txt"), "0.5\n0.25\n");
        assertThatThrownBy(() -> ScenarioFile.load(file)).hasMessageContaining("must ascend");
        Files.delete(folder.resolve("calls.txt"));
        assertThatThrownBy(() -> ScenarioFile.load(file)).hasMessageContaining("cannot read calls.txt");
    }

    @Test
    void aScenarioCanBeVaried() {
        Scenario scenario = ScenarioFile.shipped("brownout");

        assertThat(scenario.withLoad(2).load()).isEqualTo(new Load.Poisson(List.of(new Load.Step(0, 2_000))));
        assertThat(scenario.withClients(50).clients()).isEqualTo(50);
        assertThat(scenario.withServiceTimes(ServiceTime.Kind.HEAVY_TAIL).last().time())
                .isEqualTo(new ServiceTime(ServiceTime.Kind.HEAVY_TAIL, Duration.ofMillis(20), 1.5));
        assertThatThrownBy(() -> ScenarioFile.shipped("thundering-herd").withLoad(2))
                .hasMessageContaining("no rate");
    }
}
