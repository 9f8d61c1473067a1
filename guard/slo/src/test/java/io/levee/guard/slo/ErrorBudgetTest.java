package io.levee.guard.slo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic of error budgets, against tables reckoned by hand and against a model in BigInteger. */
class ErrorBudgetTest {
    private static final Duration FOUR_WEEKS = Duration.ofDays(28);

    private static ErrorBudget budget(String target, long total, long bad) {
        return ErrorBudget.of(Counts.ofTotal(total, bad, 0), Objective.of(Ratio.parse(target)), FOUR_WEEKS);
    }

    /** By hand: 28 d = 2,419,200,000 ms; x 0.0005 = 1,209,600 ms = 20 min 9.6 s. */
    @Test
    void ninetyNinePointNineFiveOverFourWeeksAreTwentyMinutes() {
        ErrorBudget budget = budget("0.9995", 10_000_000, 0);
        assertThat(budget.windowMs()).isEqualTo(2_419_200_000L);
        assertThat(budget.budgetMs()).isEqualTo(Ratio.of(1_209_600));
        assertThat(budget.budget()).isEqualTo(Ratio.of(5_000));
    }

    @ParameterizedTest
    @CsvSource({
        // target, total, bad, left events, used share, used ms, left ms
        "0.9995, 10000000, 1, 4999, 0.0002, 241.92, 1209358.08",
        "0.9995, 10000000, 2600, 2400, 0.52, 628992, 580608",
        "0.9995, 10000000, 5000, 0, 1, 1209600, 0",
        "0.9995, 10000000, 7500, -2500, 1.5, 1814400, -604800",
        "0.9995, 1000000, 1, 499, 0.002, 2419.2, 1207180.8",
        "0.99, 1000, 3, 7, 0.3, 7257600, 16934400",
        "0, 4, 4, 0, 1, 2419200000, 0",
        "0.9995, 2000, 2000, -1999, 2000, 2419200000, -2417990400",
    })
    void agreesWithFiguresReckonedByHand(
            String target, long total, long bad, String left, String used, String usedMs, String leftMs) {
        ErrorBudget budget = budget(target, total, bad);
        assertThat(budget.left()).isEqualTo(Ratio.parse(left));
        assertThat(budget.usedShare()).isEqualTo(Ratio.parse(used));
        assertThat(budget.leftShare()).isEqualTo(Ratio.parse(used).complement());
        assertThat(budget.usedMs()).isEqualTo(Ratio.parse(usedMs));
        assertThat(budget.leftMs()).isEqualTo(Ratio.parse(leftMs));
    }

    @Property
    void agreesWithAModelInBigIntegers(
            @ForAll @LongRange(min = 1) long total,
            @ForAll @IntRange(max = 1_000_000) int badPerMillion,
            @ForAll @IntRange(max = 999_999) int targetPerMillion,
            @ForAll @LongRange(min = 1, max = 40_000_000_000L) long windowMs) {
        BigInteger million = BigInteger.valueOf(1_000_000);
        long bad = BigInteger.valueOf(total)
                .multiply(BigInteger.valueOf(badPerMillion))
                .divide(million)
                .longValueExact();
        ErrorBudget budget = ErrorBudget.of(
                Counts.ofTotal(total, bad, 0),
                Objective.of(Ratio.of(targetPerMillion, 1_000_000)),
                Duration.ofMillis(windowMs));
        // Everything times a million, so that it is whole.
        BigInteger allowed = BigInteger.valueOf(1_000_000 - targetPerMillion);
        BigInteger left = BigInteger.valueOf(total)
                .multiply(allowed)
                .subtract(BigInteger.valueOf(bad).multiply(million));
        assertThat(budget.left()).isEqualTo(Ratio.of(left, million));
        assertThat(budget.leftShare())
                .isEqualTo(Ratio.of(left, BigInteger.valueOf(total).multiply(allowed)));
        assertThat(budget.leftMs())
                .isEqualTo(Ratio.of(
                        left.multiply(BigInteger.valueOf(windowMs)), million.multiply(BigInteger.valueOf(total))));
        BigDecimal shown = new BigDecimal(left)
                .divide(new BigDecimal(million), MathContext.UNLIMITED)
                .setScale(3, RoundingMode.FLOOR);
        assertThat(budget.left().toDecimal(3, RoundingMode.FLOOR)).isEqualByComparingTo(shown);
    }

    @Property
    void whatIsShownAddsUpAndNeverFlatters(
            @ForAll @LongRange(min = 1, max = 1_000_000_000_000L) long total,
            @ForAll @LongRange(max = 1_000_000_000_000L) long bad,
            @ForAll @IntRange(max = 999_999) int targetPerMillion) {
        ErrorBudget budget = ErrorBudget.of(
                Counts.ofTotal(total, Math.min(bad, total), 0),
                Objective.of(Ratio.of(targetPerMillion, 1_000_000)),
                FOUR_WEEKS);
        BigDecimal used = budget.usedShare().times(100).toDecimal(4, RoundingMode.CEILING);
        BigDecimal left = budget.leftShare().times(100).toDecimal(4, RoundingMode.FLOOR);
        assertThat(used.add(left)).isEqualByComparingTo("100");
        assertThat(left.signum() > 0).isEqualTo(left.compareTo(BigDecimal.ZERO) > 0);
        if (budget.left().signum() <= 0) {
            assertThat(left.signum()).isLessThanOrEqualTo(0);
        }
        if (bad > 0) {
            assertThat(left).isLessThan(new BigDecimal("100"));
        }
    }

