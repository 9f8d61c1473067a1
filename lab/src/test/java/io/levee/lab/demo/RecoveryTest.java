package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private static int[] calls(int windows) {
        int[] calls = new int[windows];
        Arrays.fill(calls, 24);
        return calls;
    }

    @Test
    void neverIllIsZeroSeconds() {
        assertThat(Recovery.seconds(calls(10), calls(10))).isZero();
    }

    @Test
    void countsUntilTheFirstWindowThatStaysWell() {
        assertThat(Recovery.seconds(calls(10), new int[] {0, 3, 20, 24, 24, 24, 24, 24, 24, 24}))
                .isEqualTo(0.6);
    }

    @Test
    void aLuckyMomentIsNoRecovery() {
        assertThat(Recovery.seconds(calls(10), new int[] {0, 24, 0, 0, 24, 24, 24, 24, 24, 24}))
                .isEqualTo(0.8);
    }

    @Test
    void oneFailureInAHundredIsWellEnough() {
        int[] succeeded = calls(10);
        succeeded[5] -= 2;

        assertThat(Recovery.seconds(calls(10), succeeded)).isZero();
    }

    @Test
    void aRunThatEndsIllHasNotRecovered() {
        assertThat(Recovery.seconds(calls(8), new int[8])).isNull();
        assertThat(Recovery.seconds(calls(8), new int[] {24, 24, 24, 24, 24, 24, 0, 0}))
                .isNull();
    }

    @Test
    void theLastMomentIsTooShortToTell() {
        assertThat(Recovery.seconds(calls(8), new int[] {0, 0, 0, 0, 24, 24, 24, 24}))
                .isNull();
        assertThat(Recovery.seconds(calls(8), new int[] {0, 0, 0, 24, 24, 24, 24, 24}))
                .isEqualTo(0.6);
    }

    @Test
    void aWindowWithoutCallsIsNotIll() {
        assertThat(Recovery.seconds(new int[] {24, 0, 24, 24, 24, 24}, new int[] {24, 0, 24, 24, 24, 24}))
                .isZero();
    }
}
