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

    private final ManualTime time = new ManualTime();
    private long now = time.nanoTime();

    /** With an attempt timeout of 800 ms: what takes longer than 100 ms is late, and 300 ms while it is at ease. */
    private ConcurrencyLimit limit(ConcurrencyLimit.Spec spec) {
        return spec.build(time, 800 * MILLI);
    }

    private ConcurrencyLimit from50() {
        return limit(ConcurrencyLimit.adaptive().between(1, 1_000).initial(50));
    }

    /** A window in which so many attempts were in flight, of which so many were dropped or failed. */
    private void window(ConcurrencyLimit limit, int attempts, int drops, int faults, long nanos) {
        for (int i = 0; i < attempts; i++) {
            assertThat(limit.tryEnter(now)).as("there was room").isTrue();
        }
        now += 100 * MILLI;
        for (int i = 0; i < attempts; i++) {
            long at = i < attempts - 1 ? now - 1 : now; // the last one ends the window
            if (i < drops) {
                limit.leaveDropped(at);
            } else if (i < drops + faults) {
                limit.leaveFailed(at);
            } else {
                limit.leave(at, nanos);
            }
        }
    }

    /** No longer new, nor at ease: something was late once. Usually it takes 10 ms. */
    private ConcurrencyLimit settled() {
        ConcurrencyLimit limit = from50();
        window(limit, 20, 0, 0, 10 * MILLI);
        window(limit, 40, 0, 0, 400 * MILLI);
        limit = regrownTo(limit, 50);
        assertThat(limit.snapshot().usualNanos()).isCloseTo(10 * MILLI, within(10_000L));
        return limit;
    }

    private ConcurrencyLimit regrownTo(ConcurrencyLimit limit, int wanted) {
        while (limit.limit() < wanted) {
            window(limit, limit.limit(), 0, 0, 10 * MILLI);
        }
        return limit;
    }

    @Test
    void aLimitInUseGrowsByATenth() {
        ConcurrencyLimit limit = settled();
        int before = limit.limit();
        window(limit, before * 3 / 4 + 1, 0, 0, 20 * MILLI);
        assertThat(limit.limit()).isEqualTo((int) Math.round(before * 1.1));
    }

    @Test
    void aLimitThatIsNotInUseStays() {
        ConcurrencyLimit limit = settled();
        int before = limit.limit();
        for (int i = 0; i < 20; i++) {
            window(limit, before / 2, 0, 0, 20 * MILLI);
        }
        assertThat(limit.limit()).isEqualTo(before);
    }

    @Test
    void lateAnswersShrinkItToWhatIsAnsweredInTime() {
        ConcurrencyLimit limit = regrownTo(settled(), 100);
        // 40 in 100 ms are 400 a second; of those, 40 are in flight if each takes 100 ms.
        int windows = 0;
        while (limit.limit() > 40) {
            window(limit, 40, 0, 0, 150 * MILLI);
            windows++;
        }
        assertThat(limit.limit()).as("95 % of it").isBetween(36, 40);
        assertThat(windows).isLessThan(30);
    }

    @Test
    void itShrinksByThreeTenthsAtMostInOneWindow() {
        ConcurrencyLimit limit = regrownTo(settled(), 100);
        int before = limit.limit();
        window(limit, before, 0, 0, 5 * SECOND);
        assertThat(limit.limit()).isEqualTo((int) Math.round(0.7 * before));
    }

    @Test
    void itShrinksFromWhatWasInFlightAndNotFromWhatWasAllowed() {
        ConcurrencyLimit late = regrownTo(settled(), 100);
        window(late, 10, 0, 0, 5 * SECOND);
        assertThat(late.limit()).isBetween(7, 10);
    }

    @Test
    void dropsShrinkItFromWhatWasInFlightToo() {
        ConcurrencyLimit dropping = regrownTo(settled(), 100);
        window(dropping, 20, 10, 0, 30 * MILLI);
        assertThat(dropping.limit())
                .as("20, for more than that were answered in time of late")
                .isEqualTo(20);
    }

    @Test
    void whatGetsSlowAndIsAnsweredInGoodTimeAllTheSameIsNotHeldBack() {
        for (int calls : new int[] {10, 40, 1_000}) {
            ConcurrencyLimit limit = limit(ConcurrencyLimit.adaptive());
            for (int i = 0; i < 20; i++) {
                window(limit, calls, 0, 0, 20 * MILLI);
            }
            for (int i = 0; i < 600; i++) {
                window(limit, calls, calls / 40, 0, 290 * MILLI);
            }
            assertThat(limit.limit()).as("with %s calls a window", calls).isEqualTo(10_000);
        }
    }

    @Test
    void onceItIsLateItIsNoLongerAtEaseUntilItWasNotForAWhile() {
        ConcurrencyLimit limit = regrownTo(settled(), 100);
        window(limit, 60, 0, 0, 150 * MILLI);
        assertThat(limit.limit()).as("not at ease").isLessThan(100);
        limit = regrownTo(settled(), 100);
        for (int i = 0; i < 101; i++) {
            window(limit, 60, 0, 0, 10 * MILLI);
        }
        int before = limit.limit();
        window(limit, 60, 0, 0, 150 * MILLI);
        assertThat(limit.limit()).as("at ease again").isGreaterThanOrEqualTo(before);
        for (int i = 0; i < 5 && limit.limit() >= before; i++) {
            window(limit, 60, 25, 0, 150 * MILLI);
        }
        assertThat(limit.isCollapsed()).isFalse();
        assertThat(limit.limit()).as("many were dropped").isLessThan(before);

        limit = regrownTo(limit, 100);
        before = limit.limit();
        window(limit, before, 0, 0, 150 * MILLI);
        assertThat(limit.limit()).as("still at ease").isGreaterThanOrEqualTo(before);
        window(limit, limit.limit(), 0, 0, 400 * MILLI);
        for (int i = 0; i < 30; i++) {
            window(limit, Math.min(40, limit.limit()), 0, 0, 150 * MILLI);
        }
        assertThat(limit.limit()).as("no longer").isLessThanOrEqualTo(40);
    }

    @Test
    void whatIsUsuallySlowIsNotLate() {
        ConcurrencyLimit limit =
                limit(ConcurrencyLimit.adaptive().between(1, 1_000).initial(200));
        for (int i = 0; i < 20; i++) {
            window(limit, 20, 0, 0, 300 * MILLI);
        }
        assertThat(limit.limit()).isGreaterThanOrEqualTo(200);
        window(limit, 20, 0, 0, 590 * MILLI);
        assertThat(limit.limit()).isGreaterThanOrEqualTo(200);
        window(limit, 20, 0, 0, 610 * MILLI);
        assertThat(limit.limit()).as("more than twice the usual").isLessThan(200);
    }

    @Test
    void whatIsUsualDoesNotRiseWhileTheLimitIsInUse() {
        ConcurrencyLimit limit = settled();
        for (int i = 0; i < 3_000; i++) {
            window(limit, limit.limit(), 0, 0, 60 * MILLI);
        }
        assertThat(limit.snapshot().usualNanos()).isLessThan(11 * MILLI);
    }

    @Test
    void dropsShrinkIt() {
        ConcurrencyLimit dropping = settled();
        int before = dropping.limit();
        window(dropping, before, before / 2, 0, 30 * MILLI);
        assertThat(dropping.limit()).as("x (1 - 0.5 / 2)").isCloseTo((int) Math.round(0.75 * before), within(1));
    }

    @Test
    void faultsThatAreAnsweredDoNotShrinkIt() {
        ConcurrencyLimit failing = settled();
        int before = failing.limit();
        window(failing, 20, 0, 10, 10 * MILLI);
        assertThat(failing.limit()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void whatIsDroppedForAnotherReasonThanLoadDoesNotCloseIt() {
        ConcurrencyLimit limit = limit(ConcurrencyLimit.adaptive());
        for (int i = 0; i < 600; i++) {
            window(limit, Math.min(limit.limit(), 50), Math.min(limit.limit(), 50) / 10, 0, 10 * MILLI);
        }
        // 450 answers a second, each within 100 ms: 45 in flight, and 95 % of that.
        assertThat(limit.limit())
                .as("one of ten instances is gone, for a minute")
                .isGreaterThanOrEqualTo(42);
    }

    @Test
    void aFewSlowAnswersAmongQuickOnesAreNotLateness() {
        ConcurrencyLimit limit = limit(ConcurrencyLimit.adaptive());
        for (int i = 0; i < 100; i++) {
            window(limit, 40, 0, 0, 5 * MILLI);
        }
        for (int i = 0; i < 600; i++) {
            for (int each = 0; each < 40; each++) {
                assertThat(limit.tryEnter(now)).isTrue();
            }
            now += 100 * MILLI;
            for (int each = 0; each < 40; each++) {
                limit.leave(each < 39 ? now - 1 : now, each % 3 == 0 ? 700 * MILLI : 5 * MILLI);
            }
        }
        assertThat(limit.limit()).as("a mean of 230 ms").isEqualTo(10_000);
    }

    @Test
    void whatGetsSlowWhateverTheLoadIsLetInAgainSoon() {
        ConcurrencyLimit limit = limit(ConcurrencyLimit.adaptive());
        for (int i = 0; i < 100; i++) {
            window(limit, 40, 0, 0, 10 * MILLI);
        }
        int windows = 0;
        do {
            window(limit, Math.min(40, limit.limit()), 0, 0, 400 * MILLI);
            windows++;
        } while (limit.limit() < 40 && windows < 1_000);
        assertThat(windows).as("20 s").isLessThanOrEqualTo(200);
        for (int i = 0; i < 600; i++) {
            window(limit, 40, 0, 0, 400 * MILLI);
        }
        assertThat(limit.limit()).isGreaterThanOrEqualTo(40);
    }

    @Test
    void anAnswerWithAnErrorOfItsOwnEndsARunAndACollapse() {
        ConcurrencyLimit limit = settled();
        for (int i = 0; i < 10 * Collapse.RUN; i++) {
            limit.tryEnter(now);
            if (i % Collapse.RUN == 0) {
                limit.leave(now, ConcurrencyLimit.NO_DURATION);
            } else {
                limit.leaveDropped(now);
            }
        }
        assertThat(limit.isCollapsed()).isFalse();
        limit.tryEnter(now);
        limit.leave(now, ConcurrencyLimit.NO_DURATION);
        collapse(limit);
        now += 2 * SECOND;
        assertThat(limit.tryEnter(now)).isTrue();
        limit.leave(now, ConcurrencyLimit.NO_DURATION);
        assertThat(limit.isCollapsed()).isFalse();
        assertThat(limit.snapshot().usualNanos()).as("an error has no duration").isCloseTo(10 * MILLI, within(10_000L));
    }

    @Test
    void theFewerSucceedAnywayTheLongerARunHasToBe() {
        ConcurrencyLimit limit = settled();
        // One endpoint of which one call in 20 goes elsewhere.
        for (int i = 0; i < 60; i++) {
            window(limit, Math.min(20, limit.limit()), 0, Math.min(19, limit.limit() - 1), 10 * MILLI);
        }
        assertThat(limit.isCollapsed()).isFalse();
        for (int i = 0; i < 10 * Collapse.RUN; i++) {
            limit.tryEnter(now);
            limit.leaveFailed(now);
        }
        now += Collapse.SHORTEST_RUN;
        assertThat(limit.isCollapsed()).as("300, and 23 / 0.05 are 460").isFalse();
        for (int i = 0; i < 10 * Collapse.RUN; i++) {
            if (limit.tryEnter(now)) {
                limit.leaveFailed(now);
            }
        }
        assertThat(limit.isCollapsed()).isTrue();
    }

    @Test
    void ofManyAttemptsOnlySomeAreMeasured() {
        ConcurrencyLimit limit = limit(ConcurrencyLimit.adaptive());
        int measured = 0;
        for (int i = 0; i < 200_000; i++) {
            limit.tryEnter(now);
            now += 10_000; // 100,000 a second
            boolean measures = limit.measures(now - 10_000);
            limit.leave(measures ? now : now - 10_000, measures ? 10_000 : 0);
            measured += measures ? 1 : 0;
        }
        assertThat(measured).isBetween(200_000 / 64, 200_000 / 64 + 11_000);
        assertThat(limit.snapshot().meanNanos()).isCloseTo(10_000, within(1_024L));
        now += SECOND;
        limit.tryEnter(now);
        assertThat(limit.measures(now)).as("when few come, each is").isTrue();
    }

    @Test
    void howManyHaveEndedInAWindowIsRightWhereTheCountBeginsAnew() {
        LimitWindow window = LimitWindow.first(now, SECOND).afterCollapse(now, Integer.MAX_VALUE - 1, 0, 1);
        assertThat(window.ended(3)).isEqualTo(5);
        assertThat(window.ended(Integer.MAX_VALUE - 2))
                .as("read while places were dealt out")
                .isEqualTo(-1);
    }

    @Test
    void aNewOneHoldsNothingBack() {
        assertThat(limit(ConcurrencyLimit.adaptive()).limit()).isEqualTo(10_000);
        assertThat(limit(ConcurrencyLimit.adaptive().between(5, 50)).limit()).isEqualTo(50);
    }

    @Test
    void oneThatBeginsLowDoublesWithEachRoundTripUntilSomethingIsWrong() {
        ConcurrencyLimit limit = limit(ConcurrencyLimit.adaptive().initial(20));
        for (int i = 0; i < 20; i++) {
            limit.tryEnter(now);
        }
        for (int i = 0; i < 11; i++) {
            limit.leave(now, MILLI);
        }
        assertThat(limit.limit()).as("while half of it is in flight").isGreaterThan(25);
        window(limit, 10, 5, 0, SECOND);
        int shrunk = limit.limit();
        limit.tryEnter(now);
        limit.leave(now, MILLI);
        assertThat(limit.limit()).isEqualTo(shrunk);
    }

    private void collapse(ConcurrencyLimit limit) {
        for (int i = 0; i < Collapse.RUN; i++) {
            now += i == 0 ? 0 : Collapse.SHORTEST_RUN / (Collapse.RUN - 1) + 1;
            assertThat(limit.tryEnter(now)).isTrue();
            limit.leaveFailed(now);
        }
    }

    @Test
    void whatEndsManyAtOneInstantIsNoOutage() {
        ConcurrencyLimit limit = settled();
        for (int i = 0; i < 10 * Collapse.RUN; i++) {
            assertThat(limit.tryEnter(now)).isTrue();
            limit.leaveFailed(now);
        }
        now += Collapse.SHORTEST_RUN - 1;
        assertThat(limit.tryEnter(now)).isTrue();
        limit.leaveFailed(now);
        assertThat(limit.isCollapsed()).isFalse();
        now += 1;
        assertThat(limit.tryEnter(now)).isTrue();
        limit.leaveFailed(now);
        assertThat(limit.isCollapsed()).isTrue();
    }

    @Test
    void whenNothingSucceedsOnlyProbesAreLetIn() {
        ConcurrencyLimit limit = settled();
        collapse(limit);
        assertThat(limit.isCollapsed()).isTrue();
        assertThat(limit.limit()).isZero();
        int let = 0;
        for (int i = 0; i < 10_000; i++) {
            now += MILLI;
            if (limit.tryEnter(now)) {
                let++;
                limit.leaveFailed(now);
            }
        }
        assertThat(let).as("one of 25").isEqualTo(400);
    }

    @Test
    void probesAreTenMillisecondsApartAndOneASecondAtLeast() {
        ConcurrencyLimit limit = settled();
        collapse(limit);
        int let = 0;
        for (int i = 0; i < 10_000; i++) {
            now += MILLI / 100;
            let += limit.tryEnter(now) ? 1 : 0;
        }
        assertThat(let).as("in 100 ms").isBetween(9, 10);
        now += 2 * SECOND;
        assertThat(limit.tryEnter(now)).isTrue();
        now += SECOND - 1;
        assertThat(limit.tryEnter(now)).isFalse();
        now += 1;
        assertThat(limit.tryEnter(now)).isTrue();
    }

    @Test
    void theFirstSuccessEndsACollapseAndTheNextOnesDouble() {
        ConcurrencyLimit limit = settled();
        collapse(limit);
        now += 2 * SECOND;
        assertThat(limit.tryEnter(now)).isTrue();
        limit.leave(now, 10 * MILLI);
        assertThat(limit.limit()).isEqualTo(ConcurrencyLimit.START);
        for (int roundTrip = 1; roundTrip <= 4; roundTrip++) {
            int allowed = limit.limit();
            for (int i = 0; i < allowed; i++) {
                assertThat(limit.tryEnter(now)).isTrue();
            }
            assertThat(limit.tryEnter(now)).isFalse();
            for (int i = 0; i < allowed; i++) {
                limit.leave(now, 10 * MILLI);
            }
            assertThat(limit.limit()).as("after %d round trips", roundTrip).isGreaterThan(allowed * 5 / 4);
        }
    }

    @Test
    void aLateSuccessDoesNotLetInMoreAfterACollapse() {
        ConcurrencyLimit limit = settled();
        collapse(limit);
        now += 2 * SECOND;
        assertThat(limit.tryEnter(now)).isTrue();
        limit.leave(now, 10 * MILLI);
        for (int i = 0; i < 5; i++) {
            assertThat(limit.tryEnter(now)).isTrue();
            limit.leave(now, 101 * MILLI);
        }
        assertThat(limit.limit()).isEqualTo(ConcurrencyLimit.START);
        limit.tryEnter(now);
        limit.leave(now, 99 * MILLI);
        assertThat(limit.limit()).isEqualTo(ConcurrencyLimit.START + 1);
    }

    @Test
    void whoWaitsLeavesTimeForAnAttempt() {
        ConcurrencyLimit limit = settled();
        assertThat(limit.giveUpAtNanos(now, now + 2 * SECOND)).isEqualTo(now + 2 * SECOND - 250 * MILLI);
        assertThat(limit.giveUpAtNanos(now, Nanos.NEVER)).as("maxWait").isEqualTo(now + 3 * SECOND);
    }

    @Test
    void oneSuccessAmongTheFailuresKeepsItOpen() {
        ConcurrencyLimit limit = settled();
        for (int i = 0; i < 1_000; i++) {
            assertThat(limit.tryEnter(now)).isTrue();
            if (i % (Collapse.RUN - 1) == 0) {
                limit.leave(now, MILLI);
            } else {
                limit.leaveFailed(now);
            }
        }
        assertThat(limit.isCollapsed()).isFalse();
    }

    @Test
    void whoFindsNoRoomStandsInLineAndIsServedInTurn() {
        ConcurrencyLimit limit = limit(ConcurrencyLimit.adaptive().between(2, 2));
        List<String> served = new ArrayList<>();
        limit.tryEnter(now);
        limit.tryEnter(now);
        Limiter.Ticket first = limit.await(now, now + SECOND, () -> served.add("first"));
        Limiter.Ticket second = limit.await(now, now + SECOND, () -> served.add("second"));
        Limiter.Ticket third = limit.await(now, now + SECOND, () -> served.add("third"));
        assertThat(limit.snapshot().waiting()).isEqualTo(3);
        assertThat(first.isGranted()).isFalse();

        limit.leave(now, MILLI);
        assertThat(served).containsExactly("first");
        second.cancel();
        limit.leave(now, MILLI);
        assertThat(served).containsExactly("first", "third");
        assertThat(limit.inFlight()).isEqualTo(2);
        assertThat(third.cancel()).as("gives the room back").isTrue();
        assertThat(limit.inFlight()).isEqualTo(1);
        assertThat(limit.tryEnter(now)).isTrue();
    }

    @Test
    void whoCannotBeServedInTimeIsRefusedAtOnce() {
        ConcurrencyLimit limit = limit(ConcurrencyLimit.adaptive().between(10, 10));
        window(limit, 10, 0, 0, 10 * MILLI); // 100 a second
        for (int i = 0; i < 10; i++) {
            limit.tryEnter(now);
        }
        int inLine = 0;
        while (limit.await(now, now + 100 * MILLI, () -> {}) != null) {
            inLine++;
        }
        assertThat(inLine).as("of 100 a second, those of 100 ms").isBetween(8, 10);
        collapse(settled());
    }

    @Test
    void aWindowGoesOnUntilTenHaveEnded() {
        ConcurrencyLimit limit =
                limit(ConcurrencyLimit.adaptive().between(1, 100).initial(4));
        for (int i = 0; i < 9; i++) {
            assertThat(limit.tryEnter(now)).isTrue();
            assertThat(limit.tryEnter(now)).isTrue();
            limit.leave();
            now += SECOND;
            limit.leave(now, MILLI);
        }
        assertThat(limit.snapshot().meanNanos()).isZero();
        limit.tryEnter(now);
        limit.leaveDropped(now);
        assertThat(limit.snapshot().meanNanos()).isCloseTo(MILLI, within(1_024L));
    }

    @Test
    void leavingTwiceIsAnError() {
        ConcurrencyLimit limit = limit(ConcurrencyLimit.adaptive().between(20, 20));
        limit.tryEnter(now);
        limit.leave(now, MILLI);
        assertThatIllegalStateException()
                .isThrownBy(() -> limit.leaveDropped(now))
                .withMessage("bulkhead or concurrency limit left more often than entered: 0 of 20 in flight");
        assertThat(limit).hasToString("ConcurrencyLimit[0 of 20 in flight, 20 to 20]");
    }

    @Test
    void aFloodOfSamplesStaysWithinItsField() {
        ConcurrencyLimit limit = limit(ConcurrencyLimit.adaptive().window(Duration.ofSeconds(60)));
        for (int i = 0; i < 200_000; i++) {
            limit.tryEnter(now);
            limit.leave(now, 3_600 * SECOND);
        }
        limit.tryEnter(now);
        limit.leave(now + 60 * SECOND, Long.MAX_VALUE / 2);
        assertThat(limit.snapshot().meanNanos()).isCloseTo(3_600 * SECOND, within(1_024L));
    }

    @Test
    void valuesOutOfRangeAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConcurrencyLimit.adaptive().between(10, 9))
                .withMessageContaining("the lower one first, is 10 and 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConcurrencyLimit.adaptive().between(0, 9));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConcurrencyLimit.adaptive().initial(10_001))
                .withMessageContaining("set after its bounds, must be from 1 to 10000, is 10001");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConcurrencyLimit.adaptive().window(Duration.ofMinutes(2)))
                .withMessage("concurrency limit's window must be from 10 ms to 60 s, is 120 s");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConcurrencyLimit.adaptive().maxWait(Duration.ofMinutes(2)))
                .withMessageContaining("maxWait");
        assertThat(ConcurrencyLimit.adaptive().between(5, 50).initial(10))
                .hasToString("adaptive().between(5, 50).initial(10).window(100 ms).maxWait(3 s)");
    }

    /** Whatever happens, the limit stays within its bounds, and nobody is inside who has left. */
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void itStaysWithinItsBounds(
            @ForAll @Size(min = 5, max = 60) List<@IntRange(max = 400) Integer> millis,
            @ForAll @IntRange(max = 100) int dropPercent) {
        ConcurrencyLimit limit =
                limit(ConcurrencyLimit.adaptive().between(10, 300).initial(100));
        for (int each : millis) {
            int attempts = Math.max(10, limit.limit() * 3 / 4);
            window(limit, attempts, Math.min(attempts - 1, attempts * dropPercent / 100), 0, Math.max(1, each) * MILLI);
            if (limit.isCollapsed()) {
                return;
            }
            assertThat(limit.limit()).isBetween(10, 300);
            assertThat(limit.inFlight()).isZero();
        }
    }
}
