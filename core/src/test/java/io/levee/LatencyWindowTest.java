package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LatencyWindowTest {
    private static final long SECOND = Nanos.PER_SECOND;
    private static final long MILLI = Nanos.PER_MILLI;
    private static final long START = 1_000 * SECOND;

    private final LatencyWindow window = new LatencyWindow(0.95, 60 * SECOND, 100, START);

    private void record(int times, long nanos) {
        for (int i = 0; i < times; i++) {
            window.record(nanos);
        }
    }

    /** Never early, and late by at most a sixteenth and a unit. */
    private static void isAbout(long answered, long exact) {
        assertThat(answered).isBetween(exact, exact + exact / 16 + 1_024);
    }

    @Test
    void thePercentileIsTheOneOfAllThatWasRecorded() {
        record(95, 10 * MILLI);
        record(5, 200 * MILLI);
        isAbout(window.percentileNanos(START), 10 * MILLI);
        record(1, 200 * MILLI);
        isAbout(window.percentileNanos(START + 3 * SECOND), 200 * MILLI);
    }

    @Test
    void withTooFewSamplesItIsUnknown() {
        record(99, MILLI);
        assertThat(window.percentileNanos(START)).isEqualTo(LatencyWindow.UNKNOWN);
        record(1, MILLI);
        isAbout(window.percentileNanos(START + 3 * SECOND), MILLI);
    }

    @Test
    void itIsComputedAtMostEveryThreeSeconds() {
        record(100, MILLI);
        isAbout(window.percentileNanos(START), MILLI);
        record(1_000, 50 * MILLI);
        isAbout(window.percentileNanos(START + 3 * SECOND - 1), MILLI);
        isAbout(window.percentileNanos(START + 3 * SECOND), 50 * MILLI);
    }

    @Test
    void durationsAreForgottenAfterTheWindow() {
        record(1_000, 50 * MILLI);
        assertThat(window.percentileNanos(START + 15 * SECOND)).isPositive();
        record(100, MILLI);
        isAbout(window.percentileNanos(START + 59 * SECOND), 50 * MILLI);
        isAbout(window.percentileNanos(START + 62 * SECOND), MILLI);
        assertThat(window.percentileNanos(START + 3_600 * SECOND)).isEqualTo(LatencyWindow.UNKNOWN);
    }

    @Test
    void everyDurationHasItsPlace() {
        record(100, 0);
        isAbout(window.percentileNanos(START), 0);
        record(100_000, Long.MAX_VALUE);
        assertThat(window.percentileNanos(START + 3 * SECOND)).isGreaterThan(2_000 * SECOND);
    }

    @Property
    void aBucketEndsWhereTheNextBegins(@ForAll @LongRange(max = Integer.MAX_VALUE) long units) {
        int bucket = LatencyWindow.bucket(units);
        long edge = LatencyWindow.upperEdge(bucket);
        assertThat(edge).isGreaterThan(units).isLessThanOrEqualTo(units + units / 16 + 1);
        assertThat(LatencyWindow.bucket(edge)).isEqualTo(bucket + 1);
        assertThat(LatencyWindow.bucket(edge - 1)).isEqualTo(bucket);
    }

    @Property(tries = 200)
    void thePercentileIsRightToWithinABucket(
            @ForAll @Size(min = 100, max = 500) List<@LongRange(max = 3_600_000_000_000L) Long> durations) {
        LatencyWindow fresh = new LatencyWindow(0.95, 60 * SECOND, 100, START);
        durations.forEach(fresh::record);
        List<Long> sorted = new ArrayList<>(durations);
        Collections.sort(sorted);
        long exact = sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1);
        long counted = Math.min(exact, (long) Integer.MAX_VALUE << 10);
        assertThat(fresh.percentileNanos(START)).isBetween(counted, counted + counted / 16 + 1_024);
    }
}
