package io.levee.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FailureWindowTest {
    private static final long S = 1_000_000_000L;

    /** Against a list of instants: nothing younger than 60 s is missing, nothing older than 65 s is there. */
    @Property(tries = 2000)
    void countsTheLastMinute(
            @ForAll @LongRange(min = -9_000, max = 9_000) long startSeconds,
            @ForAll @Size(max = 60) List<@LongRange(min = 0, max = 20_000) Long> stepsMs) {
        FailureWindow window = new FailureWindow();
        List<Long> instants = new ArrayList<>();
        long now = startSeconds * S;
        for (long step : stepsMs) {
            now += step * 1_000_000;
            window.add(now);
            instants.add(now);
            long at = now;
            long certain = instants.stream().filter(then -> at - then < 60 * S).count();
            long possible =
                    instants.stream().filter(then -> at - then <= 65 * S).count();
            assertThat(window.count(now)).isBetween(certain, possible);
        }
        assertThat(window.count(now + 66 * S)).isZero();
        assertThat(window.count(now + 100_000 * S)).isZero();
    }

    @Test
    void anInstantThatIsReadLateCountsWhereTheWindowIs() {
        FailureWindow window = new FailureWindow();
        window.add(100 * S);
        window.add(20 * S);
        assertThat(window.count(100 * S)).isEqualTo(2);
    }
}
