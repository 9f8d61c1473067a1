package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.Verdict.Health;
import io.levee.Verdict.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The standard classifier and the idempotency gate. */
class JudgeTest {
    private static final Classifier STANDARD = Classifier.standard();

    @ParameterizedTest
    @CsvSource({
        // status, repeatable, else, cost, health
        "200,SUCCESS,SUCCESS,1,HEALTHY",
        "204,SUCCESS,SUCCESS,1,HEALTHY",
        "101,SUCCESS,SUCCESS,1,HEALTHY",
        "304,SUCCESS,SUCCESS,1,HEALTHY",
        "400,FINAL,FINAL,1,HEALTHY",
        "401,FINAL,FINAL,1,HEALTHY",
        "404,FINAL,FINAL,1,HEALTHY",
        "408,RETRYABLE,FINAL,2,FAULT",
        "409,RETRYABLE,FINAL,1,HEALTHY",
        "413,FINAL,FINAL,1,HEALTHY",
        "421,RETRYABLE,RETRYABLE,1,HEALTHY",
        "422,FINAL,FINAL,1,HEALTHY",
        "425,RETRYABLE,RETRYABLE,1,HEALTHY",
        "429,RETRYABLE,RETRYABLE,1,FAULT",
        "499,FINAL,FINAL,1,HEALTHY",
        "500,FINAL,FINAL,1,FAULT",
        "501,FINAL,FINAL,1,FAULT",
        "502,RETRYABLE,FINAL,1,FAULT",
        "503,RETRYABLE,FINAL,1,FAULT",
        "504,RETRYABLE,FINAL,2,FAULT",
        "505,FINAL,FINAL,1,FAULT",
        "599,FINAL,FINAL,1,FAULT",
        "600,FINAL,FINAL,1,FAULT",
        "999,FINAL,FINAL,1,FAULT",
    })
    void aStatusDecides(int status, Kind repeatable, Kind otherwise, int cost, Health health) {
        Outcome outcome = Outcome.value("body").withStatus(status);
        Verdict one = Judge.judge(STANDARD, outcome, true);
        assertThat(one.kind()).isEqualTo(repeatable);
        assertThat(one.cost()).isEqualTo(cost);
        assertThat(one.health()).isEqualTo(health);
        Verdict other = Judge.judge(STANDARD, outcome, false);
        assertThat(other.kind()).isEqualTo(otherwise);
        assertThat(other.health())
                .as("the gate changes nothing about the downstream")
                .isEqualTo(health);
    }

    @ParameterizedTest
    @CsvSource({
        "429,true",
        "408,true",
        "502,true",
        "503,true",
        "504,true",
        "404,false",
        "409,false",
        "421,false",
        "425,false",
        "500,false",
        "501,false"
    })
    void aRefusalIsAFaultThatAnotherAttemptMightNotMeet(int status, boolean refusal) {
        Outcome outcome = Outcome.value(null).withStatus(status);
        assertThat(isRefusal(STANDARD, outcome, true)).isEqualTo(refusal);
        assertThat(isRefusal(STANDARD, outcome, false))
                .as("whether the call may be repeated says nothing of the downstream")
                .isEqualTo(refusal);
        assertThat(isRefusal(STANDARD, outcome.withReplayable(false).withCommitted(true), true))
                .isEqualTo(refusal);
    }

    @Test
    void aUsersRuleMakesARefusalButDoesNotUnmakeOne() {
        Outcome unavailable = Outcome.value(null).withStatus(503);
        Outcome error = Outcome.value(null).withStatus(500);
        Classifier strict = STANDARD.finalStatus(503).retryStatus(500);
        assertThat(isRefusal(strict, unavailable, true))
                .as("that it is not repeated here does not make it an answer")
                .isTrue();
        assertThat(isRefusal(strict, error, true)).as("retryable and a fault").isTrue();
        assertThat(isRefusal(
                        STANDARD.withRule(
                                any -> Verdict.fatal("mine", "healthy").withHealth(Health.HEALTHY)),
                        unavailable,
                        true))
                .as("a rule that calls the downstream healthy is believed")
                .isFalse();
    }

