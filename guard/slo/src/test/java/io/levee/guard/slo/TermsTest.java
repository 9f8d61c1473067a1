package io.levee.guard.slo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Windows, changes of the target, and time that does not count. */
class TermsTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");
    private static final Window FOUR_WEEKS = new Window.Rolling(Span.parse("28d"));

    /** 1,000 events an hour, one in a thousand bad. */
    private static Counts steady(TimeRange range) {
        long hours = range.length().toHours();
        return Counts.ofTotal(hours * 1_000, hours, 0);
    }

    private static Exclusion exclusion(String start, ZoneId zone, String length, String rule) {
        return Exclusion.of(
                "maintenance", LocalDateTime.parse(start), zone, Duration.parse(length), rule, "ann", "moving racks");
    }

    private static TimeRange range(String from, String to) {
        return new TimeRange(Instant.parse(from), Instant.parse(to));
    }

    // --- spans and windows ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"5m, PT5M", "12h, PT12H", "28d, PT672H", "4w, PT672H"})
    void readsTheShorthand(String text, Duration length) {
        assertThat(Span.parse(text).toDuration()).isEqualTo(length);
        assertThat(Span.parse(text)).hasToString(text);
    }

    @Test
    void saysWhatIsWrongWithASpan() {
        for (String text : new String[] {"", "28", "d", "28 d", "28D", "-1d", "1.5h", "0d", "1234567d"}) {
            assertThatThrownBy(() -> Span.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new Window.Rolling(Span.parse("1M"))).hasMessageContaining("no fixed length");
    }

    @ParameterizedTest
    @CsvSource({
        // span, start, now, from, to
        "1M, 2020-01-01T00:00, 2026-11-25T12:00:00Z, 2026-10-31T23:00:00Z, 2026-11-30T23:00:00Z",
        "1M, 2020-01-31T00:00, 2026-02-27T22:59:59Z, 2026-01-30T23:00:00Z, 2026-02-27T23:00:00Z",
        "1M, 2020-01-31T00:00, 2026-02-27T23:00:00Z, 2026-02-27T23:00:00Z, 2026-03-30T22:00:00Z",
        "1Q, 2020-01-01T00:00, 2026-11-25T12:00:00Z, 2026-09-30T22:00:00Z, 2026-12-31T23:00:00Z",
        "1Y, 2020-01-01T00:00, 2026-11-25T12:00:00Z, 2025-12-31T23:00:00Z, 2026-12-31T23:00:00Z",
        "1w, 2020-01-06T09:00, 2026-11-25T12:00:00Z, 2026-11-23T08:00:00Z, 2026-11-30T08:00:00Z",
        // before its start, too
        "1d, 2030-01-01T00:00, 2026-11-25T12:00:00Z, 2026-11-24T23:00:00Z, 2026-11-25T23:00:00Z",
        // the clocks go back on 25 October 2026: a day of 25 hours
        "1d, 2020-01-01T00:00, 2026-10-25T12:00:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
        // and forward on 29 March
        "1d, 2020-01-01T00:00, 2026-03-29T12:00:00Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
    })
    void calendarWindowsFollowTheClocksOfTheirZone(
            String span, LocalDateTime start, Instant now, Instant from, Instant to) {
        assertThat(new Window.Calendar(Span.parse(span), start, BERLIN).at(now)).isEqualTo(new TimeRange(from, to));
    }

    @Property(tries = 300)
    void everyInstantLiesInItsCalendarWindowAndTheNextBeginsWhereItEnds(
            @ForAll @IntRange(min = 1, max = 40) int amount,
            @ForAll Span.Unit unit,
            @ForAll @IntRange(min = 0, max = 2_000_000_000) int second) {
        Window window = new Window.Calendar(
                new Span(unit == Span.Unit.MINUTE ? amount + 60L : amount, unit),
                LocalDateTime.parse("2020-01-31T02:30"),
                BERLIN);
        Instant now = Instant.ofEpochSecond(second);
        TimeRange range = window.at(now);
        assertThat(range.contains(now)).isTrue();
        assertThat(window.at(range.to()).from()).isEqualTo(range.to());
        assertThat(window.at(range.from())).isEqualTo(range);
    }

    // --- changes of the target --------------------------------------------------------------------------------------

    /**
     * By hand: 672 hours, of them 168 under 99 % (10 may fail an hour) and 504 under 99.9 % (1 may fail an hour):
     * 1,680 + 504 = 2,184 of 672,000 events; 672 failed.
     */
    @Test
    void everyEventIsHeldAgainstTheTargetOfItsTime() {
        Terms terms = new Terms(
                Objective.of(Ratio.parse("0.999")),
                FOUR_WEEKS,
                List.of(new Terms.EarlierTarget(
                        NOW.minus(Duration.ofDays(21)), Ratio.parse("0.99"), "ann", "first guess")),
                List.of());
        ErrorBudget budget = terms.budget(NOW, TermsTest::steady);
        assertThat(budget.budget()).isEqualTo(Ratio.of(2_184));
        assertThat(budget.spent()).isEqualTo(Ratio.of(672));
        assertThat(budget.allowed()).isEqualTo(Ratio.of(2_184, 672_000));
        // 2,419,200,000 ms x 0.00325
        assertThat(budget.budgetMs()).isEqualTo(Ratio.of(7_862_400));
        assertThat(budget.usedMs()).isEqualTo(Ratio.of(2_419_200));
    }

    @Test
    void aChangeDoesNotRewriteThePast() {
        Terms before = Terms.of(Objective.of(Ratio.parse("0.99")), FOUR_WEEKS);
        Terms after = new Terms(
                Objective.of(Ratio.parse("0.9999")),
                FOUR_WEEKS,
                List.of(new Terms.EarlierTarget(NOW, Ratio.parse("0.99"), "ann", "tighter")),
                List.of());
        assertThat(after.budget(NOW, TermsTest::steady)).isEqualTo(before.budget(NOW, TermsTest::steady));
        assertThat(after.at(NOW.minusMillis(1)).target()).isEqualTo(Ratio.parse("0.99"));
        assertThat(after.at(NOW).target()).isEqualTo(Ratio.parse("0.9999"));
        Instant later = NOW.plus(Duration.ofDays(28));
        assertThat(after.budget(later, TermsTest::steady).allowed()).isEqualTo(Ratio.parse("0.0001"));
    }

    @Test
    void versionsAreSortedAndOneAtATime() {
        Terms.EarlierTarget first = new Terms.EarlierTarget(NOW, Ratio.parse("0.9"), "a", "r");
        Terms.EarlierTarget second = new Terms.EarlierTarget(NOW.plusSeconds(9), Ratio.parse("0.8"), "a", "r");
        Objective objective = Objective.of(Ratio.parse("0.99"));
        assertThat(new Terms(objective, FOUR_WEEKS, List.of(second, first), List.of()).earlier())
                .containsExactly(first, second);
        assertThatThrownBy(() -> new Terms(objective, FOUR_WEEKS, List.of(first, first), List.of()))
                .hasMessageContaining("each instant has one target");
    }

    // --- exclusions -------------------------------------------------------------------------------------------------

    /** By hand: four Sundays in the window, 2 hours each; 664 hours count, one event in a thousand fails. */
    @Test
    void whatIsExcludedIsNoPartOfTheEventsNorOfTheTime() {
        Terms terms = new Terms(
                Objective.of(Ratio.parse("0.9995")),
                FOUR_WEEKS,
                List.of(),
                List.of(exclusion("2026-01-04T02:00", UTC, "PT2H", "FREQ=WEEKLY;BYDAY=SU")));
        ErrorBudget budget = terms.budget(NOW, TermsTest::steady);
        assertThat(budget.total()).isEqualTo(664_000);
        assertThat(budget.windowMs()).isEqualTo(664L * 3_600_000);
        assertThat(budget.budgetMs()).isEqualTo(Ratio.of(1_195_200));
        assertThat(terms.budgetWithExcluded(NOW, TermsTest::steady).total()).isEqualTo(672_000);
    }

    @ParameterizedTest
    @CsvSource({
        // the night before the clocks go back, and the one after: 02:00 by the clock, another instant
        "2026-10-17T12:00:00Z, 2026-10-18T12:00:00Z, 2026-10-18T00:00:00Z, 2026-10-18T02:00:00Z",
        "2026-10-31T12:00:00Z, 2026-11-01T12:00:00Z, 2026-11-01T01:00:00Z, 2026-11-01T03:00:00Z",
        // 02:00 is there twice: the first counts, and two hours are two hours
        "2026-10-24T12:00:00Z, 2026-10-25T12:00:00Z, 2026-10-25T00:00:00Z, 2026-10-25T02:00:00Z",
        // 02:00 is not there: 03:00 summer time
        "2026-03-28T12:00:00Z, 2026-03-29T12:00:00Z, 2026-03-29T01:00:00Z, 2026-03-29T03:00:00Z",
        // cut at the range's ends
        "2026-11-01T02:30:00Z, 2026-11-01T12:00:00Z, 2026-11-01T02:30:00Z, 2026-11-01T03:00:00Z",
        "2026-10-31T12:00:00Z, 2026-11-01T01:30:00Z, 2026-11-01T01:00:00Z, 2026-11-01T01:30:00Z",
    })
    void aRuleStaysOnItsClock(String from, String to, String begins, String ends) {
        Exclusion sundays = exclusion("2026-01-04T02:00", BERLIN, "PT2H", "FREQ=WEEKLY;BYDAY=SU");
        assertThat(sundays.within(range(from, to))).containsExactly(range(begins, ends));
    }

    @Test
    void rulesEndByCountAndUntil() {
        TimeRange all = range("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        assertThat(exclusion("2026-01-04T02:00", UTC, "PT2H", "FREQ=WEEKLY;BYDAY=SU;COUNT=3")
                        .within(all))
                .hasSize(3);
        assertThat(exclusion("2026-01-04T02:00", UTC, "PT2H", "FREQ=WEEKLY;UNTIL=20260118T020000Z")
                        .within(all))
                .hasSize(3);
        assertThat(exclusion("2026-01-04T02:00", BERLIN, "PT2H", "FREQ=WEEKLY;UNTIL=20260118T005959Z")
                        .within(all))
                .hasSize(2);
        assertThat(exclusion("2026-01-04T02:00", BERLIN, "PT2H", "FREQ=WEEKLY;UNTIL=20260118")
                        .within(all))
                .hasSize(3);
        assertThat(exclusion("2026-01-04T02:00", UTC, "PT2H", null).within(all)).hasSize(1);
        assertThat(exclusion("2026-01-25T02:00", UTC, "PT2H", "FREQ=MONTHLY;BYDAY=-1SU")
                        .within(all))
                .hasSize(12);
    }

    @Test
    void whatTwoExcludeIsExcludedOnce() {
        List<Exclusion> both = List.of(
                exclusion("2026-01-04T02:00", UTC, "PT2H", null), exclusion("2026-01-04T03:00", UTC, "PT2H", null));
        TimeRange day = range("2026-01-04T00:00:00Z", "2026-01-05T00:00:00Z");
        assertThat(Exclusion.within(both, day)).containsExactly(range("2026-01-04T02:00:00Z", "2026-01-04T05:00:00Z"));
        assertThat(Exclusion.counted(both, day))
                .containsExactly(
                        range("2026-01-04T00:00:00Z", "2026-01-04T02:00:00Z"),
                        range("2026-01-04T05:00:00Z", "2026-01-05T00:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FREQ=NONSENSE | is no RRULE of RFC 5545",
                "weekly | is no RRULE of RFC 5545",
                "FREQ=WEEKLY;INTERVAL=0 | INTERVAL must be 1 or more",
                "FREQ=MINUTELY | more often than hourly",
                "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30 | never occurs",
                "FREQ=WEEKLY;BYDAY=MO | its first occurrence is 2026-01-05T02:00",
            })
    void saysWhatIsWrongWithARule(String rule, String says) {
        assertThatThrownBy(() -> exclusion("2026-01-04T02:00", UTC, "PT2H", rule))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }

    @Test
    void anExclusionHasAnAuthorAndAReason() {
        LocalDateTime start = LocalDateTime.parse("2026-01-04T02:00");
        assertThatThrownBy(() -> Exclusion.of("x", start, UTC, Duration.ofHours(1), null, "", "why"))
                .hasMessageContaining("author");
        assertThatThrownBy(() -> Exclusion.of("x", start, UTC, Duration.ofHours(1), null, "ann", " "))
                .hasMessageContaining("reason");
        assertThatThrownBy(() -> Exclusion.of("x", start, UTC, Duration.ZERO, null, "ann", "why"))
                .hasMessageContaining("above 0");
    }

    @Test
    void aWholeWindowCannotBeExcluded() {
        Terms terms = new Terms(
                Objective.of(Ratio.parse("0.99")),
                new Window.Rolling(Span.parse("1d")),
                List.of(),
                List.of(exclusion("2026-11-01T00:00", UTC, "PT1000H", null)));
        assertThatThrownBy(() -> terms.budget(NOW, TermsTest::steady)).hasMessageContaining("at least 1 ms");
    }

    // --- slices -----------------------------------------------------------------------------------------------------

    /** By hand: five slices, of which one misses 99 %; their bad shares are 0, 0, 0.5, 0.01 and none. */
    @Test
    void slicesCountAlikeWhateverTheirEvents() {
        for (Slices.NoData noData : Slices.NoData.values()) {
            Slices slices = new Slices(Ratio.parse("0.99"), Ratio.ZERO, noData);
            slices.add(Counts.ofTotal(1_000_000, 0, 0));
            slices.add(Counts.ofTotal(1, 0, 0));
            slices.add(Counts.ofTotal(2, 1, 0));
            slices.add(Counts.ofTotal(100, 1, 0));
            slices.add(Counts.NONE);
            ErrorBudget byTime = slices.timeslices(Objective.of(Ratio.parse("0.5")), Duration.ofMinutes(5));
            ErrorBudget byRatio = slices.ratioTimeslices(Objective.of(Ratio.parse("0.5")), Duration.ofMinutes(5));
            switch (noData) {
                case EXCLUDE -> {
                    assertThat(byTime.errorRatio()).isEqualTo(Ratio.of(1, 4));
                    assertThat(byRatio.errorRatio()).isEqualTo(Ratio.parse("0.1275"));
                }
                case GOOD -> {
                    assertThat(byTime.errorRatio()).isEqualTo(Ratio.of(1, 5));
                    assertThat(byRatio.errorRatio()).isEqualTo(Ratio.parse("0.102"));
                }
                case BAD -> {
                    assertThat(byTime.errorRatio()).isEqualTo(Ratio.of(2, 5));
                    assertThat(byRatio.errorRatio()).isEqualTo(Ratio.parse("0.302"));
                }
            }
        }
    }

    /**
     * By hand: 28 days have 672 slices of an hour, less four Sundays of two; each has one failure in a thousand, which a
     * target of 0.999 for the slice allows and one of 0.9991 does not.
     */
    @Test
    void slicesOfTheWindowAreJudgedOneByOne() {
        Terms terms = new Terms(
                Objective.of(Ratio.parse("0.99")),
                FOUR_WEEKS,
                List.of(new Terms.EarlierTarget(
                        NOW.minus(Duration.ofDays(21)), Ratio.parse("0.9"), "ann", "first guess")),
                List.of(exclusion("2026-01-04T02:00", UTC, "PT2H", "FREQ=WEEKLY;BYDAY=SU")));
        Duration hour = Duration.ofHours(1);
        ErrorBudget good =
                terms.budgetInSlices(NOW, hour, Ratio.parse("0.999"), Slices.NoData.BAD, false, TermsTest::steady);
        assertThat(good.total()).isEqualTo(664);
        assertThat(good.spent()).isEqualTo(Ratio.ZERO);
        // 166 slices at 90 %, 498 at 99 %
        assertThat(good.budget()).isEqualTo(Ratio.parse("21.58"));
        assertThat(good.windowMs()).isEqualTo(664L * 3_600_000);
        ErrorBudget bad =
                terms.budgetInSlices(NOW, hour, Ratio.parse("0.9991"), Slices.NoData.BAD, false, TermsTest::steady);
        assertThat(bad.spent()).isEqualTo(Ratio.of(664));
        ErrorBudget mean = terms.budgetInSlices(NOW, hour, Ratio.ONE, Slices.NoData.BAD, true, TermsTest::steady);
        assertThat(mean.spent()).isEqualTo(Ratio.parse("0.664"));
        // what has not ended yet is not judged
        Terms month = Terms.of(
                Objective.of(Ratio.parse("0.99")),
                new Window.Calendar(Span.parse("1M"), LocalDateTime.parse("2026-01-01T00:00"), UTC));
        assertThat(month.budgetInSlices(
                                NOW.minusMillis(1), hour, Ratio.ONE, Slices.NoData.BAD, false, TermsTest::steady)
                        .total())
                .isEqualTo(24 * 24 - 1);
    }

    /** 40,320 slices of a minute; 20.16 may be bad, so one costs 4.96 % of the budget. */
    @Test
    void oneBadMinuteCostsATwentiethOfTheBudget() {
        Slices slices = new Slices(Ratio.ONE, Ratio.ZERO, Slices.NoData.EXCLUDE);
        for (int i = 0; i < 40_320; i++) {
            slices.add(Counts.ofTotal(3, i == 7 ? 1 : 0, 0));
        }
        ErrorBudget budget = slices.timeslices(Objective.of(Ratio.parse("0.9995")), Duration.ofDays(28));
        assertThat(budget.budget()).isEqualTo(Ratio.parse("20.16"));
        assertThat(budget.usedShare()).isEqualTo(Ratio.of(100, 2016));
        // a third, rounded up to 10^-18
        assertThat(slices.ratioTimeslices(Objective.of(Ratio.parse("0.9995")), Duration.ofDays(28))
                        .spent())
                .isEqualTo(Ratio.parse("0.333333333333333334"));
    }
}
