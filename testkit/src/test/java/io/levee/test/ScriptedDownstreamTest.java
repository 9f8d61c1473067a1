package io.levee.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.AttemptTimeoutException;
import io.levee.Call;
import io.levee.Levee;
import io.levee.RetryPolicy;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ScriptedDownstreamTest {
    private final VirtualTime time = VirtualTime.create();

    private Levee.Builder inventory() {
        return Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .retry(RetryPolicy.fixed(Duration.ofMinutes(10)).attempts(3))
                .deadline(Duration.ofHours(1));
    }

    /** The code of README.md. */
    @Test
    void readme() throws Exception {
        VirtualTime time = VirtualTime.create();
        Levee inventory = Levee.named("inventory")
                .time(time)
                .retry(RetryPolicy.exponential(Duration.ofMillis(50)).attempts(3))
                .build();
        ScriptedDownstream<String> stock = ScriptedDownstream.<String>on(time)
                .failsWith(new ConnectException("refused"))
                .times(2)
                .thenReturns("7");

        assertThat(inventory.call(stock)).isEqualTo("7");
        assertThat(stock.attempts()).isEqualTo(3);
        assertThat(time.waits()).containsExactly(Duration.ofMillis(50), Duration.ofMillis(100));
    }

    @Test
    void theSameScriptDrivesAnAsynchronousCall() {
        ScriptedDownstream<String> stock = ScriptedDownstream.<String>on(time)
                .failsWith(new ConnectException("refused"))
                .takes(Duration.ofSeconds(1))
                .thenReturns("7")
                .forever();
        try (Levee inventory = inventory().build()) {
            CompletableFuture<String> answer = inventory.callAsync(stock);
            assertThat(answer).isNotDone();
            time.runUntilIdle();
            assertThat(answer).isCompletedWithValue("7");
        }
        assertThat(stock.received())
                .containsExactly(
                        new ScriptedDownstream.Received(0, Duration.ZERO),
                        new ScriptedDownstream.Received(1, Duration.ofSeconds(601)));
        assertThat(time.pending()).isZero();
    }

    @Test
    void anAttemptThatHangsEndsWithItsTimeout() {
        ScriptedDownstream<String> stock =
                ScriptedDownstream.<String>on(time).thenHangs().forever();
        Call<String> read = Call.<String>named("read").idempotent();
        try (Levee inventory = inventory().attemptTimeout(Duration.ofSeconds(5)).build()) {
            assertThatThrownBy(() -> inventory.call(read, stock)).isInstanceOf(AttemptTimeoutException.class);
        }
        assertThat(stock.attempts()).isEqualTo(3);
        assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(20).plusSeconds(15));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void moreAttemptsThanScriptedFailWithBothNumbers() {
        ScriptedDownstream<String> stock =
                ScriptedDownstream.<String>on(time).failsWith(new ConnectException("refused"));
        try (Levee inventory = inventory().build()) {
            assertThatThrownBy(() -> inventory.call(stock))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("attempt 2 in all, but the script ends after 1")
                    .hasMessageContaining("forever()");
        }
    }

    @Test
    void refusesScriptsThatMakeNoSense() {
        ScriptedDownstream<String> stock = ScriptedDownstream.on(time);
        assertThatThrownBy(stock::forever).isInstanceOf(IllegalStateException.class);
        stock.thenReturns("7");
        assertThatThrownBy(() -> stock.times(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> stock.takes(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
        stock.forever();
        assertThatThrownBy(stock::thenHangs).isInstanceOf(IllegalStateException.class);
    }
}