    @Test
    void aServerThatBarsFurtherAttemptsHasRefusedThisOne() {
        Outcome barred = Outcome.failure(new IOException("x"))
                .withGrpcStatus(GrpcStatus.UNAVAILABLE)
                .withGrpcPushback("-1");
        assertThat(isRefusal(STANDARD, barred, true)).isTrue();
        Outcome cancelled = Outcome.failure(new IOException("x")).withGrpcStatus(GrpcStatus.CANCELLED);
        assertThat(isRefusal(STANDARD, cancelled, true)).isFalse();
        assertThat(isRefusal(STANDARD, Outcome.failure(new InterruptedException()), true))
                .as("our own doing")
                .isFalse();
    }

    private static boolean isRefusal(Classifier classifier, Outcome outcome, boolean repeatable) {
        return Judge.isRefusal(outcome, Judge.judge(classifier, outcome, repeatable));
    }

    @Test
    void theGateSaysWhichItIs() {
        Verdict gated = Judge.judge(STANDARD, Outcome.value(null).withStatus(503), false);
        assertThat(gated.rule()).isEqualTo("not-idempotent");
        assertThat(gated.reason()).contains("status 503").contains("not idempotent");
        assertThat(Judge.stopReason(gated)).isEqualTo(StopReason.NOT_IDEMPOTENT);

        Verdict usedUp =
                Judge.judge(STANDARD, Outcome.failure(new ConnectException()).withReplayable(false), true);
        assertThat(usedUp.rule()).isEqualTo("body-not-replayable");
        assertThat(Judge.stopReason(usedUp)).isEqualTo(StopReason.BODY_NOT_REPLAYABLE);
        assertThat(Judge.stopReason(Judge.judge(STANDARD, Outcome.value(null).withStatus(404), true)))
                .isEqualTo(StopReason.FINAL);
    }

    @Test
    void aPlainValueIsASuccessAndNeedsNoJudging() {
        assertThat(STANDARD.classify(Outcome.value(null))).isSameAs(Verdict.SUCCESS);
        assertThat(STANDARD.judgesValues()).isFalse();
    }

    @Test
    void theTransportsKnowledgeWins() {
        Outcome reset = Outcome.failure(new SocketException("Connection reset"));
        assertThat(Judge.judge(STANDARD, reset, false).kind()).isEqualTo(Kind.FINAL);
        assertThat(Judge.judge(STANDARD, reset.withFate(Fate.REFUSED_UNPROCESSED), false)
                        .kind())
                .isEqualTo(Kind.RETRYABLE);
        Outcome connect = Outcome.failure(new ConnectException());
        assertThat(Judge.judge(STANDARD, connect, false).kind()).isEqualTo(Kind.RETRYABLE);
        assertThat(Judge.judge(STANDARD, connect.withFate(Fate.SENT_NO_ANSWER), false)
                        .kind())
                .isEqualTo(Kind.FINAL);
    }

    @Test
    void aStatusOutranksTheFailureUnlessNothingWasSent() {
        Outcome both = Outcome.failure(new IOException("x")).withStatus(404);
        assertThat(STANDARD.classify(both).rule()).isEqualTo("status-404");
        Outcome unsent = Outcome.failure(new ConnectException()).withStatus(404).withFate(Fate.NEVER_SENT);
        assertThat(STANDARD.classify(unsent).rule()).isEqualTo("connect");
        Outcome error = Outcome.failure(new StackOverflowError()).withStatus(503);
        assertThat(STANDARD.classify(error).rule()).isEqualTo("error");
        Outcome interrupted =
                Outcome.failure(new IOException(new InterruptedException())).withStatus(429);
        assertThat(STANDARD.classify(interrupted).rule()).isEqualTo("interrupted");
    }

