package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoOptionsTest {
    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 4, 3_601, Integer.MAX_VALUE})
    void refusesALengthThatMakesNoSense(int seconds) {
        assertThatThrownBy(() -> new DemoOptions(seconds, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("seconds must be from 5 to 3600, is " + seconds);
    }

    @Test
    void takesTheEdges() {
        assertThat(new DemoOptions(5, 1).seconds()).isEqualTo(5);
        assertThat(new DemoOptions(3_600, -1).seconds()).isEqualTo(3_600);
    }
}
