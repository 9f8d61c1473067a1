package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    private static final long SECOND = Nanos.PER_SECOND;
    private static final long MILLI = Nanos.PER_MILLI;

    private long now = 1_000 * SECOND;

    private ConcurrencyLimit from50() {
        return ConcurrencyLimit.gradient().between(1, 1_000).initial(50).build(now);
    }

    /** A window in which so many attempts were in flight, of which so many were dropped. */
    private void window(ConcurrencyLimit limit, int attempts, int drops, long nanos) {
        int entered = 0;
        for (int i = 0; i < attempts; i++) {
            entered += limit.tryEnter() ? 1 : 0;
        }
        assertThat(entered).as("there was room").isEqualTo(attempts);
        now += SECOND;
        for (int i = 0; i < attempts; i++) {
            long at = i < attempts - 1 ? now - 1 : now; // the last one ends the window
            if (i < drops) {
                limit.leaveDropped(at);
            } else {
                limit.leave(at, nanos);
            }
        }
    }

    private List<Integer> series(ConcurrencyLimit limit, double dropped, long nanos) {
        List<Integer> limits = new ArrayList<>(List.of(limit.limit()));
        for (int i = 0; i < 4; i++) {
            // A multiple of four, so that a quarter of them is a whole number.
            int attempts = limit.limit() / 4 * 4;
            window(limit, attempts, (int) (attempts * dropped), nanos);
            limits.add(limit.limit());
        }
        return limits;
    }

    /** The three series of the class' documentation; limit() is the whole part. */
    @Test
    void theLimitFollowsTheDocumentedSeries() {
        ConcurrencyLimit well = settled();
        assertThat(series(well, 0, 10 * MILLI)).containsExactly(50, 50, 51, 52, 53);
        ConcurrencyLimit slow = settled();
        assertThat(series(slow, 0, 40 * MILLI)).containsExactly(50, 45, 42, 38, 35);
        ConcurrencyLimit dropping = settled();
        assertThat(series(dropping, 0.25, 10 * MILLI)).containsExactly(50, 48, 46, 45, 43);
    }

    /** With 10 ms as its long-term duration, and not grown meanwhile, for it was not in use. */
    private ConcurrencyLimit settled() {
        ConcurrencyLimit limit = from50();
        for (int i = 0; i < 10; i++) {
            window(limit, 20, 0, 10 * MILLI);
        }
        assertThat(limit.limit()).isEqualTo(50);
        assertThat(limit.snapshot().longNanos()).isCloseTo(10 * MILLI, within(1_024L));
        return limit;
    }

    @Test
    void aDurationOfUpToHalfAsMuchAgainIsNoReasonToShrink() {
        ConcurrencyLimit limit = settled();
        window(limit, 48, 0, 15 * MILLI);
        window(limit, 48, 0, 15 * MILLI);
        assertThat(limit.limit()).isEqualTo(51);
        window(limit, 48, 0, 20 * MILLI);
        assertThat(limit.limit()).isEqualTo(49);
    }

    @Test
    void aLimitThatIsNotUsedNeitherGrowsNorShrinksWithDurations() {
        ConcurrencyLimit limit = settled();
        for (int i = 0; i < 20; i++) {
            window(limit, 24, 0, i % 2 == 0 ? MILLI : 100 * MILLI);
        }
        assertThat(limit.limit()).isEqualTo(50);
        window(limit, 25, 0, 10 * MILLI);
        window(limit, 26, 0, 10 * MILLI);
        assertThat(limit.limit()).as("half of it is use enough").isEqualTo(51);
    }

    @Test
    void dropsShrinkALimitThatIsNotUsed() {
        ConcurrencyLimit limit = settled();
        window(limit, 12, 12, 0);
        assertThat(limit.limit()).as("50 - 0.2 x 50 x 0.5").isEqualTo(45);
    }

    @Test
    void dropsAreNoSamplesOfTheDuration() {
        ConcurrencyLimit limit = settled();
        window(limit, 40, 39, 10 * MILLI);
        assertThat(limit.snapshot().shortNanos()).isCloseTo(10 * MILLI, within(1_024L));
        window(limit, 40, 40, 0);
        assertThat(limit.snapshot().longNanos()).isCloseTo(10 * MILLI, within(1_024L));
    }

    @Test
    void itStaysWithinItsBounds() {
        ConcurrencyLimit limit = ConcurrencyLimit.gradient().build(now);
        assertThat(limit.limit()).isEqualTo(20);
        for (int i = 0; i < 400; i++) {
            window(limit, limit.limit(), 0, 10 * MILLI);
        }
        assertThat(limit.limit()).isEqualTo(200);
        for (int i = 0; i < 100; i++) {
            window(limit, limit.limit(), limit.limit(), 0);
        }
        assertThat(limit.limit()).isEqualTo(20);
    }

    @Test
    void aWindowGoesOnUntilItHasTenSamples() {
        ConcurrencyLimit limit =
                ConcurrencyLimit.gradient().between(1, 100).initial(4).build(now);
        for (int i = 0; i < 9; i++) {
            assertThat(limit.tryEnter()).isTrue();
            assertThat(limit.tryEnter()).isTrue();
            limit.leave();
            now += SECOND;
            limit.leave(now, MILLI);
        }
        assertThat(limit.snapshot().shortNanos()).isZero();
        limit.tryEnter();
        limit.leaveDropped(now);
        assertThat(limit.snapshot().shortNanos()).isCloseTo(MILLI, within(1_024L));
    }

    @Test
    void leavingWithoutAWordIsNoSample() {
        ConcurrencyLimit limit = settled();
        for (int i = 0; i < 100; i++) {
            limit.tryEnter();
            limit.leave();
        }
        assertThat(limit.inFlight()).isZero();
        now += 10 * SECOND;
        limit.tryEnter();
        limit.leave(now, SECOND);
        assertThat(limit.snapshot().shortNanos()).as("still the window before").isLessThan(11 * MILLI);
    }

    @Test
    void fullItRefusesAndAfterShrinkingThoseInsideStay() {
        ConcurrencyLimit limit =
                ConcurrencyLimit.gradient().between(2, 20).initial(20).build(now);
        for (int i = 0; i < 20; i++) {
            assertThat(limit.tryEnter()).isTrue();
        }
        assertThat(limit.tryEnter()).isFalse();
        now += SECOND;
        for (int i = 0; i < 10; i++) {
            limit.leaveDropped(now);
        }
        assertThat(limit.limit()).as("20 x 0.9 + 0.8").isEqualTo(18);
        assertThat(limit.inFlight()).isEqualTo(10);
        assertThat(limit).hasToString("ConcurrencyLimit[10 of 18 in flight, 2 to 20]");
    }

    @Test
    void leavingTwiceIsAnError() {
        ConcurrencyLimit limit = ConcurrencyLimit.gradient().build(now);
        limit.tryEnter();
        limit.leave(now, MILLI);
        assertThatIllegalStateException()
                .isThrownBy(() -> limit.leaveDropped(now))
                .withMessage("concurrency limit left more often than entered: 0 of 20 in flight");
    }

    @Test
    void aFloodOfSamplesStaysWithinItsField() {
        ConcurrencyLimit limit = ConcurrencyLimit.gradient().build(now);
        for (int i = 0; i < 200_000; i++) {
            limit.tryEnter();
            limit.leave(now, 3_600 * SECOND);
        }
        limit.tryEnter();
        limit.leave(now + SECOND, Long.MAX_VALUE / 2);
        assertThat(limit.snapshot().shortNanos()).isCloseTo(3_600 * SECOND, within(1_024L));
    }

    @Test
    void valuesOutOfRangeAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConcurrencyLimit.gradient().between(10, 9))
                .withMessageContaining("the lower one first, is 10 and 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConcurrencyLimit.gradient().between(0, 9));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConcurrencyLimit.gradient().initial(201))
                .withMessageContaining("set after its bounds, must be from 20 to 200, is 201");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConcurrencyLimit.gradient().window(Duration.ofMinutes(2)))
                .withMessage("concurrency limit's window must be from 10 ms to 60 s, is 120 s");
        assertThat(ConcurrencyLimit.gradient().between(5, 50).initial(10))
                .hasToString("gradient().between(5, 50).initial(10).window(1 s)");
    }

    /** Whatever happens, the limit moves as the documented formula says, and stays within its bounds. */
    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void theLimitIsThatOfTheFormula(
            @ForAll @Size(min = 5, max = 60) List<@IntRange(max = 200) Integer> millis,
            @ForAll @IntRange(max = 100) int dropPercent,
            @ForAll @IntRange(min = 20, max = 100) int usePercent) {
        ConcurrencyLimit limit =
                ConcurrencyLimit.gradient().between(10, 300).initial(100).build(now);
        double expected = 100;
        double average = 0;
        int windows = 0;
        for (int each : millis) {
            int attempts = Math.max(10, (int) expected * usePercent / 100);
            int drops = attempts * dropPercent / 100;
            window(limit, attempts, drops, Math.max(1, each) * 1_024_000L);
            double mean = Math.max(1, each) * 1_024_000.0;
            double gradient = 1;
            boolean used = attempts >= expected / 2;
            if (drops < attempts) {
                windows++;
                average += (mean - average) * (windows <= 10 ? 1.0 / windows : 2.0 / 601);
                average *= average > 2 * mean ? 0.95 : 1;
                gradient = used ? 1.5 * average / mean : 1;
            }
            gradient = Math.max(0.5, Math.min(1, Math.min(gradient, 1 - drops / (double) attempts)));
            expected = 0.8 * expected + 0.2 * (expected * gradient + (used ? 4 : 0));
            expected = Math.max(10, Math.min(300, expected));
            assertThat((double) limit.limit()).isBetween(expected - 1.001, expected + 0.001);
        }
    }
}