    /** A night at 2 % of few events and a day at 0.01 % of many: by the mean of ratios 0.84 %, in truth 0.017 %. */
    @Test
    void theHeadlineIsTheRatioOfSums() {
        Counts day = Counts.ofTotal(5_040_000, 504, 0);
        Counts night = Counts.ofTotal(18_000, 360, 0);
        ErrorBudget budget = ErrorBudget.of(List.of(
                new ErrorBudget.Part(day, Objective.of(Ratio.parse("0.999")), 50_400_000),
                new ErrorBudget.Part(night, Objective.of(Ratio.parse("0.999")), 36_000_000)));
        assertThat(budget.errorRatio()).isEqualTo(Ratio.of(864, 5_058_000));
        assertThat(budget.errorRatio().times(100).toDecimal(3, RoundingMode.HALF_UP))
                .isEqualByComparingTo("0.017");
    }

    @Test
    void aDegradedEventCostsItsWeight() {
        Counts counts = Counts.ofTotal(10_000, 1, 6);
        for (String[] row : new String[][] {{"0", "1"}, {"0.5", "4"}, {"1/3", "3"}, {"1", "7"}}) {
            Objective objective = new Objective(Ratio.parse("0.999"), Ratio.parse(row[0]), 1);
            ErrorBudget budget = ErrorBudget.of(counts, objective, FOUR_WEEKS);
            assertThat(budget.spent()).as("weight " + row[0]).isEqualTo(Ratio.parse(row[1]));
            assertThat(budget.left()).isEqualTo(Ratio.of(10).minus(Ratio.parse(row[1])));
        }
    }

    @Test
    void withoutEventsNothingIsSaid() {
        ErrorBudget budget = budget("0.9995", 0, 0);
        assertThat(budget.state()).isEqualTo(ErrorBudget.State.NO_DATA);
        assertThat(budget.errorRatio()).isNull();
        assertThat(budget.usedShare()).isNull();
        assertThat(budget.leftMs()).isNull();
        assertThat(budget.exhaustedInMs(Ratio.ONE)).isNull();
        assertThat(budget.budgetMs()).isEqualTo(Ratio.of(1_209_600));
    }

    @Test
    void statesWhetherThereIsEnoughData() {
        Objective objective = new Objective(Ratio.parse("0.99"), Ratio.ZERO, 100);
        assertThat(ErrorBudget.of(Counts.ofTotal(99, 99, 0), objective, FOUR_WEEKS)
                        .state())
                .isEqualTo(ErrorBudget.State.TOO_FEW);
        assertThat(ErrorBudget.of(Counts.ofTotal(100, 0, 0), objective, FOUR_WEEKS)
                        .state())
                .isEqualTo(ErrorBudget.State.LEFT);
        assertThat(ErrorBudget.of(Counts.ofTotal(100, 1, 0), objective, FOUR_WEEKS)
                        .state())
                .isEqualTo(ErrorBudget.State.EXHAUSTED);
        assertThat(ErrorBudget.of(Counts.ofTotal(101, 1, 0), objective, FOUR_WEEKS)
                        .state())
                .isEqualTo(ErrorBudget.State.LEFT);
    }

    /** By hand: 580,608 ms are left; at 0.1 % failures each second spends 1 ms, so they last 580,608 s. */
    @Test
    void saysHowLongTheRestLasts() {
        ErrorBudget budget = budget("0.9995", 10_000_000, 2_600);
        assertThat(budget.exhaustedInMs(Ratio.parse("0.001"))).isEqualTo(580_608_000L);
        assertThat(budget.exhaustedInMs(Ratio.ONE)).isEqualTo(580_608L);
        assertThat(budget.exhaustedInMs(Ratio.ZERO)).isNull();
        assertThat(budget("0.9995", 10_000_000, 5_000).exhaustedInMs(Ratio.ZERO))
                .isZero();
        assertThat(budget("0.9995", 10_000_000, 5_001).exhaustedInMs(Ratio.ONE)).isZero();
    }

    @Test
    void targetsWithoutABudgetAndOtherMistakesAreNamed() {
        assertThatThrownBy(() -> Objective.of(Ratio.ONE)).hasMessageContaining("100 % leaves no error budget");
        assertThatThrownBy(() -> Objective.of(Ratio.parse("99.95"))).hasMessageContaining("did you mean 99.95%?");
        assertThatThrownBy(() -> Objective.of(Ratio.of(-1))).hasMessageContaining("is -1");
        assertThatThrownBy(() -> new Objective(Ratio.ZERO, Ratio.of(2), 1)).hasMessageContaining("from 0 to 1, is 2");
        assertThatThrownBy(() -> Counts.ofTotal(5, 6, 0)).hasMessageContaining("more than the total of 5");
        assertThatThrownBy(() -> Counts.ofTotal(5, -1, 0)).hasMessageContaining("bad -1");
        assertThatThrownBy(() -> new Counts(Long.MAX_VALUE, 1, 0)).hasMessageContaining("more events than a long");
        assertThatThrownBy(() -> new Counts(Long.MAX_VALUE, 0, 0).plus(new Counts(1, 0, 0)))
                .hasMessageContaining("more events than a long");
    }
}
