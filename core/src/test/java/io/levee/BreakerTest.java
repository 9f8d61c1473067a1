package io.levee;

import static io.levee.Breaker.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Breaker.Snapshot;
import io.levee.Breaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every rule of the breaker by value: instants are plain numbers, nothing waits. */
class BreakerTest {
    private static final long SECOND = Nanos.PER_SECOND;
    private static final long START = 1_000 * SECOND;
    private static final long UNKNOWN = -1;

    private final List<String> transitions = new ArrayList<>();

    private Breaker listenedTo(Breaker breaker) {
        breaker.onTransition((from, to, reason, now, figures) -> transitions.add(from + ">" + to + ": " + reason));
        return breaker;
    }

    private static Breaker mission() {
        return Breaker.consecutiveFailures(3).openFor(Duration.ofSeconds(30)).build();
    }

    private static void succeed(Breaker breaker, long now) {
        breaker.onSuccess(breaker.tryAcquire(now), now, UNKNOWN);
    }

    private static void fail(Breaker breaker, long now) {
        breaker.onFailure(breaker.tryAcquire(now), now, UNKNOWN);
    }

    private static void fail(Breaker breaker, int times, long now) {
        for (int i = 0; i < times; i++) {
            fail(breaker, now);
        }
    }

    private static void succeed(Breaker breaker, int times, long now) {
        for (int i = 0; i < times; i++) {
            succeed(breaker, now);
        }
    }

    // ---- the mission's rule ----

