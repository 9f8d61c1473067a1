package io.levee.guard.slo.impact;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a change is expected to cost. */
class ImpactTest {
    private static final Objective OBJECTIVE = Objective.of(Ratio.parse("0.9995"));

    private static Impact impact(long total, long bad, String errors, String traffic, String lasting) {
        Change change = new Change(
                "r2",
                "a <new> cache | with *stars*",
                Ratio.parse(errors),
                Ratio.ZERO,
                Ratio.ONE,
                Ratio.parse(traffic),
                lasting == null ? null : Span.parse(lasting));
        ErrorBudget before = ErrorBudget.of(
                Counts.ofTotal(total, bad, 0),
                new Objective(OBJECTIVE.target(), Ratio.ZERO, 1_000),
                Duration.ofDays(28));
        return Impact.of("order-submit", OBJECTIVE, before, change, BurnRule.STANDARD);
    }

    /** By hand: 0.02 % of 10,000,000 are 2,000 more, 4,600 of 5,000 in all; 580,608 ms last at 0.046 % for 1,262,191 s. */
    @Test
    void aChangeThatFits() {
        Impact impact = impact(10_000_000, 2_600, "0.0002", "1", null);
        assertThat(impact.verdict()).isEqualTo(Impact.Verdict.FITS);
        assertThat(impact.extra()).isEqualTo(Ratio.of(2_000));
        assertThat(impact.left()).isEqualTo(Ratio.of(400));
        assertThat(impact.errorRatio()).isEqualTo(Ratio.parse("0.00046"));
        assertThat(impact.exhaustedInMs()).isEqualTo(1_262_191_304L);
        assertThat(impact.firing()).isEmpty();
    }

    /** By hand: one day of 28 with 1 % more failures at twice the traffic. */
    @Test
    void aChangeThatLastsADay() {
        Impact impact = impact(2_800_000, 280, "0.01", "2", "1d");
        assertThat(impact.total()).isEqualTo(Ratio.of(2_900_000));
        assertThat(impact.extra()).isEqualTo(Ratio.of(2_000));
        assertThat(impact.spent()).isEqualTo(Ratio.of(2_290));
        assertThat(impact.budget()).isEqualTo(Ratio.of(1_450));
        assertThat(impact.verdict()).isEqualTo(Impact.Verdict.EXHAUSTS);
        assertThat(impact.firing())
                .extracting(BurnRule::name)
                .containsExactly("page-1h", "page-6h", "ticket-1d", "ticket-3d");
    }

    @Test
    void whatIsSpentAlreadyAndWhatIsNotKnownIsSaid() {
        assertThat(impact(10_000_000, 5_001, "0", "1", null).verdict()).isEqualTo(Impact.Verdict.EXHAUSTED_ALREADY);
        assertThat(impact(999, 0, "0", "1", null).verdict()).isEqualTo(Impact.Verdict.NOT_ENOUGH_DATA);
        assertThat(impact(0, 0, "0", "1", null).verdict()).isEqualTo(Impact.Verdict.NOT_ENOUGH_DATA);
        assertThat(impact(10_000_000, 0, "0", "1", null).exhaustedInMs()).isNull();
    }

    @Test
    void whatPeopleWroteIsNeverMarkup() {
        ImpactReport report = new ImpactReport(impact(10_000_000, 2_600, "0.0002", "1", null));
        assertThat(report.html()).contains("a &lt;new&gt; cache").doesNotContain("<new>");
        assertThat(report.markdown())
                .contains("a \\<new\\> cache \\| with \\*stars\\*")
                .contains("| That costs | 2000 events, 40 % of the budget |")
                .contains("| Budget left a window later | 8 %, 400 events |")
                .contains("| What is left now lasts | 14 d 14 h 36 min |");
        assertThat(report.toMap())
                .containsEntry("kind", "slo-impact-report")
                .containsEntry("verdict", "fits")
                .containsEntry("burnRulesFiring", List.of());
    }
}
