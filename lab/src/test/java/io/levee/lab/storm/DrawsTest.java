package io.levee.lab.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The random numbers of a simulation. */
class DrawsTest {
    private static final int MANY = 400_000;

    @Test
    void theNumbersAreTheSameOnEveryJdk() {
        Draws draws = new Draws(42, "pinned");
        ServiceTime time = new ServiceTime(ServiceTime.Kind.LOGNORMAL, Duration.ofMillis(20), 0.5);
        ServiceTime tail = new ServiceTime(ServiceTime.Kind.HEAVY_TAIL, Duration.ofMillis(20), 1.5);
        long hash = 0;
        for (int i = 0; i < 10_000; i++) {
            hash = 31 * hash + Double.doubleToRawLongBits(time.draw(draws));
            hash = 31 * hash + Double.doubleToRawLongBits(tail.draw(draws));
            hash = 31 * hash + Double.doubleToRawLongBits(draws.exponential());
        }

        assertThat(hash).isEqualTo(PINNED);
    }

    private static final long PINNED = -2_041_381_393_702_043_635L;

    @Test
    void eachPurposeHasNumbersOfItsOwn() {
        assertThat(new Draws(1, "calls").bits()).isNotEqualTo(new Draws(1, "times").bits());
        assertThat(new Draws(1, "calls").bits()).isNotEqualTo(new Draws(2, "calls").bits());
        assertThat(new Draws(1, "calls").bits()).isEqualTo(new Draws(1, "calls").bits());
    }

    /** Six deviations of the mean; the heavy tail's deviation is infinite, so it has its own allowance. */
    @ParameterizedTest
    @CsvSource({"FIXED, 0, 1e-9", "LOGNORMAL, 0.5, 0.006", "EXPONENTIAL, 0, 0.01", "HEAVY_TAIL, 2.5, 0.03"})
    void theMeanIsTheMean(ServiceTime.Kind kind, double shape, double tolerance) {
        ServiceTime time = new ServiceTime(kind, Duration.ofMillis(20), shape);
        Draws draws = new Draws(3, "means");
        double sum = 0;
        for (int i = 0; i < MANY; i++) {
            sum += time.draw(draws);
        }

        assertThat(sum / MANY / 20e6).isCloseTo(1, within(tolerance));
    }

    @Test
    void whatHasNoMeanIsRefused() {
        assertThatThrownBy(() -> new ServiceTime(ServiceTime.Kind.HEAVY_TAIL, Duration.ofMillis(20), 1))
                .hasMessageContaining("alpha must be from 1.05");
        assertThatThrownBy(() -> new ServiceTime(ServiceTime.Kind.FIXED, Duration.ZERO, 0))
                .hasMessageContaining("more than zero");
    }

    @Test
    void aQuantileIsRightToASixteenth() {
        Histogram histogram = new Histogram();
        assertThat(histogram.quantileMillis(0.5)).isNaN();
        for (int millis = 1; millis <= 1_000; millis++) {
            histogram.add(millis * 1_000_000L);
        }

        assertThat(histogram.quantileMillis(0.5)).isCloseTo(500, within(500 / 16.0));
        assertThat(histogram.quantileMillis(0.99)).isCloseTo(990, within(990 / 16.0));
        assertThat(histogram.quantileMillis(1)).isCloseTo(1_000, within(1_000 / 16.0));
    }
}