    @Test
    void twoFailuresASuccessAndTwoFailuresLeaveItClosed() {
        Breaker breaker = mission();
        fail(breaker, 2, START);
        succeed(breaker, START);
        fail(breaker, 2, START);

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.generation()).isZero();
        assertThat(breaker.openUntilNanos()).isZero();
        assertThat(breaker.isOpen(START)).isFalse();
        assertThat(breaker.snapshot(START)).isEqualTo(new Snapshot(State.CLOSED, 0, 2, 2, 0, 0));
    }

    @Test
    void threeFailuresInARowOpenItForExactly30Seconds() {
        Breaker breaker = mission();
        fail(breaker, 3, START);

        long end = START + 30 * SECOND;
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.openUntilNanos()).isEqualTo(end);
        assertThat(breaker.isOpen(end - 1)).isTrue();
        assertThat(breaker.isOpen(end)).isFalse();
        assertThat(breaker.tryAcquire(START)).isEqualTo(REFUSED);
        assertThat(breaker.tryAcquire(end - 1)).isEqualTo(REFUSED);
        assertThat(breaker.snapshot(START)).isEqualTo(new Snapshot(State.OPEN, 1, 3, 3, 0, end));
    }

    @Test
    void failuresInARowCountWhateverTimeLiesBetweenThem() {
        Breaker breaker = mission();
        fail(breaker, START);
        fail(breaker, START + 3_600 * SECOND);
        fail(breaker, START + 7_200 * SECOND);

        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void afterTheOpenTimeTheFirstCallIsTheOneProbe() {
        Breaker breaker = mission();
        fail(breaker, 3, START);
        long end = START + 30 * SECOND;

        long probe = breaker.tryAcquire(end);
        assertThat(probe).isEqualTo(2);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.tryAcquire(end)).isEqualTo(REFUSED);
        assertThat(breaker.tryAcquire(end + 59 * SECOND)).isEqualTo(REFUSED);
        // A wait that ends while the probe is on its way is worth waiting for.
        assertThat(breaker.isOpen(end)).isFalse();
    }

    @Test
    void aProbesSuccessClosesWithEmptyCounts() {
        Breaker breaker = listenedTo(mission());
        fail(breaker, 3, START);
        long end = START + 30 * SECOND;
        succeed(breaker, end);

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.openUntilNanos()).isZero();
        fail(breaker, 2, end);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(breaker, 1, end);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(transitions)
                .containsExactly(
                        "CLOSED>OPEN: 3 failures in a row, limit 3",
                        "OPEN>HALF_OPEN: open time over",
                        "HALF_OPEN>CLOSED: probe succeeded",
                        "CLOSED>OPEN: 3 failures in a row, limit 3");
    }

    @Test
    void aProbesFailureOpensAgainFor30SecondsAndNoLonger() {
        Breaker breaker = listenedTo(mission());
        fail(breaker, 3, START);
        long now = START + 30 * SECOND;
        for (int probe = 1; probe <= 5; probe++) {
            long stamp = breaker.tryAcquire(now);
            now += SECOND; // the open time counts from the failure, not from the probe's start
            breaker.onFailure(stamp, now, UNKNOWN);
            assertThat(breaker.state()).isEqualTo(State.OPEN);
            assertThat(breaker.openUntilNanos()).isEqualTo(now + 30 * SECOND);
            assertThat(breaker.tryAcquire(now + 30 * SECOND - 1)).isEqualTo(REFUSED);
            now += 30 * SECOND;
        }
        assertThat(transitions).contains("HALF_OPEN>OPEN: probe failed");
    }

    @Test
    void oneFailureIsARowOfOne() {
        Breaker breaker = Breaker.consecutiveFailures(1).build();
        fail(breaker, START);

        assertThat(breaker.openUntilNanos()).isEqualTo(START + 30 * SECOND);
    }

    // ---- generations (invariant 7) ----

    @Test
    void lateResultOfAnOlderGenerationChangesNothing() {
        Breaker breaker = mission();
        long old = breaker.tryAcquire(START);
        fail(breaker, 3, START);

        // while open
        breaker.onSuccess(old, START + 1, UNKNOWN);
        breaker.onFailure(old, START + 1, UNKNOWN);
        breaker.onIgnored(old);
        long end = START + 30 * SECOND;
        assertThat(breaker.snapshot(START)).isEqualTo(new Snapshot(State.OPEN, 1, 3, 3, 0, end));

        // while the probe is on its way
        long probe = breaker.tryAcquire(end);
        breaker.onSuccess(old, end, UNKNOWN);
        breaker.onFailure(old, end, UNKNOWN);
        breaker.onIgnored(old);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.generation()).isEqualTo(probe);

        // after it was closed again: neither counted as a failure nor as the end of a row
        breaker.onSuccess(probe, end, UNKNOWN);
        for (int i = 0; i < 10; i++) {
            breaker.onFailure(old, end, UNKNOWN);
            breaker.onFailure(probe, end, UNKNOWN);
        }
        assertThat(breaker.snapshot(end)).isEqualTo(new Snapshot(State.CLOSED, 3, 0, 0, 0, 0));
        fail(breaker, 2, end);
        breaker.onSuccess(old, end, UNKNOWN);
        breaker.onSuccess(REFUSED, end, UNKNOWN);
        fail(breaker, 1, end);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void anIgnoredCallIsNotCounted() {
        Breaker breaker = mission();
        fail(breaker, 2, START);
        breaker.onIgnored(breaker.tryAcquire(START));
        assertThat(breaker.snapshot(START).failures()).isEqualTo(2);
        fail(breaker, 1, START);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void anIgnoredProbeMakesRoomForTheNextCallerAtOnce() {
        Breaker breaker = listenedTo(mission());
        fail(breaker, 3, START);
        long end = START + 30 * SECOND;
        long first = breaker.tryAcquire(end);
        breaker.onIgnored(first);

        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.isOpen(end)).isFalse();
        long second = breaker.tryAcquire(end);
        assertThat(second).isGreaterThan(first);
        assertThat(breaker.tryAcquire(end)).isEqualTo(REFUSED);
        breaker.onFailure(first, end, UNKNOWN);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        breaker.onSuccess(second, end, UNKNOWN);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(transitions).contains("HALF_OPEN>OPEN: probe given back");
    }

    // ---- the probe's lease ----

    @Test
    void aProbeThatNeverReportsMakesRoomAfterItsLease() {
        Breaker breaker = listenedTo(mission());
        fail(breaker, 3, START);
        long end = START + 30 * SECOND;
        long lost = breaker.tryAcquire(end);

        assertThat(breaker.tryAcquire(end + 60 * SECOND - 1)).isEqualTo(REFUSED);
        long second = breaker.tryAcquire(end + 60 * SECOND);
        assertThat(second).isEqualTo(lost + 1);
        assertThat(breaker.tryAcquire(end + 60 * SECOND)).isEqualTo(REFUSED);

        breaker.onSuccess(lost, end + 61 * SECOND, UNKNOWN);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        breaker.onSuccess(second, end + 61 * SECOND, UNKNOWN);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(transitions).contains("HALF_OPEN>HALF_OPEN: probe lost: no result within its lease");
    }

    @Test
    void aProbeThatReportsAfterItsLeaseStillCountsIfNobodyTookItsPlace() {
        Breaker breaker = mission();
        fail(breaker, 3, START);
        long probe = breaker.tryAcquire(START + 30 * SECOND);
        breaker.onSuccess(probe, START + 3_000 * SECOND, UNKNOWN);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void theLeaseIsTheOpenTimeIfThatIsLongerAndCanBeSet() {
        Breaker.Spec spec = Breaker.consecutiveFailures(1).openFor(Duration.ofSeconds(100));
        assertThat(leaseOf(spec.build())).isEqualTo(100 * SECOND);
        assertThat(leaseOf(spec.probeLease(Duration.ofSeconds(2)).build())).isEqualTo(2 * SECOND);
    }

    private static long leaseOf(Breaker breaker) {
        fail(breaker, START);
        long end = breaker.openUntilNanos();
        assertThat(breaker.tryAcquire(end)).isNotEqualTo(REFUSED);
        long lease = SECOND;
        while (breaker.tryAcquire(end + lease) == REFUSED) {
            lease += SECOND;
        }
        return lease;
    }

    // ---- growth ----

    @Test
    void theOpenTimeGrowsWithEachFailedProbeAndIsSpreadOverItsUpperHalf() {
        long[] longest = {5, 10, 20, 40, 80, 160, 300, 300, 300};
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int seed = 0; seed < 200; seed++) {
            Breaker breaker = Breaker.failureRate(0.5).minimumCalls(1).build(RandomSource.seeded(seed));
            long now = START;
            for (int i = 0; i < longest.length; i++) {
                fail(breaker, now);
                long open = breaker.openUntilNanos() - now;
                assertThat(open).isBetween(longest[i] * SECOND / 2, longest[i] * SECOND);
                now = breaker.openUntilNanos();
                least = i == 0 ? Math.min(least, open) : least;
                most = i == 0 ? Math.max(most, open) : most;
            }
        }
        assertThat(least).as("the spread is used to its lower end").isLessThan(2_600_000_000L);
        assertThat(most).as("the spread is used to its upper end").isGreaterThan(4_900_000_000L);
    }

    @Test
    void aSuccessfulProbeTakesTheGrowthBack() {
        Breaker breaker = Breaker.consecutiveFailures(1)
                .openFor(Duration.ofSeconds(1))
                .growing(10, Duration.ofSeconds(1_000))
                .build();
        fail(breaker, START);
        long now = START;
        for (int i = 0; i < 3; i++) {
            now = breaker.openUntilNanos();
            fail(breaker, now);
        }
        assertThat(breaker.openUntilNanos() - now).isBetween(500 * SECOND, 1_000 * SECOND);
        now = breaker.openUntilNanos();
        succeed(breaker, now);
        fail(breaker, now);
        assertThat(breaker.openUntilNanos() - now).isBetween(SECOND / 2, SECOND);
    }

    @Test
    void aLostOrIgnoredProbeDoesNotGrow() {
        Breaker breaker = Breaker.consecutiveFailures(1)
                .openFor(Duration.ofSeconds(1))
                .growing(10, Duration.ofSeconds(1_000))
                .build();
        fail(breaker, START);
        breaker.onIgnored(breaker.tryAcquire(START + SECOND));
        breaker.tryAcquire(START + SECOND); // lost
        long now = START + 100 * SECOND;
        fail(breaker, now);
        assertThat(breaker.openUntilNanos() - now).isBetween(5 * SECOND, 10 * SECOND);
    }

    @Test
    void anOpenTimeOfYourOwnReplacesTheDefaultGrowth() {
        Breaker breaker = Breaker.failureRate(0.5)
                .minimumCalls(1)
                .openFor(Duration.ofSeconds(7))
                .build();
        long now = START;
        for (int i = 0; i < 5; i++) {
            fail(breaker, now);
            assertThat(breaker.openUntilNanos()).isEqualTo(now + 7 * SECOND);
            now = breaker.openUntilNanos();
        }
    }

    @Test
    void anOpenTimeBeyondTheClockNeverEnds() {
        Breaker breaker = Breaker.consecutiveFailures(1)
                .openFor(Duration.ofSeconds(Long.MAX_VALUE))
                .build();
        fail(breaker, START);
        assertThat(breaker.openUntilNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(breaker.tryAcquire(Long.MAX_VALUE - 1)).isEqualTo(REFUSED);
    }

    // ---- shares ----

    @Test
    void aShareOverTimeOpensFromTheMinimumOfCallsOn() {
        Breaker breaker = listenedTo(Breaker.failureRate(0.5).build());
        fail(breaker, 19, START);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(breaker, 1, START);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(transitions)
                .containsExactly("CLOSED>OPEN: 20 of 20 calls failed in 30 s (100.0 %, limit 50.0 % from 20 calls)");
    }

    @Test
    void aShareBelowTheLimitLeavesItClosedAndTheLimitItselfOpens() {
        Breaker breaker = Breaker.failureRate(0.1).build();
        succeed(breaker, 27, START);
        fail(breaker, 2, START);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(breaker, 1, START); // 3 of 30: exactly 0.1, where 30 x 0.1 as doubles is more than 3
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.snapshot(START).failures()).isEqualTo(3);
        assertThat(breaker.snapshot(START).calls()).isEqualTo(30);
    }

    @Test
    void aSuccessNeverOpens() {
        Breaker breaker = Breaker.failureRate(0.5).build();
        fail(breaker, 19, START);
        succeed(breaker, 1, START); // 19 of 20, but this one worked
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(breaker, 1, START);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void callsOlderThanTheWindowAreForgotten() {
        Breaker breaker = Breaker.failureRate(0.5)
                .overTime(Duration.ofSeconds(16))
                .minimumCalls(4)
                .build();
        long start = 1_600 * SECOND;
        fail(breaker, 3, start);
        assertThat(breaker.snapshot(start + 16 * SECOND - 1).failures()).isEqualTo(3);
        assertThat(breaker.snapshot(start + 16 * SECOND).failures()).isZero();
        fail(breaker, 1, start + 16 * SECOND);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(breaker, 3, start + 17 * SECOND);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void aSuccessCountsAtTheInstantHandedInEvenIfThatHasPassed() {
        Breaker breaker = Breaker.failureRate(1.0)
                .overTime(Duration.ofSeconds(16))
                .minimumCalls(2)
                .build();
        long start = 1_600 * SECOND;
        long stamp = breaker.tryAcquire(start);
        fail(breaker, 1, start + 10 * SECOND);
        breaker.onSuccess(stamp, start, UNKNOWN); // began 10 s ago
        assertThat(breaker.snapshot(start + 10 * SECOND).calls()).isEqualTo(2);
        // It leaves the window 16 s after its own instant, not after its report.
        assertThat(breaker.snapshot(start + 16 * SECOND).calls()).isEqualTo(1);

        fail(breaker, 1, start + 20 * SECOND);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void aShareOverCallsLooksAtTheLastOnesHoweverOld() {
        Breaker breaker = listenedTo(
                Breaker.failureRate(0.5).overCalls(10).minimumCalls(10).build());
        fail(breaker, 4, START);
        succeed(breaker, 6, START + 3_600 * SECOND);
        assertThat(breaker.snapshot(START).calls()).isEqualTo(10);
        succeed(breaker, 4, START + 7_200 * SECOND); // these push the 4 failures out
        assertThat(breaker.snapshot(START)).isEqualTo(new Snapshot(State.CLOSED, 0, 0, 10, 0, 0));
        fail(breaker, 4, START + 7_200 * SECOND);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(breaker, 1, START + 7_200 * SECOND);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(transitions)
                .containsExactly("CLOSED>OPEN: 5 of the last 10 calls failed (50.0 %, limit 50.0 % from 10 calls)");
    }

    @Test
    void theDefaultMinimumIsNeverMoreThanTheLastCalls() {
        Breaker breaker = Breaker.failureRate(1.0).overCalls(4).build();
        fail(breaker, 3, START);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(breaker, 1, START);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    // ---- slow calls ----

    @Test
    void slowCallsOpenItThoughTheySucceed() {
        Breaker breaker = listenedTo(Breaker.failureRate(0.5)
                .overCalls(10)
                .minimumCalls(10)
                .slowCalls(Duration.ofSeconds(2), 0.4)
                .build());
        assertThat(breaker.needsDuration()).isTrue();
        report(breaker, 6, 2 * SECOND - 1);
        report(breaker, 3, 2 * SECOND);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.snapshot(START)).isEqualTo(new Snapshot(State.CLOSED, 0, 0, 9, 3, 0));
        report(breaker, 1, 3_000 * SECOND);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(transitions)
                .containsExactly("CLOSED>OPEN: 4 of the last 10 calls took 2 s or longer"
                        + " (40.0 %, limit 40.0 % from 10 calls)");
        assertThat(breaker.snapshot(START).slow()).isEqualTo(4);
    }

    @Test
    void aFailedCallCanBeSlowAsWell() {
        Breaker breaker = Breaker.failureRate(1.0)
                .minimumCalls(2)
                .slowCalls(Duration.ofSeconds(2), 1.0)
                .build();
        report(breaker, 1, 5 * SECOND);
        breaker.onFailure(breaker.tryAcquire(START), START, 5 * SECOND);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.snapshot(START).slow()).isEqualTo(2);
        assertThat(breaker.snapshot(START).failures()).isEqualTo(1);
    }

    @Test
    void aCallOfUnknownDurationIsNotSlow() {
        Breaker breaker = Breaker.failureRate(1.0)
                .minimumCalls(1)
                .slowCalls(Duration.ofNanos(1), 1.0)
                .build();
        succeed(breaker, 100, START);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.snapshot(START)).isEqualTo(new Snapshot(State.CLOSED, 0, 0, 100, 0, 0));
    }

    @Test
    void aSlowProbeHasFailed() {
        Breaker breaker = listenedTo(Breaker.consecutiveFailures(1)
                .slowCalls(Duration.ofSeconds(2), 0.5)
                .build());
        fail(breaker, START);
        long end = START + 30 * SECOND;
        breaker.onSuccess(breaker.tryAcquire(end), end + 2 * SECOND, 2 * SECOND);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(transitions).last().isEqualTo("HALF_OPEN>OPEN: probe succeeded, but was slow");
    }

    @Test
    void withoutARuleAboutSlowCallsNoDurationMatters() {
        Breaker breaker = mission();
        assertThat(breaker.needsDuration()).isFalse();
        report(breaker, 100, Long.MAX_VALUE);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    private static void report(Breaker breaker, int times, long duration) {
        for (int i = 0; i < times; i++) {
            breaker.onSuccess(breaker.tryAcquire(START), START, duration);
        }
    }

    // ---- operators ----

    @Test
    void forcedOpenRefusesEverythingUntilReleased() {
        Breaker breaker = listenedTo(mission());
        long before = breaker.tryAcquire(START);
        fail(breaker, 2, START);
        breaker.forceOpen();
        breaker.forceOpen(); // no second transition

        assertThat(breaker.tryAcquire(START + 1_000_000 * SECOND)).isEqualTo(REFUSED);
        assertThat(breaker.tryAcquire(Long.MAX_VALUE)).isEqualTo(REFUSED);
        assertThat(breaker.isOpen(START)).isTrue();
        assertThat(breaker.snapshot(START)).isEqualTo(new Snapshot(State.FORCED_OPEN, 1, 0, 0, 0, Long.MAX_VALUE));
        breaker.onFailure(before, START, UNKNOWN);

        breaker.release();
        breaker.release(); // nothing to release
        assertThat(breaker.snapshot(START)).isEqualTo(new Snapshot(State.CLOSED, 2, 0, 0, 0, 0));
        assertThat(transitions)
                .containsExactly("CLOSED>FORCED_OPEN: forced by operator", "FORCED_OPEN>CLOSED: released by operator");
    }

    @Test
    void forcedClosedLetsEverythingPassUncounted() {
        Breaker breaker = mission();
        fail(breaker, 3, START);
        breaker.forceClosed();
        fail(breaker, 100, START);

        assertThat(breaker.tryAcquire(START)).isNotEqualTo(REFUSED);
        assertThat(breaker.isOpen(START)).isFalse();
        assertThat(breaker.snapshot(START)).isEqualTo(new Snapshot(State.FORCED_CLOSED, 2, 0, 0, 0, 0));
        long stamp = breaker.tryAcquire(START);
        breaker.release();
        breaker.onFailure(stamp, START, UNKNOWN);
        assertThat(breaker.snapshot(START)).isEqualTo(new Snapshot(State.CLOSED, 3, 0, 0, 0, 0));
    }

    @Test
    void aProbesResultDoesNotUndoAnOperator() {
        Breaker breaker = mission();
        fail(breaker, 3, START);
        long probe = breaker.tryAcquire(START + 30 * SECOND);
        breaker.forceOpen();
        breaker.onSuccess(probe, START + 31 * SECOND, UNKNOWN);
        assertThat(breaker.state()).isEqualTo(State.FORCED_OPEN);
    }

    @Test
    void releaseLeavesAnAutomaticOpeningAlone() {
        Breaker breaker = mission();
        fail(breaker, 3, START);
        breaker.release();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    // ---- the listener ----

    @Test
    void theListenerGetsTheInstantAndTheFiguresThatOpened() {
        List<Object> told = new ArrayList<>();
        Breaker breaker = Breaker.consecutiveFailures(2).build();
        breaker.onTransition((from, to, reason, now, figures) -> {
            told.add(now);
            told.add(figures);
        });
        fail(breaker, 2, START);
        long end = START + 30 * SECOND;
        succeed(breaker, end);
        assertThat(told)
                .containsExactly(
                        START,
                        new Snapshot(State.OPEN, 1, 2, 2, 0, end),
                        end,
                        new Snapshot(State.HALF_OPEN, 2, 2, 2, 0, end),
                        end,
                        new Snapshot(State.CLOSED, 3, 0, 0, 0, 0));
    }
}
