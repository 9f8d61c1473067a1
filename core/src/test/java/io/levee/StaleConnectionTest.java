package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A request that died on a pooled connection before any answer goes out again at once, and once. */
class StaleConnectionTest {
    private final ManualTime time = new ManualTime();

    private static Call<String> call(boolean... reused) {
        int[] attempt = {0};
        return Call.<String>named("stock")
                .outcome((value, failure) -> (failure == null ? Outcome.value(value) : Outcome.failure(failure))
                        .withConnectionReused(reused[attempt[0]++]));
    }

    private Levee.Builder levee() {
        return levee(RetryPolicy.fixed(Duration.ofSeconds(10)).attempts(3));
    }

    private Levee.Builder levee(RetryPolicy policy) {
        return Levee.named("inventory")
                .time(time)
                .noDeadline()
                .noAttemptTimeout()
                .retry(policy);
    }

    /** Fails as told, one failure an attempt, then answers; notes when each attempt was made. */
    private AttemptBody<String, Exception> failing(List<Long> made, IOException... failures) {
        return attempt -> {
            made.add((time.nanoTime() - ManualTime.START) / Nanos.PER_SECOND);
            if (attempt.number() < failures.length) {
                throw failures[attempt.number()];
            }
            return "ok";
        };
    }

    @ParameterizedTest
    @EnumSource
    void itIsResentAtOnceAndALaterFailureOnAFreshConnectionBacksOff(Driver driver) throws Exception {
        List<Long> made = new ArrayList<>();
        String got = driver.call(
                levee().build(),
                time,
                call(true, false, false).idempotent(),
                failing(made, new SocketException("Connection reset"), new SocketException("Connection reset")));
        assertThat(got).isEqualTo("ok");
        assertThat(made).containsExactly(0L, 0L, 10L);
    }

    @ParameterizedTest
    @EnumSource
    void itIsResentOnceAndNoMore(Driver driver) {
        List<Long> made = new ArrayList<>();
        Throwable thrown = catchThrowable(() -> driver.call(
                levee().build(),
                time,
                call(true, true).idempotent(),
                failing(made, new EOFException("one"), new EOFException("two"))));
        assertThat(thrown).hasMessage("two");
        assertThat(made).containsExactly(0L, 0L);
        assertThat(Decision.of(thrown).stop()).isEqualTo(StopReason.CLASS_LIMIT);
        assertThat(Decision.of(thrown).rule()).isEqualTo("stale-connection");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotIdempotentIsNotResent(Driver driver) {
        List<Long> made = new ArrayList<>();
        Throwable thrown = catchThrowable(() -> driver.call(
                levee().build(), time, call(true).notIdempotent(), failing(made, new EOFException("closed"))));
        assertThat(Decision.of(thrown).stop()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        assertThat(made).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aPolicyThatAllowsNoRetryAllowsNoResend(Driver driver) {
        List<Long> made = new ArrayList<>();
        Throwable thrown = catchThrowable(() -> driver.call(
                levee(RetryPolicy.never()).build(),
                time,
                call(true).idempotent(),
                failing(made, new EOFException("closed"))));
        assertThat(thrown).hasMessage("closed");
        assertThat(Decision.of(thrown).stop()).isEqualTo(StopReason.ATTEMPTS);
        assertThat(made).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void itSaysNothingOfTheDownstreamSoItOpensNoBreakerAndCostsNoToken(Driver driver) throws Exception {
        Levee levee = levee().breaker(Breaker.consecutiveFailures(1))
                .retryBudget(RetryBudget.ratio(0.1))
                .build();
        double before = levee.state().retryBudgetLeft();
        for (int i = 0; i < 100; i++) {
            driver.call(
                    levee,
                    time,
                    call(true, false).idempotent(),
                    failing(new ArrayList<>(), new EOFException("closed")));
        }
        assertThat(levee.breaker().state()).isEqualTo(Breaker.State.CLOSED);
        assertThat(levee.state().retryBudgetLeft()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void onlyABrokenConnectionIsStale() {
        assertThat(rule(new SocketException("Broken pipe"))).isEqualTo("stale-connection");
        assertThat(rule(new IOException("unexpected end of stream"))).isEqualTo("stale-connection");
        assertThat(rule(new SSLException("closing inbound"))).isEqualTo("stale-connection");
        assertThat(rule(new SocketTimeoutException("Read timed out"))).isEqualTo("timeout");
        assertThat(rule(new ConnectException("refused"))).isEqualTo("connect");
        assertThat(rule(new SSLHandshakeException("no"))).isEqualTo("tls-handshake");
        Outcome stale = Outcome.failure(new EOFException("closed")).withConnectionReused(true);
        assertThat(Classifier.standard().classify(stale.withStatus(200)).rule()).isEqualTo("reset");
        assertThat(Classifier.standard()
                        .classify(stale.withConnectionReused(false))
                        .rule())
                .isEqualTo("reset");
        assertThat(Classifier.standard()
                        .classify(stale.withFate(Fate.REFUSED_UNPROCESSED))
                        .rule())
                .isEqualTo("reset");
    }

    private static String rule(IOException failure) {
        return Classifier.standard()
                .classify(Outcome.failure(failure).withConnectionReused(true))
                .rule();
    }

    @Test
    void explainShowsNoWait() {
        Explanation told = levee().build()
                .explain(
                        Outcome.failure(new EOFException("closed")).withConnectionReused(true), true, 0, Duration.ZERO);
        assertThat(told.verdict()).isEqualTo(Verdict.Kind.RETRYABLE);
        assertThat(told.delayMinNanos()).isZero();
        assertThat(told.delayMaxNanos()).isZero();
        assertThat(told.maxRetriesOfThisClass()).isEqualTo(1);
    }
}
