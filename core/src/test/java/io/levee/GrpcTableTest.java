package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** gRPC's codes, the server's pushback and the commitment of a call, through the same door as the engine's. */
class GrpcTableTest {
    private static final Classifier STANDARD = Classifier.standard();

    private static Outcome failed(GrpcStatus status) {
        return Outcome.failure(new IllegalMonitorStateException("some client's status exception"))
                .withGrpcStatus(status);
    }

    private static Outcome caused(Throwable cause) {
        return Outcome.failure(new IllegalMonitorStateException("io exception").initCause(cause))
                .withGrpcStatus(GrpcStatus.UNAVAILABLE);
    }

    private static Verdict judged(Outcome outcome, boolean repeatable) {
        return Judge.judge(STANDARD, outcome, repeatable);
    }

    @ParameterizedTest
    @EnumSource
    void onlyUnavailableAndAnAttemptsDeadlineAreRetried(GrpcStatus status) {
        Verdict verdict = judged(failed(status), true);
        assertThat(verdict.isRetryable())
                .isEqualTo(status == GrpcStatus.UNAVAILABLE || status == GrpcStatus.DEADLINE_EXCEEDED);
        assertThat(judged(failed(status), false).isRetryable()).isFalse();
        assertThat(GrpcStatus.of(status.code())).isSameAs(status);
    }

    @Test
    void anUnknownNumberIsUnknown() {
        assertThat(GrpcStatus.of(17)).isEqualTo(GrpcStatus.UNKNOWN);
        assertThat(GrpcStatus.of(-1)).isEqualTo(GrpcStatus.UNKNOWN);
    }

    @Test
    void whatTheTransportSaysUnderUnavailableDecides() {
        assertThat(judged(caused(new ConnectException()), false).rule()).isEqualTo("connect");
        assertThat(judged(caused(new CertificateException()), true).rule()).isEqualTo("certificate");
        assertThat(judged(caused(new IOException()), true).rule()).isEqualTo("io");
        // But a cause that a server's answer brings along says nothing of the way to that server.
        assertThat(judged(caused(new ConnectException()).withFate(Fate.ANSWERED), false)
                        .rule())
                .isEqualTo("not-idempotent");
    }

    @ParameterizedTest
    @CsvSource({"-1", "soon", "''", "+5", "1.5", "' 7'"})
    void aPushbackThatIsNegativeOrUnreadableStops(String text) {
        Outcome outcome = failed(GrpcStatus.UNAVAILABLE).withGrpcPushback(text);
        assertThat(judged(outcome, true).rule()).isEqualTo("pushback");
        Classifier eager = STANDARD.retryGrpcStatus(GrpcStatus.UNAVAILABLE);
        assertThat(Judge.judge(eager, outcome, true).rule()).isEqualTo("pushback");
        assertThat(Judge.stopReason(judged(outcome, true))).isEqualTo(StopReason.FINAL);
    }

