package io.levee.guard.slo.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gate's decision: the table of answers, and what is put down to a release. */
class GateTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:30Z");
    private static final Objective OBJECTIVE = Objective.of(Ratio.parse("0.9995"));
    private static final Terms TERMS = Terms.of(OBJECTIVE, new Window.Rolling(Span.parse("28d")));

    /** 10,000,000 events in the window, so 0.02 points are 2,000 and 0.005 points are 500. */
    private static ErrorBudget window(long bad) {
        return ErrorBudget.of(Counts.ofTotal(10_000_000, bad, 0), OBJECTIVE, Duration.ofDays(28));
    }

    private static Decision decide(GatePolicy policy, Environment environment, boolean report, Minute... minutes) {
        return new Gate(policy, OBJECTIVE)
                .decide(
                        new Question("order-submit", environment, "r2", NOW, report),
                        new Evidence(window(100), List.of(minutes), List.of()));
    }

    private static Minute minute(long total, long bad, long stableTotal, long stableBad) {
        return new Minute(NOW, Counts.ofTotal(total, bad, 0), Counts.ofTotal(stableTotal, stableBad, 0));
    }

    // --- the table --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        // environment, events, bad, report, answer, exit code
        "STAGING, 100000, 0, false, PASS, 0",
        "STAGING, 100000, 2000, false, PASS, 0",
        "STAGING, 100000, 2001, false, PAUSE, 10",
        "CANARY, 100000, 500, false, PASS, 0",
        "CANARY, 100000, 501, false, ABORT, 20",
        "PRODUCTION, 100000, 0, false, PASS, 0",
        "PRODUCTION, 100000, 1, false, REPORT, 30",
        "PRODUCTION, 100000, 1, true, PASS, 0",
        // 5,990 events show 99.95 %; fewer never pass
        "STAGING, 5990, 0, false, PASS, 0",
        "STAGING, 5989, 0, false, HOLD, 40",
        "CANARY, 5989, 0, false, HOLD, 40",
        "PRODUCTION, 5989, 0, false, HOLD, 40",
        "PRODUCTION, 5989, 1, true, HOLD, 40",
        // what is spent is spent, however few they are
        "STAGING, 2001, 2001, false, PAUSE, 10",
        "CANARY, 501, 501, false, ABORT, 20",
        "PRODUCTION, 1, 1, false, REPORT, 30",
    })
    void answersByTheTable(Environment environment, long total, long bad, boolean report, Answer answer, int exitCode) {
        Decision decision = decide(GatePolicy.DEFAULT, environment, report, minute(total, bad, 0, 0));
        assertThat(decision.answer()).isEqualTo(answer);
        assertThat(decision.answer().exitCode()).isEqualTo(exitCode);
    }

    @Test
    void withoutAnyEventItHolds() {
        for (Environment environment : Environment.values()) {
            assertThat(decide(GatePolicy.DEFAULT.withMinimumEvents(0), environment, true)
                            .answer())
                    .isEqualTo(Answer.HOLD);
        }
    }

    /** By hand: the budget is 5,000 events, so 0.02 % of it are 1 and 0.005 % a quarter of one. */
    @Test
    void aLimitMayBeAShareOfTheBudget() {
        GatePolicy policy = GatePolicy.DEFAULT.withUnit(GatePolicy.Unit.BUDGET);
        assertThat(decide(policy, Environment.STAGING, false, minute(100_000, 1, 0, 0))
                        .answer())
                .isEqualTo(Answer.PASS);
        assertThat(decide(policy, Environment.STAGING, false, minute(100_000, 2, 0, 0))
                        .answer())
                .isEqualTo(Answer.PAUSE);
        Decision canary = decide(policy, Environment.CANARY, false, minute(100_000, 1, 0, 0));
        assertThat(canary.answer()).isEqualTo(Answer.ABORT);
        assertThat(canary.notes())
                .contains("with 10000000 events in the window the limit is less than one event, so none may fail");
    }

    /** By hand: 2,600 of 10,000,000 events are 0.026 points, worth 628,992 ms of 4 weeks. */
    @Test
    void explainsItselfWithItsFigures() {
        Decision decision = decide(GatePolicy.DEFAULT, Environment.STAGING, false, minute(84_320, 2_600, 0, 0));
        assertThat(decision.reason())
                .isEqualTo("staging used 0.026 points of the total (2600 events of 84320), limit 0.02 (2000 events)");
        assertThat(decision.toMap())
                .containsEntry("decision", "pause")
                .containsEntry("exitCode", 10)
                .containsEntry("unit", "total")
                .containsEntry("consumedPercent", new BigDecimal("0.026"))
                .containsEntry("limitPercent", new BigDecimal("0.02"))
                .containsEntry("consumedMs", new BigDecimal("628992"))
                .containsEntry("remainingMs", new BigDecimal("1185408"))
                .containsEntry("bad", 2_600L)
                .containsEntry("total", 84_320L)
                .containsEntry("minimumTotal", 5_990L)
                .containsEntry("windowTotal", 10_000_000L)
                .containsEntry("asOf", "2026-11-25T12:00:30Z");
    }

    // --- attribution ------------------------------------------------------------------------------------------------

    /**
     * By hand: in the disturbed minute half of the stable side failed, so 500 of the canary's 600 failures are explained; in
     * the calm ones 2 of 20,000 stable events failed, which explains 0.2 of the canary's 5 failures.
     */
    @Test
    void whatTheStableSideExplainsIsNotPutDownToTheRelease() {
        Attribution attribution = Attribution.of(
                List.of(minute(1_000, 600, 10_000, 5_000), minute(1_000, 5, 10_000, 0), minute(1_000, 0, 10_000, 2)),
                OBJECTIVE,
                20);
        assertThat(attribution.disturbed()).isEqualTo(1);
        assertThat(attribution.spent()).isEqualTo(Ratio.of(605));
        assertThat(attribution.expected()).isEqualTo(Ratio.parse("500.2"));
        assertThat(attribution.excess()).isEqualTo(Ratio.parse("104.8"));
    }

    @Test
    void anOutageOfADependencyDoesNotAbortAnInnocentCanary() {
        List<Minute> minutes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            minutes.add(minute(1_000, 300, 9_000, 2_700));
        }
        Minute[] outage = minutes.toArray(Minute[]::new);
        assertThat(decide(GatePolicy.DEFAULT, Environment.CANARY, false, outage).answer())
                .isEqualTo(Answer.PASS);
        assertThat(decide(GatePolicy.DEFAULT, Environment.PRODUCTION, false, outage)
                        .answer())
                .isEqualTo(Answer.PASS);
    }

    /** Ten minutes in which only the stable side failed must not pay for failures of the canary in others. */
    @Test
    void anOutageOfTheStableSideAloneIsNoCredit() {
        List<Minute> minutes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            minutes.add(minute(1_000, 0, 1_000, 1_000));
        }
        minutes.add(minute(1_000, 600, 1_000, 0));
        Decision decision = decide(GatePolicy.DEFAULT, Environment.CANARY, false, minutes.toArray(Minute[]::new));
        assertThat(decision.answer()).isEqualTo(Answer.ABORT);
        assertThat(decision.attribution().excess()).isEqualTo(Ratio.of(600));
    }

    @Test
    void aThinStableSideExplainsNothing() {
        Attribution thin = Attribution.of(List.of(minute(1_000, 10, 19, 19)), OBJECTIVE, 20);
        assertThat(thin.calmRateKnown()).isFalse();
        assertThat(thin.disturbed()).isZero();
        assertThat(thin.excess()).isEqualTo(Ratio.of(10));
        Attribution enough = Attribution.of(List.of(minute(1_000, 10, 20, 20)), OBJECTIVE, 20);
        assertThat(enough.disturbed()).isEqualTo(1);
        assertThat(enough.excess()).isEqualTo(Ratio.ZERO);
        // thin minutes together are enough
        Attribution together = Attribution.of(List.of(minute(1_000, 5, 10, 0), minute(1_000, 5, 10, 1)), OBJECTIVE, 20);
        assertThat(together.calmRateKnown()).isTrue();
        assertThat(together.expected()).isEqualTo(Ratio.of(10));
    }

    /**
     * By hand: the stable side fails 1 in 10,000, so 10 of 100,000 are expected; the variance is 10 x (1 + 100,000 /
     * 1,000,000) = 11, three deviations are 9.95: 19 failures are chance, 20 are not.
     */
    @Test
    void inProductionOnlyWhatIsBeyondChanceIsNew() {
        assertThat(decide(GatePolicy.DEFAULT, Environment.PRODUCTION, false, minute(100_000, 19, 1_000_000, 100))
                        .answer())
                .isEqualTo(Answer.PASS);
        Decision beyond =
                decide(GatePolicy.DEFAULT, Environment.PRODUCTION, false, minute(100_000, 20, 1_000_000, 100));
        assertThat(beyond.answer()).isEqualTo(Answer.REPORT);
        assertThat(beyond.reason()).contains("more than the stable side's failure rate and chance explain");
    }

    @Property
    void moreFailuresOfTheReleaseNeverMakeItLookBetter(
            @ForAll @IntRange(max = 1_000) int bad,
            @ForAll @IntRange(max = 1_000) int more,
            @ForAll @IntRange(max = 2_000) int stable,
            @ForAll @IntRange(max = 2_000) int stableBad) {
        Minute other = minute(500, 3, 400, 1);
        long failed = Math.min(stable, stableBad);
        Ratio less = Attribution.of(List.of(other, minute(2_000, bad, stable, failed)), OBJECTIVE, 20)
                .excess();
        Attribution worse =
                Attribution.of(List.of(other, minute(2_000, bad + (long) more, stable, failed)), OBJECTIVE, 20);
        assertThat(worse.excess()).isGreaterThanOrEqualTo(less);
        assertThat(less.signum()).isNotNegative();
        assertThat(worse.excess()).isLessThanOrEqualTo(worse.spent());
    }

    // --- counting ---------------------------------------------------------------------------------------------------

    private static Event event(
            Instant time, String release, Environment environment, Event.Side side, Event.Outcome outcome) {
        return new Event(
                null,
                time,
                "shop",
                null,
                "POST /orders",
                outcome,
                release,
                environment,
                side,
                "t" + time,
                null,
                1,
                false,
                80L);
    }

    private static final EventMatcher MATCHER = new EventMatcher("shop", Set.of("orders"), Set.of(), null);

    @Test
    void looksOnlyAtTheReleasesOwnEventsInItsTime() {
        EventTally tally = new EventTally(MATCHER);
        Event.Outcome bad = Event.Outcome.BAD;
        // its own, by environment and by side
        tally.add(event(NOW, "r2", Environment.CANARY, Event.Side.CANARY, bad));
        tally.add(event(NOW, "r2", Environment.PRODUCTION, Event.Side.CANARY, bad));
        // more than 24 hours ago, another release, another environment, the future
        tally.add(event(NOW.minus(Duration.ofHours(25)), "r2", Environment.CANARY, Event.Side.CANARY, bad));
        tally.add(event(NOW, "r3", Environment.CANARY, Event.Side.CANARY, bad));
        tally.add(event(NOW, "r2", Environment.STAGING, null, bad));
        tally.add(event(NOW.plusSeconds(60), "r2", Environment.CANARY, Event.Side.CANARY, bad));
        // the stable side, of which staging's is not one
        tally.add(event(NOW, "r1", Environment.PRODUCTION, Event.Side.STABLE, Event.Outcome.GOOD));
        tally.add(event(NOW, "r1", Environment.STAGING, Event.Side.STABLE, Event.Outcome.GOOD));
        // more than 28 days ago
        tally.add(event(NOW.minus(Duration.ofDays(29)), "r1", Environment.PRODUCTION, Event.Side.STABLE, bad));

        Question question = new Question("orders", Environment.CANARY, "r2", NOW, false);
        Evidence evidence = tally.evidence(question, TERMS, GatePolicy.DEFAULT);
        assertThat(evidence.minutes()).hasSize(1);
        assertThat(evidence.minutes().get(0).release()).isEqualTo(new Counts(0, 2, 0));
        assertThat(evidence.minutes().get(0).stable()).isEqualTo(new Counts(1, 0, 0));
        assertThat(evidence.budget().total()).isEqualTo(7);
        assertThat(evidence.traces()).isNotEmpty();
        Question staging = new Question("orders", Environment.STAGING, "r2", NOW, false);
        assertThat(tally.evidence(staging, TERMS, GatePolicy.DEFAULT)
                        .minutes()
                        .get(0)
                        .stable())
                .isEqualTo(new Counts(1, 0, 0));
    }

    @Test
    void countsWhatMatches() {
        EventMatcher matcher = new EventMatcher("shop", Set.of("orders"), Set.of("POST /orders"), 800L);
        Event good = event(NOW, "r", Environment.PRODUCTION, null, Event.Outcome.GOOD);
        assertThat(matcher.matches(good)).isTrue();
        assertThat(matcher.counted(good)).isEqualTo(new Counts(1, 0, 0));
        assertThat(new EventMatcher("other", Set.of(), Set.of(), null).matches(good))
                .isFalse();
        assertThat(new EventMatcher("shop", Set.of(), Set.of("GET /"), null).matches(good))
                .isFalse();
        assertThat(new EventMatcher("shop", Set.of(), Set.of(), 79L).counted(good))
                .isEqualTo(new Counts(0, 1, 0));
        assertThat(matcher.counted(event(NOW, "r", Environment.PRODUCTION, null, Event.Outcome.DEGRADED)))
                .isEqualTo(new Counts(0, 0, 1));
        Event named = new Event(
                null,
                NOW,
                "shop",
                "checkout",
                "POST /orders",
                Event.Outcome.GOOD,
                null,
                Environment.PRODUCTION,
                null,
                null,
                null,
                2,
                true,
                null);
        assertThat(matcher.matches(named)).isFalse();
        assertThat(matcher.counted(named))
                .as("nothing shows that it was in time")
                .isEqualTo(new Counts(0, 1, 0));
    }

    // --- reading ----------------------------------------------------------------------------------------------------

    @Test
    void readsAnEvent() {
        Event event = EventReader.read(
                "{\"time\":\"2026-11-25T12:00:30+01:00\",\"service\":\"shop\",\"sli\":\"orders\",\"route\":\"POST /orders\","
                        + "\"outcome\":\"degraded\",\"release\":\"r2\",\"environment\":\"canary\",\"side\":\"canary\","
                        + "\"traceId\":\"abc\",\"businessEvent\":\"order-7\",\"attempts\":3,\"savedByRetry\":true,"
                        + "\"durationMs\":812}");
        assertThat(event)
                .isEqualTo(new Event(
                        null,
                        Instant.parse("2026-11-25T11:00:30Z"),
                        "shop",
                        "orders",
                        "POST /orders",
                        Event.Outcome.DEGRADED,
                        "r2",
                        Environment.CANARY,
                        Event.Side.CANARY,
                        "abc",
                        "order-7",
                        3,
                        true,
                        812L));
        assertThat(EventReader.read(
                        "{\"time\":1795608030000,\"service\":\"s\",\"outcome\":\"good\",\"environment\":\"staging\"}"))
                .isEqualTo(new Event(
                        null,
                        Instant.ofEpochMilli(1_795_608_030_000L),
                        "s",
                        null,
                        null,
                        Event.Outcome.GOOD,
                        null,
                        Environment.STAGING,
                        null,
                        null,
                        null,
                        1,
                        false,
                        null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nonsense | is no JSON",
                "[] | must be a JSON object",
                "{} | time is missing",
                "{\"outcom\":\"good\"} | did you mean 'outcome'?",
                "{\"time\":\"yesterday\"} | 'yesterday' is no instant",
                "{\"time\":1} | service is missing",
                "{\"time\":1,\"service\":\"s\",\"outcome\":\"ok\"} | outcome must be one of good, bad, degraded, is 'ok'",
                "{\"time\":1,\"service\":\"s\",\"outcome\":\"bad\"} | environment is missing",
                "{\"time\":1,\"service\":7} | service must be a text in quotes",
                "{\"attempts\":1.5} | attempts must be a whole number",
                "{\"attempts\":99999999999999999999} | no long holds",
                "{\"time\":1,\"time\":2} | is no JSON: Duplicate",
                "{\"route\":{}} | route must be a single value",
                "{\"time\":1}{} | more than one JSON object",
                "{\"time\":1 | is no JSON",
                "{\"attempts\":0} | attempts must be 1 or more",
                "{\"savedByRetry\":\"yes\"} | savedByRetry must be true or false",
            })
    void refusesWhatIsNoEvent(String line, String says) {
        assertThatThrownBy(() -> EventReader.read(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }
}
