package io.levee.guard.slo.openslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.gate.Answer;
import io.levee.guard.slo.gate.Decision;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Evidence;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Minute;
import io.levee.guard.slo.gate.Question;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The gate over the objectives of a document: each is checked, the worst decides. */
class SloGateTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:30Z");

    private static Slo slo(String method, String... objectives) {
        String text = """
                apiVersion: openslo/v1
                kind: SLO
                metadata: {name: orders}
                spec:
                  service: shop
                  indicator:
                    metadata: {name: order-success}
                    spec:
                      ratioMetric:
                        counter: true
                        good: {metricSource: {type: levee, spec: {}}}
                        total: {metricSource: {type: levee, spec: {}}}
                  timeWindow: [{duration: 28d, isRolling: true}]
                  budgetingMethod: METHOD
                  objectives: [OBJECTIVES]
                """;
        return Catalog.of(List.of(OpenSloFile.parse(
                        "slo.yaml",
                        text.replace("METHOD", method).replace("OBJECTIVES", String.join(", ", objectives)))))
                .slo("orders");
    }

    /** 100,000 events of the release, as many of which are bad; limits are shares of each objective's own budget. */
    private static Decision decide(Slo slo, Environment environment, long bad) {
        GatePolicy policy = slo.additions().gate().withUnit(GatePolicy.Unit.BUDGET);
        return slo.decide(policy, new Question("orders", environment, "r2", NOW, false), terms -> evidence(terms, bad));
    }

    private static Evidence evidence(Terms terms, long bad) {
        ErrorBudget budget =
                ErrorBudget.of(Counts.ofTotal(100_000_000, 100, 0), terms.objective(), Duration.ofDays(28));
        Minute minute = new Minute(NOW, Counts.ofTotal(100_000, bad, 0), Counts.NONE);
        return new Evidence(budget, List.of(minute), List.of());
    }

    @Test
    void theWorstOfSeveralObjectivesDecidesAndIsNamed() {
        Slo slo = slo("Occurrences", "{target: 0.99}", "{target: 0.9995}", "{target: 0.999}");
        // Of a budget: 0.02 % of 1,000,000, 50,000 and 100,000 events are 200, 10 and 20.
        Decision paused = decide(slo, Environment.STAGING, 15);
        assertThat(paused.answer()).isEqualTo(Answer.PAUSE);
        assertThat(paused.reason()).startsWith("orders-1: staging used ");
        assertThat(paused.limitEvents()).hasToString("10");
        assertThat(paused.notes())
                .contains(
                        "the worst of 3 objectives decides: orders-0 (target 0.99) pass, orders-1 (target 0.9995) pause,"
                                + " orders-2 (target 0.999) pass");
        Decision passed = decide(slo, Environment.STAGING, 10);
        assertThat(passed.answer()).isEqualTo(Answer.PASS);
        assertThat(passed.reason()).as("the strictest says it").startsWith("orders-1: ");
    }

    @Test
    void aLimitThatIsExceededIsWorseThanTooFewEvents() {
        // 100,000 events are enough for 0.99, and too few for 0.999999.
        Slo slo = slo("Occurrences", "{target: 0.999999}", "{target: 0.99}");
        assertThat(decide(slo, Environment.CANARY, 0).answer()).isEqualTo(Answer.HOLD);
        assertThat(decide(slo, Environment.CANARY, 0).reason()).startsWith("orders-0: not enough data");
        Decision aborted = decide(slo, Environment.CANARY, 51);
        assertThat(aborted.answer()).isEqualTo(Answer.ABORT);
        assertThat(aborted.reason()).as("both say so").startsWith("orders-0: canary used ");
    }

    @Test
    void oneObjectiveIsNotNamedTwice() {
        Decision one = decide(slo("Occurrences", "{target: 0.99}"), Environment.PRODUCTION, 1);
        assertThat(one.answer()).isEqualTo(Answer.REPORT);
        assertThat(one.reason()).startsWith("production used ");
        assertThat(one.notes()).noneMatch(note -> note.contains("objectives"));
    }

    @Test
    void whatCountsNoEventsIsRefusedWithTheReason() {
        Slo slices = slo("Timeslices", "{target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 1m}");
        assertThatThrownBy(() -> decide(slices, Environment.CANARY, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'orders' counts Timeslices, of which one slice is more than any limit")
                .hasMessageContaining("write an SLO of the same indicator that counts them");
    }
}
