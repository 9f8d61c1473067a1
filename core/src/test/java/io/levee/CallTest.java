package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a call does, whoever drives it. */
class CallTest {
    private final ManualTime time = new ManualTime();

    private Levee.Builder inventory() {
        return Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .retry(RetryPolicy.exponential(Duration.ofMillis(50)).attempts(3));
    }

    @ParameterizedTest
    @EnumSource
    void aFirstSuccessIsAnsweredAtOnce(Driver driver) throws Exception {
        long start = time.nanoTime();
        assertThat(driver.call(inventory().build(), time, Call.<String>named("stock"), attempt -> "7"))
                .isEqualTo("7");
        assertThat(time.nanoTime()).isEqualTo(start);
    }

    @ParameterizedTest
    @EnumSource
    void aRetryWaitsForItsBackoff(Driver driver) throws Exception {
        List<Long> starts = new ArrayList<>();
        long start = time.nanoTime();
        String answer = driver.call(inventory().build(), time, Call.<String>named("stock"), attempt -> {
            starts.add((time.nanoTime() - start) / Nanos.PER_MILLI);
            if (attempt.number() < 2) {
                throw new ConnectException("refused");
            }
            return "7 on attempt " + attempt.number();
        });
        assertThat(answer).isEqualTo("7 on attempt 2");
        assertThat(starts).containsExactly(0L, 50L, 150L);
    }

    @ParameterizedTest
    @EnumSource
    void theLastExceptionReachesTheCallerUnchangedWithTheEarlierOnesAndTheRecord(Driver driver) {
        List<ConnectException> thrown = new ArrayList<>();
        Throwable caught =
                catchThrowable(() -> driver.call(inventory().build(), time, Call.<String>named("stock"), attempt -> {
                    thrown.add(new ConnectException("refused " + attempt.number()));
                    throw thrown.get(attempt.number());
                }));
        assertThat(caught).isSameAs(thrown.get(2));
        assertThat(caught.getSuppressed()).hasSize(3).startsWith(thrown.get(0), thrown.get(1));
        Decision decision = Decision.of(caught);
        assertThat(decision).isNotNull();
        assertThat(decision.stop()).isEqualTo(StopReason.ATTEMPTS);
        assertThat(decision.rule()).isEqualTo("connect");
        assertThat(decision.attempt()).isEqualTo(2);
        assertThat(decision.fate()).isEqualTo(Fate.NEVER_SENT);
        assertThat(decision.elapsedNanos()).isEqualTo(150 * Nanos.PER_MILLI);
        assertThat(decision.remainingNanos()).isEqualTo(29_850 * Nanos.PER_MILLI);
        assertThat(caught.getSuppressed()[2])
                .hasMessageContaining("inventory stock: stopped after attempt 2 (ATTEMPTS)");
    }

    @ParameterizedTest
    @EnumSource
    void whatMayHaveBeenProcessedIsNotSentAgainUnlessIdempotent(Driver driver) {
        List<Integer> attempts = new ArrayList<>();
        AttemptBody<String, Exception> reset = attempt -> {
            attempts.add(attempt.number());
            throw new IOException("connection reset");
        };
        Throwable once =
                catchThrowable(() -> driver.call(inventory().build(), time, Call.<String>named("order"), reset));
        assertThat(attempts).containsExactly(0);
        assertThat(Decision.of(once).stop()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        attempts.clear();
        fails(() -> driver.call(
                inventory().build(), time, Call.<String>named("order").idempotent(), reset));
        assertThat(attempts).containsExactly(0, 1, 2);
    }

    @ParameterizedTest
    @EnumSource
    void anErrorIsNeverRetriedAndNeverAnsweredByTheFallback(Driver driver) {
        List<Integer> attempts = new ArrayList<>();
        Throwable caught = catchThrowable(() -> driver.call(
                inventory().idempotent().build(),
                time,
                Call.<String>named("stock").fallback("0"),
                attempt -> {
                    attempts.add(attempt.number());
                    throw new StackOverflowError();
                }));
        assertThat(caught).isInstanceOf(StackOverflowError.class);
        assertThat(attempts).containsExactly(0);
    }

    @ParameterizedTest
    @EnumSource
    void theFallbackAnswersAndTheRecordSaysDegraded(Driver driver) throws Exception {
        Call<String> stock = Call.<String>named("stock")
                .fallback("0")
                .fallbackOn(IllegalStateException.class, e -> "unknown: " + e.getMessage());
        Result<String> refused = driver.execute(inventory().build(), time, stock, attempt -> {
            throw new ConnectException();
        });
        assertThat(refused.value()).isEqualTo("0");
        assertThat(refused.degraded()).isTrue();
        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.attempts()).isEqualTo(3);
        Result<String> wrong = driver.execute(inventory().build(), time, stock, attempt -> {
            throw new IllegalStateException("x");
        });
        assertThat(wrong.value()).isEqualTo("unknown: x");
    }

    @ParameterizedTest
    @EnumSource
    void aFallbackThatThrowsLeavesTheFailureAndItsOwn(Driver driver) {
        IllegalStateException broken = new IllegalStateException("no cache");
        Throwable caught = catchThrowable(() -> driver.call(
                inventory().build(),
                time,
                Call.<String>named("stock").fallback((Throwable failure) -> {
                    throw broken;
                }),
                attempt -> {
                    throw new ConnectException();
                }));
        assertThat(caught).isInstanceOf(ConnectException.class);
        assertThat(caught.getSuppressed()).contains(broken);
    }

