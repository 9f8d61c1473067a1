package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long MINUTE = 60_000_000_000L;

    @Property(tries = 30)
    void arriveInOrderWithinTheRun(@ForAll long seed) {
        long[] arrivals = Arrivals.poisson(120, MINUTE / 10, seed);

        assertThat(arrivals).isSorted();
        assertThat(arrivals[0]).isZero();
        assertThat(arrivals[arrivals.length - 1]).isLessThan(MINUTE / 10);
    }

    @Test
    void equalSeedsGiveEqualArrivalsAndOthersDiffer() {
        long[] once = Arrivals.poisson(120, MINUTE, 7);

        assertThat(Arrivals.poisson(120, MINUTE, 7)).isEqualTo(once);
        assertThat(Arrivals.poisson(120, MINUTE, 8)).isNotEqualTo(once);
    }

    @Test
    void comeAtTheRateAndAsIrregularlyAsAPoissonStream() {
        // 72,000 arrivals: the relative error of the count is 1/sqrt(72000) = 0.4 %; five of those make 2 %.
        long[] arrivals = Arrivals.poisson(120, 10 * MINUTE, 3);

        assertThat(arrivals.length / 600.0).isBetween(117.6, 122.4);
        double mean = (double) arrivals[arrivals.length - 1] / (arrivals.length - 1);
        double squares = 0;
        for (int i = 1; i < arrivals.length; i++) {
            double off = arrivals[i] - arrivals[i - 1] - mean;
            squares += off * off;
        }
        double deviation = Math.sqrt(squares / (arrivals.length - 1));
        // The gaps of a Poisson stream deviate by as much as their mean; a metronome's would by 0.
        assertThat(deviation / mean).isBetween(0.97, 1.03);
    }
}
