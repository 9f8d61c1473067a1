package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a Spec refuses, in which words, and what it is without being asked. */
class BreakerSpecTest {
    private final Breaker.Spec row = Breaker.consecutiveFailures(3);
    private final Breaker.Spec rate = Breaker.failureRate(0.5);

    private static void refused(ThrowingCallable setting, String message) {
        assertThatIllegalArgumentException().isThrownBy(setting).withMessage(message);
    }

    @Test
    void limitsAreChecked() {
        refused(() -> Breaker.consecutiveFailures(0), "consecutiveFailures must be 1 or more, is 0");
        refused(
                () -> Breaker.failureRate(0),
                "failureRate must be more than 0 and at most 1, is 0.0; 0.5 is every second call");
        refused(
                () -> Breaker.failureRate(50),
                "failureRate must be more than 0 and at most 1, is 50.0; 0.5 is every second call");
        refused(
                () -> Breaker.failureRate(Double.NaN),
                "failureRate must be more than 0 and at most 1, is NaN; 0.5 is every second call");
    }

    @Test
    void timesAreChecked() {
        refused(() -> row.openFor(Duration.ZERO), "openFor must be more than zero");
        refused(() -> row.openFor(Duration.ofSeconds(-1)), "openFor must not be negative, is PT-1S");
        refused(() -> row.probeLease(Duration.ZERO), "probeLease must be more than zero");
        assertThatNullPointerException().isThrownBy(() -> row.openFor(null)).withMessage("openFor");
    }

    @Test
    void growthIsChecked() {
        Duration minute = Duration.ofMinutes(1);
        refused(() -> row.growing(0.9, minute), "growing: multiplier must be 1 or more and finite, is 0.9");
        refused(() -> row.growing(Double.NaN, minute), "growing: multiplier must be 1 or more and finite, is NaN");
        refused(
                () -> row.growing(Double.POSITIVE_INFINITY, minute),
                "growing: multiplier must be 1 or more and finite, is Infinity");
        refused(() -> row.growing(2, Duration.ZERO), "growing: max must be more than zero");
    }

    @Test
    void theLongestOpenTimeIsAtLeastTheFirstInWhateverOrderTheyAreSet() {
        String message = "growing: max must be at least openFor (30 s), is 10 s";
        refused(() -> row.growing(2, Duration.ofSeconds(10)), message);
        refused(() -> rate.growing(2, Duration.ofSeconds(10)).openFor(Duration.ofSeconds(30)), message);
        assertThat(row.growing(2, Duration.ofSeconds(30)).build().state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void windowsAreChecked() {
        refused(() -> rate.overTime(Duration.ofMillis(99)), "overTime must be from 100 ms to 86400 s, is 99 ms");
        refused(() -> rate.overTime(Duration.ofHours(25)), "overTime must be from 100 ms to 86400 s, is 90000 s");
        refused(() -> rate.overCalls(0), "overCalls must be from 1 to 10000, is 0");
        refused(() -> rate.overCalls(10_001), "overCalls must be from 1 to 10000, is 10001");
        refused(() -> rate.minimumCalls(0), "minimumCalls must be from 1 to 100000, is 0");
        refused(() -> rate.minimumCalls(100_001), "minimumCalls must be from 1 to 100000, is 100001");
    }

    @Test
    void theTwoWindowsExcludeEachOther() {
        refused(
                () -> rate.overCalls(100).overTime(Duration.ofSeconds(10)),
                "overTime(10 s) and overCalls(100) exclude each other; keep one of the two");
        refused(
                () -> rate.overTime(Duration.ofSeconds(10)).overCalls(100),
                "overTime(10 s) and overCalls(100) exclude each other; keep one of the two");
    }

    @Test
    void aMinimumAboveTheWindowIsRefusedInWhateverOrderTheyAreSet() {
        String message = "minimumCalls must be at most overCalls (10), is 11: the breaker would never open";
        refused(() -> rate.overCalls(10).minimumCalls(11), message);
        refused(() -> rate.minimumCalls(11).overCalls(10), message);
    }

    @Test
    void slowCallsAreChecked() {
        refused(() -> rate.slowCalls(Duration.ZERO, 0.5), "slowCalls: threshold must be more than zero");
        refused(
                () -> rate.slowCalls(Duration.ofSeconds(1), 1.1),
                "slowCalls: share must be more than 0 and at most 1, is 1.1; 0.5 is every second call");
    }

    @Test
    void aWindowWithoutAShareToTakeOverItIsRefused() {
        String message = "overTime, overCalls and minimumCalls say nothing about consecutiveFailures(3); drop them, or"
                + " add slowCalls or use failureRate";
        refused(() -> row.overCalls(10).build(), message);
        refused(() -> row.overTime(Duration.ofSeconds(10)).build(), message);
        refused(() -> row.minimumCalls(10).build(), message);
        Breaker.Spec slow = row.overCalls(10).slowCalls(Duration.ofSeconds(1), 0.5);
        assertThat(slow.build().needsDuration()).isTrue();
    }

    @Test
    void aSpecIsImmutable() {
        Breaker.Spec changed = row.openFor(Duration.ofSeconds(1));
        assertThat(row.toString()).isEqualTo("consecutiveFailures(3).openFor(30 s)");
        assertThat(changed.toString()).isEqualTo("consecutiveFailures(3).openFor(1 s)");
    }

    @Test
    void aSpecSaysWhatItIs() {
        assertThat(rate).hasToString("failureRate(0.5).openFor(5 s).growing(2.0, 300 s)");
        assertThat(rate.openFor(Duration.ofSeconds(5))).hasToString("failureRate(0.5).openFor(5 s)");
        assertThat(rate.overTime(Duration.ofSeconds(60))
                        .minimumCalls(5)
                        .slowCalls(Duration.ofMillis(1_500), 0.25)
                        .growing(3, Duration.ofSeconds(60))
                        .openFor(Duration.ofSeconds(2))
                        .probeLease(Duration.ofSeconds(9)))
                .hasToString("failureRate(0.5).overTime(60 s).minimumCalls(5).slowCalls(1.5 s, 0.25).openFor(2 s)"
                        + ".growing(3.0, 60 s).probeLease(9 s)");
        assertThat(rate.overCalls(7)).hasToString("failureRate(0.5).overCalls(7).openFor(5 s).growing(2.0, 300 s)");
    }

    @Test
    void specsWithEqualSettingsAreEqual() {
        assertThat(Breaker.failureRate(0.5)).isEqualTo(rate).hasSameHashCodeAs(rate);
        assertThat(rate.overCalls(7)).isNotEqualTo(rate);
        assertThat(row).isNotEqualTo(rate);
    }
}
