package io.levee.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final long TTL = 1_000;

    private final Lease lease = new Lease(100, TTL, 4, 0);

    @Test
    void beforeRedisHasAnsweredAnEqualPartHolds() {
        assertThat(lease.rateAt(0)).isEqualTo(25);
        assertThat(lease.isValidAt(0)).isFalse();
        assertThat(lease.members()).isEqualTo(4);
    }

    @Test
    void aShareHoldsForTheLeaseFromWhenItWasAskedFor() {
        lease.granted(500, 60, 2);
        assertThat(lease.rateAt(1_499)).isEqualTo(60);
        assertThat(lease.nextChangeNanos(1_499)).isEqualTo(1_500);
        assertThat(lease.rateAt(1_500)).as("an equal part of two").isEqualTo(50);
        assertThat(lease.nextChangeNanos(1_500)).isEqualTo(2_500);
        assertThat(lease.nextChangeNanos(2_500)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aSmallShareGrowsOnlyWhenAllOthersHaveExpired() {
        lease.granted(0, 10, 2);
        assertThat(lease.rateAt(1_999)).isEqualTo(10);
        assertThat(lease.rateAt(2_000)).isEqualTo(50);
    }

    @Test
    void nothingGrantedIsNothing() {
        lease.granted(0, 0, 5);
        assertThat(lease.rateAt(999)).isZero();
        assertThat(lease.isValidAt(999)).isTrue();
        assertThat(lease.rateAt(2_000)).isEqualTo(20);
    }
}
