package io.levee.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** That the measurement measures; how long a start takes on this machine is no business of a test. */
class StartUpTest {
    @Test
    void eachProgramMakesItsCallInAFreshJvm() throws Exception {
        String figures = "\\d+\\.\\d / \\d+\\.\\d";
        String table = StartUp.measure(1, 0);
        assertThat(table.lines().filter(line -> line.matches("\\| \\w+ \\| " + figures + " \\| " + figures + " \\|")))
                .as(table)
                .hasSize(3);
    }
}
