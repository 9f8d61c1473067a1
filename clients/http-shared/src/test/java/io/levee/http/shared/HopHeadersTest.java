package io.levee.http.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Levee;
import io.levee.Outcome;
import io.levee.Scope;
import io.levee.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HopHeadersTest {
    @Test
    void aFirstAttemptSaysNothing() {
        assertThat(HopHeaders.attempt(0, 0)).isNull();
        assertThat(HopHeaders.attempt(2, 0)).isEqualTo("2");
        assertThat(HopHeaders.attempt(0, 1)).isEqualTo("1");
        assertThat(HopHeaders.attempt(Integer.MAX_VALUE / 2, 1)).isEqualTo("1000000");
    }

    @Test
    void whatIsDoneForARetrySaysSo() {
        assertThat(HopHeaders.servedHere(List.of())).isZero();
        assertThat(HopHeaders.servedHere(List.of("1"))).isEqualTo(1);
        try (Scope.Attachment here = Scope.serving(null, 2).attach()) {
            assertThat(HopHeaders.servedHere(List.of())).isEqualTo(2);
            assertThat(HopHeaders.servedHere(List.of("1", "3"))).isEqualTo(3);
        }
    }

    @Test
    void whatIsNoNumberSaysNothing() {
        assertThat(HopHeaders.attempt(List.of("", "x", "-1", "+2", "1e3", "99999999999999999999")))
                .isZero();
        assertThat(HopHeaders.attempt(List.of(" 007 "))).isEqualTo(7);
        assertThat(HopHeaders.attempt(List.of("999999999999"))).isEqualTo(1_000_000);
        assertThat(HopHeaders.timeLeft(List.of("", "soon", "-5"))).isNull();
        assertThat(HopHeaders.timeLeft(List.of("70", "50", "x"))).isEqualTo(Duration.ofMillis(50));
        assertThat(HopHeaders.timeLeft(List.of("0"))).isEqualTo(Duration.ZERO);
    }

    @Test
    void onlyFalseForbidsRetries() {
        assertThat(verdict("false")).isEqualTo(Verdict.Kind.FINAL);
        assertThat(verdict(" False ")).isEqualTo(Verdict.Kind.FINAL);
        assertThat(verdict("true")).isEqualTo(Verdict.Kind.RETRYABLE);
        assertThat(verdict("no")).isEqualTo(Verdict.Kind.RETRYABLE);
    }

    private static Verdict.Kind verdict(String said) {
        Outcome outcome = HttpRules.answered(Outcome.value("x"), 503, List.of("1"), null, List.of(said));
        try (Levee levee = Levee.named("x").build()) {
            return levee.explain(outcome, true, 0, Duration.ZERO).verdict();
        }
    }
}
