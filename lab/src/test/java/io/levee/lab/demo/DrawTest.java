package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.RandomSource;
import org.junit.jupiter.api.Test;

class DrawTest {
    private static final int DRAWS = 100_000;

    @Test
    void theExtremesOfTheSourceGiveFiniteNumbers() {
        Draw least = new Draw(() -> 0L);
        Draw most = new Draw(() -> -1L);

        assertThat(least.uniform()).isZero();
        assertThat(most.uniform()).isLessThan(1.0).isGreaterThan(0.999);
        assertThat(least.exponential(5)).isZero();
        assertThat(most.exponential(5)).isFinite().isPositive();
        assertThat(least.logNormal(25, 0.5)).isFinite().isPositive();
        assertThat(most.logNormal(25, 0.5)).isFinite().isPositive();
    }

    @Test
    void serviceTimesHaveTheMeanThatWasAskedFor() {
        Draw draw = new Draw(RandomSource.seeded(11));
        double sum = 0;
        for (int i = 0; i < DRAWS; i++) {
            sum += draw.logNormal(25, 0.5);
        }
        // Deviation 25 x sqrt(e^0.25 - 1) = 13.3; over 100,000 draws 0.042. Five of those.
        assertThat(sum / DRAWS).isBetween(24.79, 25.21);
    }
}