    @Test
    void anAnswerThatBreaksOffIsNoSuccessAndProvesThatItWasProcessed() {
        Outcome cut = Outcome.failure(new ConnectException("odd, but an answer had begun"))
                .withStatus(200);
        assertThat(Judge.judge(STANDARD, cut, true).kind()).isEqualTo(Kind.RETRYABLE);
        Verdict gated = Judge.judge(STANDARD, cut, false);
        assertThat(gated.rule()).isEqualTo("not-idempotent");
        assertThat(Judge.fate(cut, gated)).isEqualTo(Fate.ANSWERED);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 421, 425, 429, 502, 503, 504})
    void retryAfterIsTheFloorOfEveryRetryableStatus(int status) {
        Outcome outcome = Outcome.value(null).withStatus(status).withMinDelay(Duration.ofSeconds(7));
        assertThat(STANDARD.classify(outcome).minDelayNanos()).isEqualTo(7_000_000_000L);
    }

    @Test
    void retryAfterIsTheFloorForFailuresToo() {
        Outcome outcome = Outcome.failure(new IOException("x")).withMinDelay(Duration.ofSeconds(7));
        assertThat(STANDARD.classify(outcome).minDelayNanos()).isEqualTo(7_000_000_000L);
    }

    @Test
    void sharedVerdictsCostNothing() {
        Outcome outcome = Outcome.value(null).withStatus(503);
        assertThat(STANDARD.classify(outcome)).isSameAs(STANDARD.classify(outcome));
        Outcome failure = Outcome.failure(new ConnectException());
        assertThat(STANDARD.classify(failure)).isSameAs(ErrorRule.CONNECT.verdict);
    }

    @Test
    void aUsersRuleSaysWhetherAndTheErrorStillSaysWhatBecameOfTheRequest() {
        Classifier mine = STANDARD.retryOn(ConnectException.class)
                .retryStatus(500)
                .retryStatus(429)
                .retryOn(IllegalStateException.class);
        assertThat(Judge.judge(mine, Outcome.failure(new ConnectException()), false)
                        .kind())
                .isEqualTo(Kind.RETRYABLE);
        assertThat(Judge.judge(mine, Outcome.value(null).withStatus(429), false).kind())
                .isEqualTo(Kind.RETRYABLE);
        assertThat(Judge.judge(mine, Outcome.value(null).withStatus(500), false).kind())
                .isEqualTo(Kind.FINAL);
        assertThat(Judge.judge(mine, Outcome.value(null).withStatus(500), true).kind())
                .isEqualTo(Kind.RETRYABLE);
        assertThat(Judge.judge(mine, Outcome.failure(new IllegalStateException()), false)
                        .rule())
                .isEqualTo("not-idempotent");
    }

    @Test
    void aResultThatAPredicateRefusesWasAnswered() {
        Classifier mine = STANDARD.retryResultIf("null", value -> value == null);
        assertThat(Judge.judge(mine, Outcome.value(null), true).kind()).isEqualTo(Kind.RETRYABLE);
        Verdict gated = Judge.judge(mine, Outcome.value(null), false);
        assertThat(gated.rule()).isEqualTo("not-idempotent");
        assertThat(Judge.fate(Outcome.value(null), gated)).isEqualTo(Fate.ANSWERED);
    }

    @Test
    void aClassifierThatAnswersNullIsToldSo() {
        assertThatThrownBy(() -> Judge.judge(outcome -> null, Outcome.value(1), true))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("classifier");
    }

    /** Invariant 6, the pure half: nothing that may have been processed is repeated without leave. */
    @Property
    void whatMayHaveBeenProcessedIsNotRepeatedWithoutLeave(
            @ForAll @IntRange(min = 99, max = 999) int status, @ForAll Fate fate, @ForAll boolean explicit) {
        Outcome outcome = status < 100
                ? Outcome.failure(new IOException("x"))
                : Outcome.value(1).withStatus(status);
        if (explicit) {
            outcome = outcome.withFate(fate);
        }
        Verdict verdict = Judge.judge(STANDARD, outcome, false);
        if (verdict.isRetryable()) {
            assertThat(Judge.fate(outcome, verdict).provablyUnprocessed()).isTrue();
        }
    }
}
