package io.levee.guard.slo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Burn rates and their rules. */
class BurnRuleTest {
    private static final Objective OBJECTIVE = Objective.of(Ratio.parse("0.9995"));
    private static final Duration FOUR_WEEKS = Duration.ofDays(28);

    private static BurnRule rule(String name) {
        return BurnRule.STANDARD.stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "page-1h, 28, 13.44, 0.00672",
        "page-6h, 28, 5.6, 0.0028",
        "ticket-1d, 28, 2.8, 0.0014",
        "ticket-3d, 28, 14/15, 7/15000",
        "page-1h, 30, 14.4, 0.0072",
        "page-6h, 30, 6, 0.003",
        "ticket-1d, 30, 3, 0.0015",
        "ticket-3d, 30, 1, 0.0005",
        "page-1h, 7, 3.36, 0.00168",
    })
    void factorsAreExactForTheWindow(String name, int days, String factor, String threshold) {
        assertThat(rule(name).factor(Duration.ofDays(days))).isEqualTo(Ratio.parse(factor));
        assertThat(rule(name).threshold(OBJECTIVE.target(), Duration.ofDays(days)))
                .isEqualTo(Ratio.parse(threshold));
    }

    /** By hand: the threshold of the first row is 0.672 % of 1,000,000 events, 6,720. */
    @Test
    void firesOnlyAboveTheThresholdInBothWindows() {
        BurnRule rule = rule("page-1h");
        Counts at = Counts.ofTotal(1_000_000, 6_720, 0);
        Counts above = Counts.ofTotal(1_000_000, 6_721, 0);
        assertThat(rule.fires(above, above, OBJECTIVE, FOUR_WEEKS, 1)).isTrue();
        assertThat(rule.fires(at, above, OBJECTIVE, FOUR_WEEKS, 1)).isFalse();
        assertThat(rule.fires(above, at, OBJECTIVE, FOUR_WEEKS, 1)).isFalse();
        assertThat(rule.fires(above, Counts.NONE, OBJECTIVE, FOUR_WEEKS, 1)).isFalse();
        assertThat(rule.fires(Counts.NONE, Counts.NONE, OBJECTIVE, FOUR_WEEKS, 0))
                .isFalse();
    }

    /** One failure among fewer than 149 events in an hour is above 0.672 %: the minimum keeps it from paging. */
    @Test
    void oneFailureOfFewEventsPagesOnlyWithoutAMinimum() {
        Counts one = Counts.ofTotal(148, 1, 0);
        assertThat(rule("page-1h").fires(one, one, OBJECTIVE, FOUR_WEEKS, 1)).isTrue();
        assertThat(rule("page-1h").fires(one, one, OBJECTIVE, FOUR_WEEKS, 2)).isFalse();
        Counts diluted = Counts.ofTotal(149, 1, 0);
        assertThat(rule("page-1h").fires(diluted, diluted, OBJECTIVE, FOUR_WEEKS, 1))
                .isFalse();
    }

    @Test
    void knowsTargetsThatCanNeverFire() {
        BurnRule rule = rule("page-1h");
        assertThat(rule.canFire(Ratio.parse("0.9"), FOUR_WEEKS)).isFalse();
        assertThat(rule.canFire(Ratio.parse("0.95"), FOUR_WEEKS)).isTrue();
        // 1 - 1/13.44
        assertThat(rule.lowestTarget(FOUR_WEEKS)).isEqualTo(Ratio.of(311, 336));
        assertThat(rule.canFire(rule.lowestTarget(FOUR_WEEKS), FOUR_WEEKS)).isFalse();
        Counts outage = Counts.ofTotal(1_000, 1_000, 0);
        assertThat(rule.fires(outage, outage, Objective.of(Ratio.parse("0.9")), FOUR_WEEKS, 1))
                .isFalse();
    }

    @Property
    void firesAsTheModelSays(
            @ForAll @LongRange(min = 1, max = 1_000_000_000) long total,
            @ForAll @LongRange(max = 1_000_000_000) long badWish,
            @ForAll @IntRange(min = 500_000, max = 999_999) int targetPerMillion,
            @ForAll @IntRange(min = 1, max = 90) int days) {
        long bad = Math.min(badWish % (total / 50 + 2), total);
        Counts counts = Counts.ofTotal(total, bad, 0);
        Objective objective = Objective.of(Ratio.of(targetPerMillion, 1_000_000));
        // bad/total > 2/100 x days x 24 x (1 - t), all times 10^8
        boolean above = BigInteger.valueOf(bad)
                        .multiply(BigInteger.valueOf(100_000_000))
                        .compareTo(BigInteger.valueOf(total)
                                .multiply(BigInteger.valueOf(2L * days * 24 * (1_000_000 - targetPerMillion))))
                > 0;
        assertThat(rule("page-1h").fires(counts, counts, objective, Duration.ofDays(days), 0))
                .isEqualTo(above);
    }

    @Test
    void refusesWindowsThatAreNone() {
        assertThatThrownBy(() -> new BurnRule(
                        "x", BurnRule.Severity.PAGE, Duration.ofHours(1), Duration.ofHours(1), Ratio.of(1, 10)))
                .hasMessageContaining("below the long one");
        assertThatThrownBy(() -> new BurnRule(
                        "x", BurnRule.Severity.PAGE, Duration.ofHours(1), Duration.ofMinutes(5), Ratio.ZERO))
                .hasMessageContaining("above 0 and at most 1");
    }

    /** 0.9995^5990 is the first power that is at most 0.05. */
    @ParameterizedTest
    @CsvSource({"0.9995, 5990", "0.99, 299", "0.9, 29", "0.5, 5", "0, 1", "0.999999, 2995731"})
    void aSampleWithoutFailureShowsTheTarget(String target, long events) {
        assertThat(Sample.withoutFailure(Ratio.parse(target))).isEqualTo(events);
    }
}