    @ParameterizedTest
    @EnumSource
    void aResultThatAPredicateRejectsIsRetriedAndTheLastOneIsAnswered(Driver driver) throws Exception {
        Levee levee = inventory()
                .idempotent()
                .classifier(Classifier.standard().retryResultIf("empty", ""::equals))
                .build();
        assertThat(driver.call(levee, time, Call.<String>named("stock"), attempt -> attempt.number() == 1 ? "7" : ""))
                .isEqualTo("7");
        Result<String> last = driver.execute(levee, time, Call.<String>named("stock"), attempt -> "");
        assertThat(last.value()).isEmpty();
        assertThat(last.succeeded()).isFalse();
        assertThat(last.attempts()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void aRuleThatThrowsEndsTheCallWithBothErrors(Driver driver) {
        IllegalArgumentException broken = new IllegalArgumentException("rule");
        Levee levee = inventory()
                .classifier(Classifier.standard().retryIf("broken", failure -> {
                    throw broken;
                }))
                .build();
        ConnectException failure = new ConnectException();
        Throwable caught = catchThrowable(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> {
            throw failure;
        }));
        assertThat(caught).isSameAs(failure);
        assertThat(caught.getSuppressed()).contains(broken);
        assertThat(Decision.of(caught).stop()).isEqualTo(StopReason.RULE_FAILED);
    }

    @ParameterizedTest
    @EnumSource
    void aLambdaIsAPolicyAndNullEndsTheCall(Driver driver) {
        List<Integer> attempts = new ArrayList<>();
        Levee levee = Levee.named("x")
                .time(time)
                .executor(Runnable::run)
                .retry(tryCount -> tryCount <= 5 ? 1L : null)
                .build();
        fails(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> {
            attempts.add(attempt.number());
            throw new ConnectException();
        }));
        assertThat(attempts).hasSize(6);
    }

    @ParameterizedTest
    @EnumSource
    void aClassOfErrorsHasItsOwnLimit(Driver driver) {
        List<Integer> attempts = new ArrayList<>();
        Throwable caught = catchThrowable(
                () -> driver.call(inventory().idempotent().build(), time, Call.<String>named("stock"), attempt -> {
                    attempts.add(attempt.number());
                    throw new javax.net.ssl.SSLHandshakeException("cut");
                }));
        assertThat(attempts).containsExactly(0, 1);
        assertThat(Decision.of(caught).stop()).isEqualTo(StopReason.CLASS_LIMIT);
    }

    @ParameterizedTest
    @EnumSource
    void aHintOfTheDownstreamIsTheFloorOfTheDelay(Driver driver) throws Exception {
        long start = time.nanoTime();
        Call<String> call = Call.<String>named("stock")
                .outcome((value, failure) -> "busy".equals(value)
                        ? Outcome.value(value).withStatus(429).withMinDelay(Duration.ofSeconds(3))
                        : Outcome.value(value));
        String answer = driver.call(inventory().build(), time, call, attempt -> attempt.number() == 0 ? "busy" : "7");
        assertThat(answer).isEqualTo("7");
        assertThat(time.nanoTime() - start).isEqualTo(3 * Nanos.PER_SECOND);
    }

    @ParameterizedTest
    @EnumSource
    void onlyOneOfTwoNestedEnginesRetries(Driver driver) {
        List<String> attempts = new ArrayList<>();
        Levee outer = inventory().build();
        Levee inner = Levee.named("inner")
                .time(time)
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                .build();
        Throwable caught = catchThrowable(() -> driver.call(
                outer,
                time,
                Call.<String>named("a"),
                attempt -> inner.call(nested -> {
                    attempts.add(attempt.number() + "/" + nested.number());
                    throw new ConnectException();
                })));
        assertThat(attempts).containsExactly("0/0", "0/1", "0/2");
        assertThat(Decision.of(caught).rule()).isEqualTo("nested-levee");
    }

    @ParameterizedTest
    @EnumSource
    void aWrappedCauseIsFound(Driver driver) {
        List<Integer> attempts = new ArrayList<>();
        fails(() -> driver.call(inventory().build(), time, Call.<String>named("stock"), attempt -> {
            attempts.add(attempt.number());
            throw new CompletionException(new ConnectException());
        }));
        assertThat(attempts).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void anOpenBreakerRefusesWithItsOwnException(Driver driver) {
        Levee levee = inventory()
                .breaker(Breaker.consecutiveFailures(3).openFor(Duration.ofSeconds(30)))
                .build();
        fails(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> {
            throw new ConnectException();
        }));
        Throwable refused = catchThrowable(() -> driver.call(levee, time, Call.<String>named("stock"), attempt -> "7"));
        assertThat(refused).isInstanceOf(BreakerOpenException.class);
        Decision decision = Decision.of(refused);
        assertThat(decision.fate()).isNull();
        assertThat(decision.breakerState()).isEqualTo(Breaker.State.OPEN);
        time.advance(Duration.ofSeconds(30));
        assertThat(levee.call(attempt -> "7").length()).isEqualTo(1);
        assertThat(levee.breaker().state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void aSettingIsMadeOnce() {
        assertThat(catchThrowable(
                        () -> Levee.named("x").deadline(Duration.ofSeconds(1)).noDeadline()))
                .hasMessageContaining("deadline is set already");
        assertThat(catchThrowable(() -> Levee.named(" "))).hasMessageContaining("blank");
        assertThat(catchThrowable(() -> Levee.named("x").attemptTimeout(Duration.ZERO)))
                .hasMessageContaining("attemptTimeout must be more than zero");
    }

    @Test
    void anAttemptIsOfNoUseAfterItsEnd() {
        Attempt[] kept = new Attempt[1];
        inventory().build().call(attempt -> kept[0] = attempt);
        assertThat(catchThrowable(() -> kept[0].number())).hasMessageContaining("Scope.capture()");
    }

    private static void fails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThat(catchThrowable(call)).isNotNull();
    }
}