    @Test
    void aPushbackIsTheExactDelayAndZeroMeansAtOnce() {
        Backoff policy =
                RetryPolicy.exponential(Duration.ofSeconds(1)).fullJitter().attempts(3);
        Outcome pushedBack = failed(GrpcStatus.UNAVAILABLE).withGrpcPushback("250");
        for (Classifier classifier : List.of(STANDARD, STANDARD.retryGrpcStatus(GrpcStatus.UNAVAILABLE))) {
            Verdict exact = Judge.judge(classifier, pushedBack, true);
            assertThat(exact.minDelayNanos()).isEqualTo(250_000_000L);
            assertThat(Judge.shortest(policy, 1, exact.askedNanos())).isEqualTo(250_000_000L);
            assertThat(Judge.longest(policy, 1, exact.askedNanos())).isEqualTo(250_000_000L);
            assertThat(Judge.beforeRetry(policy, 2, 0, exact.askedNanos(), RandomSource.seeded(1)))
                    .isEqualTo(250_000_000L);
        }
        Verdict atOnce = judged(failed(GrpcStatus.UNAVAILABLE).withGrpcPushback("0"), true);
        assertThat(Judge.longest(policy, 1, atOnce.askedNanos())).isZero();
        assertThat(Judge.beforeRetry(policy, 2, 0, atOnce.askedNanos(), RandomSource.seeded(1)))
                .isZero();
        assertThat(Judge.beforeRetry(policy, 3, 0, atOnce.askedNanos(), RandomSource.seeded(1)))
                .isEqualTo(RetryPolicy.STOP);
        Verdict endless = judged(failed(GrpcStatus.UNAVAILABLE).withGrpcPushback("9".repeat(40)), true);
        assertThat(endless.minDelayNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(Judge.shortest(policy, 1, endless.askedNanos())).isEqualTo(Long.MAX_VALUE);
    }

    /** gRFC A6: the client waits exactly as long as it was told, and after that its backoff begins anew. */
    @ParameterizedTest
    @EnumSource
    void afterAPushbackTheBackoffBeginsAnew(Driver driver) throws Exception {
        ManualTime time = new ManualTime();
        Levee levee = Levee.named("down")
                .time(time)
                .executor(Runnable::run)
                .idempotent()
                .retry(RetryPolicy.exponential(Duration.ofMillis(1000)).attempts(6))
                .build();
        String[] asked = {"", "", "70", "", "", ""};
        List<Long> starts = new ArrayList<>();
        Call<String> call = Call.<String>named("x").outcome((value, thrown) -> {
            Outcome outcome = Outcome.failure(thrown).withGrpcStatus(GrpcStatus.UNAVAILABLE);
            String wait = asked[starts.size() - 1];
            return wait.isEmpty() ? outcome : outcome.withGrpcPushback(wait);
        });
        Throwable failure =
                org.assertj.core.api.Assertions.catchThrowable(() -> driver.call(levee, time, call, attempt -> {
                    starts.add(time.nanoTime() / 1_000_000);
                    throw new IOException("unavailable");
                }));
        assertThat(Decision.of(failure).stop()).isEqualTo(StopReason.ATTEMPTS);
        List<Long> waits = new ArrayList<>();
        for (int i = 1; i < starts.size(); i++) {
            waits.add(starts.get(i) - starts.get(i - 1));
        }
        assertThat(waits).containsExactly(1000L, 2000L, 70L, 1000L, 2000L);
        // Each retry has drawn on the budget: 10 tokens, 0.1 for the call, 1 a second and 5 retries.
        assertThat(levee.state().retryBudgetLeft())
                .isCloseTo(10 + 0.1 + 6.07 - 5, org.assertj.core.api.Assertions.within(0.01));
    }

    @ParameterizedTest
    @EnumSource
    void aPushbackBeyondTheDeadlineEndsTheCallAtOnce(Driver driver) {
        ManualTime time = new ManualTime();
        Levee levee = Levee.named("down")
                .time(time)
                .executor(Runnable::run)
                .idempotent()
                .deadline(Duration.ofSeconds(3))
                .build();
        long start = time.nanoTime();
        Call<String> call = Call.<String>named("x")
                .outcome((value, thrown) -> Outcome.failure(thrown)
                        .withGrpcStatus(GrpcStatus.UNAVAILABLE)
                        .withGrpcPushback("3000"));
        Throwable failure =
                org.assertj.core.api.Assertions.catchThrowable(() -> driver.call(levee, time, call, attempt -> {
                    throw new IOException("unavailable");
                }));
        assertThat(Decision.of(failure).stop()).isEqualTo(StopReason.DEADLINE);
        assertThat(Decision.of(failure).backoffNanos()).isEqualTo(3_000_000_000L);
        assertThat(time.nanoTime()).isEqualTo(start);
    }

    @Test
    void resourceExhaustedWithAPushbackIsARefusal() {
        Outcome refused =
                failed(GrpcStatus.RESOURCE_EXHAUSTED).withGrpcPushback("5").withFate(Fate.ANSWERED);
        Verdict verdict = judged(refused, false);
        assertThat(verdict.isRetryable()).isTrue();
        assertThat(Judge.fate(refused, verdict)).isEqualTo(Fate.REFUSED_UNPROCESSED);
        assertThat(judged(failed(GrpcStatus.UNAVAILABLE).withGrpcPushback("5"), false)
                        .rule())
                .isEqualTo("not-idempotent");
    }

    @Test
    void aCommittedCallIsNeverRepeated() {
        Outcome committed = failed(GrpcStatus.UNAVAILABLE).withCommitted(true);
        Verdict verdict = judged(committed, true);
        assertThat(verdict.rule()).isEqualTo("committed");
        assertThat(Judge.stopReason(verdict)).isEqualTo(StopReason.COMMITTED);
        assertThat(committed.toString()).contains("UNAVAILABLE", "committed");
    }

    @Test
    void aDecisionIsFoundUnderAnAdaptersOwnException() {
        try (Levee levee = Levee.named("down").build()) {
            Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(() -> levee.call(attempt -> {
                throw new IOException("broken");
            }));
            assertThat(Decision.of(new IllegalStateException(thrown))).isSameAs(Decision.of(thrown));
            assertThat(Decision.of(new IllegalStateException())).isNull();
        }
    }
}
