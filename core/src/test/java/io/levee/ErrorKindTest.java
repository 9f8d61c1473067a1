package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.security.cert.CertificateException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorKindTest {
    private static Verdict judged(Throwable failure, ErrorKind kind) {
        return Classifier.standard().classify(Outcome.failure(failure).withErrorKind(kind, "code 7"));
    }

    @ParameterizedTest
    @EnumSource
    void decidesWhereTheClassTellsNothing(ErrorKind kind) {
        Verdict verdict = judged(new Exception("of a driver"), kind);
        assertThat(verdict.rule()).isEqualTo(kind.verdict.rule());
        assertThat(verdict.kind()).isEqualTo(kind.verdict.kind());
        assertThat(verdict.reason()).isEqualTo("code 7: " + kind.verdict.reason());
    }

    @Test
    void theAdapterKnowsMoreThanAGeneralRule() {
        assertThat(judged(new IOException(), ErrorKind.CONFLICT).rule()).isEqualTo("conflict");
        assertThat(judged(new Exception(new SocketException()), ErrorKind.UNAVAILABLE)
                        .rule())
                .isEqualTo("unavailable");
        assertThat(judged(new Exception(new ConnectException()), ErrorKind.CONNECTION_LOST)
                        .rule())
                .isEqualTo("reset");
    }

    @Test
    void anExactRuleKnowsMoreThanTheAdapter() {
        assertThat(judged(new StackOverflowError(), ErrorKind.CONFLICT).rule()).isEqualTo("error");
        assertThat(judged(new CancellationException(), ErrorKind.CONFLICT).rule())
                .isEqualTo("cancelled");
        assertThat(judged(new Exception(new InterruptedException()), ErrorKind.CONFLICT)
                        .rule())
                .isEqualTo("interrupted");
        assertThat(judged(new Exception(new CertificateException()), ErrorKind.CONNECT)
                        .rule())
                .isEqualTo("certificate");
        Exception withError = new Exception("outer");
        withError.addSuppressed(new OutOfMemoryError());
        assertThat(judged(withError, ErrorKind.CONFLICT).rule()).isEqualTo("error");
    }

    @Test
    void aUsersRuleStandsInFrontOfIt() {
        Outcome outcome = Outcome.failure(new Exception()).withErrorKind(ErrorKind.REQUEST_REFUSED, "code 7");
        assertThat(Classifier.standard()
                        .withRule(
                                o -> o.errorKind() == ErrorKind.REQUEST_REFUSED ? Verdict.retryable("mine", "") : null)
                        .classify(outcome)
                        .isRetryable())
                .isTrue();
    }

    @Test
    void everyWitherKeepsIt() {
        Outcome outcome = Outcome.failure(new Exception())
                .withErrorKind(ErrorKind.CONFLICT, "code 7")
                .withStatus(500)
                .withFate(Fate.REFUSED_UNPROCESSED)
                .withMinDelay(java.time.Duration.ofSeconds(1))
                .withReplayable(true)
                .withConnectionReused(true);
        assertThat(outcome.errorKind()).isEqualTo(ErrorKind.CONFLICT);
        assertThat(outcome.errorDetail()).isEqualTo("code 7");
        assertThat(outcome.toString()).contains("CONFLICT", "code 7", "500");
    }

    /** A conflict is no fault of the downstream: it opens no breaker and takes nothing from the retry budget. */
    @Test
    void aConflictIsNoSignOfADownstreamInTrouble() {
        Verdict conflict = judged(new Exception(), ErrorKind.CONFLICT);
        assertThat(conflict.isRetryable()).isTrue();
        assertThat(conflict.health()).isEqualTo(Verdict.Health.HEALTHY);
        assertThat(conflict.cost()).isZero();
    }
}
