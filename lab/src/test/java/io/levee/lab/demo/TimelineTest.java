package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final long TENTH = Timeline.BUCKET_NANOS;
    private static final long SECOND = 10 * TENTH;

    private final Timeline timeline = new Timeline(5 * SECOND);

    private void count(long elapsed, int times) {
        for (int i = 0; i < times; i++) {
            timeline.count(elapsed);
        }
    }

    @Test
    void whatHappensOutsideOfTheRunIsNotCounted() {
        timeline.count(-1);
        timeline.count(0);
        timeline.count(5 * SECOND - 1);
        timeline.count(5 * SECOND);
        timeline.count(Long.MAX_VALUE);

        assertThat(timeline.total()).isEqualTo(2);
    }

    @Test
    void theLastSecondLeavesOutTheTenthThatIsStillFilling() {
        count(0, 3);
        count(SECOND - 1, 4);
        count(SECOND, 5);

        assertThat(timeline.lastSecond(SECOND)).isEqualTo(7);
        assertThat(timeline.lastSecond(SECOND + TENTH - 1)).isEqualTo(7);
        assertThat(timeline.lastSecond(SECOND + TENTH)).isEqualTo(9);
        assertThat(timeline.lastSecond(TENTH)).isEqualTo(3);
        assertThat(timeline.lastSecond(-5)).isZero();
        assertThat(timeline.lastSecond(99 * SECOND)).isZero();
    }

    @Test
    void thePeakMayStraddleTwoCalendarSeconds() {
        count(SECOND - TENTH, 10);
        count(SECOND, 20);
        count(3 * SECOND, 25);

        assertThat(timeline.peakPerSecond()).isEqualTo(30);
    }

    @Test
    void aRunOfLessThanASecondHasAPeakToo() {
        Timeline brief = new Timeline(3 * TENTH);
        brief.count(0);
        brief.count(2 * TENTH);

        assertThat(brief.peakPerSecond()).isEqualTo(2);
    }

    @Test
    void ratesAreThoseOfWholeStretchesOldestFirst() {
        count(0, 5);
        count(5 * TENTH, 10);
        count(10 * TENTH, 100);

        assertThat(timeline.recentRates(12 * TENTH, 4, 5)).containsExactly(0, 0, 10, 20);
        assertThat(timeline.recentRates(15 * TENTH, 2, 5)).containsExactly(20, 200);
    }

    @Test
    void countsFromOneInstantToAnother() {
        count(TENTH, 1);
        count(2 * TENTH, 2);
        count(3 * TENTH, 4);

        assertThat(timeline.between(TENTH, 3 * TENTH)).isEqualTo(3);
        assertThat(timeline.between(0, 99 * SECOND)).isEqualTo(7);
    }
}
