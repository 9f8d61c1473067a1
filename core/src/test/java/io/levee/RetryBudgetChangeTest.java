package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A retry budget whose reserve and largest balance are changed while it is used. */
class RetryBudgetChangeTest {
    private final ManualTime time = new ManualTime();
    private final Levee levee = Levee.named("inventory")
            .time(time)
            .retryBudget(RetryBudget.ratio(0.1).reservePerSecond(1).maxBalance(20))
            .build();
    private final RetryBudget budget = levee.retryBudget();

    private double balance() {
        return budget.balance(time.nanoTime());
    }

    @Test
    void whatIsSavedAboveTheNewLargestBalanceIsLost() {
        assertThat(balance()).isEqualTo(10);
        budget.change(1, 4, time.nanoTime());
        assertThat(balance()).isEqualTo(4);
        budget.change(1, 20, time.nanoTime());
        assertThat(balance()).isEqualTo(4);
    }

    @Test
    void theNewReserveIsWhatComesInFromThenOn() {
        budget.change(0, 20, time.nanoTime());
        time.advance(Duration.ofSeconds(5));
        assertThat(balance()).isEqualTo(10);
        budget.change(2, 20, time.nanoTime());
        time.advance(Duration.ofSeconds(1));
        assertThat(balance()).isEqualTo(12);
    }

    @Test
    void whatIsOutOfRangeChangesNothing() {
        assertThatThrownBy(() -> budget.change(-1, 4, 0)).hasMessageContaining("reservePerSecond");
        assertThatThrownBy(() -> budget.change(1, 0, 0)).hasMessageContaining("maxBalance");
        assertThat(balance()).isEqualTo(10);
        assertThat(Levee.named("none").noRetryBudget().build().retryBudget()).isNull();
    }
}
