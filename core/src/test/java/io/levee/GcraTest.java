package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GcraTest {
    @ParameterizedTest
    @CsvSource({
        "1000000000, 1",
        "999999999, 2",
        "1000000, 1000",
        "700000, 1429",
        "100, 10000000",
        "3, 333333334",
        "1, 1000000000",
        "0.5, 2000000000",
        "0.0001, 10000000000000",
    })
    void incrementIsRoundedUp(double rate, long increment) {
        assertThat(LimiterRule.perSecond(rate).incrementNanos).isEqualTo(increment);
    }

    @Test
    void quotientOfDoublesWouldBeTooSmall() {
        double rate = Math.nextDown(0.1);
        assertThat(1e9 / rate).as("rounded to a double").isEqualTo(10_000_000_000.0);
        assertThat(LimiterRule.perSecond(rate).incrementNanos).as("exact").isEqualTo(10_000_000_001L);
    }

    @Test
    void periodsAreRates() {
        LimiterRule daily = LimiterRule.per(Duration.ofDays(1), 1);
        assertThat(daily.incrementNanos).isEqualTo(Duration.ofDays(1).toNanos());
        assertThat(daily.permitsPerSecond).isEqualTo(1.0 / 86_400);
        assertThat(LimiterRule.per(Duration.ofSeconds(1), 3))
                .usingRecursiveComparison()
                .isEqualTo(LimiterRule.perSecond(3));
        assertThat(LimiterRule.per(Duration.ofNanos(5), 5).incrementNanos).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1000, 100", "100, 10", "10, 1", "1, 1", "0.0001, 1", "1000000000, 100000000"})
    void defaultBurstIsThatOf100Ms(double rate, long burst) {
        assertThat(LimiterRule.perSecond(rate).burst).isEqualTo(burst);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1.1e9, 1e-10, Double.MIN_VALUE})
    void ratesOutOfRangeAreRefused(double rate) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limiter.perSecond(rate))
                .withMessageContaining("permits per second must be")
                .withMessageContaining("is " + rate);
    }

    @Test
    void otherFiguresOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limiter.per(Duration.ZERO, 1))
                .withMessageContaining("limiter period must be more than zero");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limiter.per(Duration.ofDays(1), 0))
                .withMessageContaining("is 0 per PT24H");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limiter.per(Duration.ofNanos(1), 2))
                .withMessageContaining("at most one a nanosecond");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limiter.per(Duration.ofDays(36_500), 1))
                .withMessageContaining("at least one in 36 years");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limiter.perSecond(1).burst(0))
                .withMessageContaining("burst must be 1 or more, is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limiter.perSecond(0.0001).burst(1_000_000))
                .withMessageContaining("115292 at 1.0E-4 per second, is 1000000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limiter.perSecond(1).maxWaiting(-1))
                .withMessageContaining("max waiting must be 0 or more, is -1");
    }

    @Test
    void grantsTheBurstAndThenOnePerIncrement() {
        Gcra gcra = new Gcra(LimiterRule.perSecond(100).withBurst(3)); // one per 10 ms
        assertThat(gcra.take(ms(5))).isEqualTo(Gcra.TAKEN);
        assertThat(gcra.take(ms(5))).isEqualTo(Gcra.TAKEN);
        assertThat(gcra.take(ms(6))).isEqualTo(Gcra.TAKEN);
        assertThat(gcra.take(ms(6))).isEqualTo(ms(15));
        assertThat(gcra.take(ms(15) - 1)).isEqualTo(ms(15));
        assertThat(gcra.take(ms(15))).isEqualTo(Gcra.TAKEN);
        assertThat(gcra.take(ms(15))).isEqualTo(ms(25));
        assertThat(gcra.conformsAt(ms(15), 0)).isEqualTo(ms(25));
        assertThat(gcra.conformsAt(ms(15), 4)).isEqualTo(ms(65));
    }

    @Test
    void forecastStopsAtTheEndOfTime() {
        Gcra gcra = new Gcra(LimiterRule.per(Duration.ofDays(365), 1));
        assertThat(gcra.conformsAt(0, Integer.MAX_VALUE)).isEqualTo(Nanos.NEVER);
    }

    @Test
    void permitGivenBackAtOnceIsWhole() {
        ManualTime time = new ManualTime(ms(5));
        Gcra gcra = new Gcra(LimiterRule.perSecond(100).withBurst(2));
        assertThat(gcra.take(ms(5))).isEqualTo(Gcra.TAKEN);
        assertThat(gcra.take(ms(5))).isEqualTo(Gcra.TAKEN);
        assertThat(gcra.giveBack(ms(5), time)).isTrue();
        assertThat(gcra.take(ms(5))).isEqualTo(Gcra.TAKEN);
        assertThat(gcra.take(ms(5))).isEqualTo(ms(15));
    }

    /** The example of the class's note: with a whole increment given back, three would pass from 5 to 10. */
    @Test
    void permitGivenBackLaterIsLessByTheTimeItWasHeld() {
        ManualTime time = new ManualTime(0);
        Gcra gcra = new Gcra(LimiterRule.perSecond(1e8).withBurst(2)); // one per 10 ns
        assertThat(gcra.take(0)).isEqualTo(Gcra.TAKEN); // given back
        assertThat(gcra.take(5)).isEqualTo(Gcra.TAKEN);
        time.advanceTo(5);
        assertThat(gcra.giveBack(0, time)).isTrue();
        assertThat(gcra.take(5)).isEqualTo(Gcra.TAKEN);
        assertThat(gcra.take(10)).as("2 from 5 on, and 0.5 has come since").isEqualTo(15);
        assertThat(gcra.take(15)).isEqualTo(Gcra.TAKEN);
    }

    @Test
    void permitHeldForAnIncrementIsSpent() {
        ManualTime time = new ManualTime(ms(10));
        Gcra gcra = new Gcra(LimiterRule.perSecond(100).withBurst(1));
        assertThat(gcra.take(0)).isEqualTo(Gcra.TAKEN);
        assertThat(gcra.take(ms(10))).isEqualTo(Gcra.TAKEN);
        assertThat(gcra.giveBack(0, time)).isTrue();
        assertThat(gcra.take(ms(10))).isEqualTo(ms(20));
    }

    @Test
    void permitThatWasNeverTakenDoesNoHarm() {
        Gcra gcra = new Gcra(LimiterRule.perSecond(100).withBurst(1));
        assertThat(gcra.giveBack(0, new ManualTime(0))).isTrue();
        assertThat(gcra.take(0)).isEqualTo(Gcra.TAKEN);
        assertThat(gcra.take(0)).isEqualTo(ms(10));
    }

    /** Rows: old rate and burst, permits taken, new rate and burst; then what is there at once, and when the next. */
    @ParameterizedTest
    @CsvSource({
        "100, 10, 4,  100, 20,  6, 10", // what is there stays there, a larger burst fills up
        "100, 10, 4,  100,  5,  5, 10", // and a smaller one cuts it
        "100, 10, 8,  100,  5,  2, 10",
        "100, 10, 10, 100,  1,  0, 10",
        "100, 10, 10, 1,   10,  0, 1000",
        "1,   10, 10, 100, 10,  0, 10",
        "100, 10, 0,  50,  10, 10, 20",
        "10,  10, 10, 100,  1,  0, 100", // rate up, burst down: the 10 are paid off, 1 is free then
        "10,  10, 4,  100,  8,  4, 10",
        "10,  10, 4,  100,  2,  0, 30",
    })
    void changeKeepsWhatIsThere(
            double rate, long burst, int taken, double newRate, long newBurst, int there, long nextAfterMs) {
        ManualTime time = new ManualTime(ms(700));
        Gcra old = new Gcra(LimiterRule.perSecond(rate).withBurst(burst));
        for (int i = 0; i < taken; i++) {
            assertThat(old.take(ms(700))).isEqualTo(Gcra.TAKEN);
        }
        assertThat(old.replaceBy(LimiterRule.perSecond(newRate).withBurst(newBurst)))
                .isTrue();
        Gcra changed = old.successor(time);
        for (int i = 0; i < there; i++) {
            assertThat(changed.take(ms(700))).isEqualTo(Gcra.TAKEN);
        }
        assertThat(changed.take(ms(700))).isEqualTo(ms(700 + nextAfterMs));
    }

    @Test
    void changeCountsWhatHasComeInPart() {
        ManualTime time = new ManualTime(ms(5));
        Gcra old = new Gcra(LimiterRule.perSecond(100).withBurst(1));
        assertThat(old.take(0)).isEqualTo(Gcra.TAKEN);
        assertThat(old.replaceBy(LimiterRule.perSecond(10).withBurst(1))).isTrue();
        assertThat(old.successor(time).take(ms(5)))
                .as("half a permit had come by the old rate")
                .isEqualTo(ms(55));
    }

    @Test
    void whatWasReplacedGrantsNothingAnyMore() {
        Gcra old = new Gcra(LimiterRule.perSecond(100).withBurst(10));
        assertThat(old.take(0)).isEqualTo(Gcra.TAKEN);
        LimiterRule wish = LimiterRule.perSecond(1);
        assertThat(old.replaceBy(wish)).isTrue();
        assertThat(old.replaceBy(LimiterRule.perSecond(2)))
                .as("the first wish counts")
                .isFalse();
        assertThat(old.take(0)).isEqualTo(Gcra.FROZEN);
        assertThat(old.conformsAt(0, 0)).isEqualTo(Gcra.FROZEN);
        assertThat(old.giveBack(0, new ManualTime(0))).isFalse();
        assertThat(old.successor(new ManualTime(0)).rule).isSameAs(wish);
    }

    @Test
    void permitOfTheRuleBeforeIsNotGivenBack() {
        ManualTime time = new ManualTime(ms(1));
        Gcra old = new Gcra(LimiterRule.perSecond(100).withBurst(1));
        assertThat(old.take(ms(1))).isEqualTo(Gcra.TAKEN);
        assertThat(old.replaceBy(LimiterRule.perSecond(100).withBurst(1))).isTrue();
        Gcra changed = old.successor(time);
        assertThat(changed.giveBack(ms(1), time)).isTrue();
        assertThat(changed.take(ms(1))).isEqualTo(ms(11));
    }

    @Test
    void onlyAFrozenOneHasASuccessor() {
        Gcra gcra = new Gcra(LimiterRule.perSecond(100));
        assertThatIllegalStateException().isThrownBy(() -> gcra.successor(new ManualTime()));
    }

    private static long ms(long millis) {
        return Nanos.fromMillis(millis);
    }
}
