package io.levee.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Levee;
import io.levee.LeveeSettings;
import io.levee.RetryPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorstCaseTest {
    private static LeveeSettings settings(Levee.Builder builder) {
        try (Levee levee = builder.build()) {
            return levee.settings();
        }
    }

    @Test
    void theDefaultsTakeFourAttemptsAndThreeWaitsWithinTheDeadline() {
        assertThat(WorstCase.of(settings(Levee.named("a"))))
                .isEqualTo(new WorstCase(
                        3,
                        Duration.ofMillis(210),
                        Duration.ofMillis(21_210),
                        Duration.ofMillis(28_210),
                        Duration.ofMillis(28_210)));
    }

    @Test
    void withoutTimeoutsThereIsNoBound() {
        assertThat(WorstCase.of(settings(Levee.named("a").noDeadline().noAttemptTimeout())))
                .isEqualTo(new WorstCase(3, Duration.ofMillis(210), null, null, null));
        assertThat(WorstCase.of(settings(Levee.named("a").noAttemptTimeout())).total())
                .isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aPolicyOfTheUsersOwnCountsAsOneThatNeverRetries() {
        assertThat(WorstCase.of(settings(Levee.named("a").retry(tryCount -> 5L)))
                        .retries())
                .isZero();
    }

    @Test
    void theLongestWaitsOfTheMostRetriesOverflowNothing() {
        WorstCase worst = WorstCase.of(settings(Levee.named("a")
                .noDeadline()
                .attemptTimeout(Duration.ofDays(36_500))
                .retry(RetryPolicy.fixed(Duration.ofNanos(Long.MAX_VALUE)).attempts(Integer.MAX_VALUE - 1))));
        assertThat(worst.retries()).isEqualTo(100_000);
        assertThat(worst.uncut()).isGreaterThan(worst.waits()).isEqualTo(worst.total());
    }
}
