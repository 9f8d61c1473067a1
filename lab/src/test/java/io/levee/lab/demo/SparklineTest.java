package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SparklineTest {
    @Test
    void drawsAnEighthOfTheScaleAsOneStep() {
        assertThat(Sparkline.BLOCKS.of(new double[] {0, 1, 10, 11, 20, 40, 80, 99}, 80))
                .isEqualTo(" ▁▁▂▂▄██");
        assertThat(Sparkline.ASCII.of(new double[] {0, 1, 40, 80}, 80)).isEqualTo(" .=@");
    }

    @Test
    void nothingIsDrawnOfNothing() {
        assertThat(Sparkline.BLOCKS.of(new double[] {5, 6}, 0)).isEqualTo("  ");
        assertThat(Sparkline.BLOCKS.of(new double[0], 10)).isEmpty();
    }

    @Test
    void aBarIsFilledToItsShare() {
        assertThat(Sparkline.ASCII.bar(0, 4)).isEqualTo("....");
        assertThat(Sparkline.ASCII.bar(0.5, 4)).isEqualTo("##..");
        assertThat(Sparkline.ASCII.bar(1, 4)).isEqualTo("####");
        assertThat(Sparkline.ASCII.bar(7, 4)).isEqualTo("####");
        assertThat(Sparkline.ASCII.bar(-1, 4)).isEqualTo("....");
    }
}
