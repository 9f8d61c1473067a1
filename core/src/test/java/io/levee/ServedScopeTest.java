package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls made for another process's attempt: who of the two retries, and what is said when it was in vain. */
class ServedScopeTest {
    private final ManualTime time = new ManualTime();
    private final AtomicInteger attempts = new AtomicInteger();

    private Levee.Builder levee() {
        return Levee.named("x")
                .time(time)
                .executor(Runnable::run)
                .idempotent()
                .noRetryBudget()
                .retry(RetryPolicy.fixed(Duration.ZERO).attempts(3));
    }

    /** Fails in a scope that serves an attempt; answers what is thrown. */
    private Throwable failing(Driver driver, Levee levee, Scope scope, Exception error) {
        try (Scope.Attachment here = scope.attach()) {
            return catchThrowable(() -> driver.call(levee, attempt -> {
                attempts.incrementAndGet();
                throw error;
            }));
        }
    }

    private enum Driver {
        SYNC {
            @Override
            void call(Levee levee, AttemptBody<Object, Exception> body) throws Exception {
                levee.call(body);
            }
        },
        ASYNC {
            @Override
            void call(Levee levee, AttemptBody<Object, Exception> body) throws Exception {
                levee.callAsync(attempt -> {
                            try {
                                return CompletableFuture.completedFuture(body.run(attempt));
                            } catch (Exception e) {
                                return CompletableFuture.failedFuture(e);
                            }
                        })
                        .toCompletableFuture()
                        .join();
            }
        };

        abstract void call(Levee levee, AttemptBody<Object, Exception> body) throws Exception;
    }

    @ParameterizedTest
    @EnumSource(Driver.class)
    void aFirstAttemptIsServedWithRetriesAndThenForbidsMore(Driver driver) {
        Scope scope = Scope.serving(null, 0);
        failing(driver, levee().build(), scope, new ConnectException("refused"));
        assertThat(attempts).hasValue(3);
        assertThat(scope.hasGivenUp()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Driver.class)
    void aRetryIsServedWithoutRetriesAndLeavesThemToItsCaller(Driver driver) {
        Scope scope = Scope.serving(Duration.ofMinutes(1), 2);
        Throwable thrown = failing(driver, levee().build(), scope, new ConnectException("refused"));
        assertThat(attempts).hasValue(1);
        assertThat(scope.hasGivenUp()).isFalse();
        Throwable noted = driver == Driver.ASYNC ? thrown.getCause() : thrown;
        assertThat(Decision.of(noted).rule()).isEqualTo("served-retry");
    }

    @ParameterizedTest
    @EnumSource(Driver.class)
    void whatCostsNoTokenIsRetriedInAnyCase(Driver driver) {
        Levee free = levee().classifier(outcome -> outcome.failure() == null
                        ? Verdict.SUCCESS
                        : Verdict.retryable("race", "lost a race").withCost(0))
                .build();
        failing(driver, free, Scope.serving(null, 1), new ConnectException("refused"));
        assertThat(attempts).hasValue(3);
    }

    @ParameterizedTest
    @EnumSource(Driver.class)
    void anErrorThatWasNotRetriedForbidsNothing(Driver driver) {
        Scope scope = Scope.serving(null, 0);
        failing(driver, levee().build(), scope, new IllegalStateException("a bug"));
        assertThat(attempts).hasValue(1);
        assertThat(scope.hasGivenUp()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Driver.class)
    void anOpenBreakerForbidsRetries(Driver driver) {
        Scope scope = Scope.serving(null, 0);
        Levee open = levee().breaker(Breaker.consecutiveFailures(1).openFor(Duration.ofMinutes(1)))
                .build();
        failing(driver, open, Scope.serving(null, 0), new ConnectException("refused"));
        attempts.set(0);
        failing(driver, open, scope, new ConnectException("refused"));
        assertThat(attempts).hasValue(0);
        assertThat(scope.hasGivenUp()).isTrue();
    }

    @Test
    void anAnswerThatForbidsRetriesIsFinalAndHandedOn() {
        Scope scope = Scope.serving(null, 0);
        Call<String> call = Call.<String>named("c")
                .outcome(
                        (value, failure) -> Outcome.value(value).withStatus(503).withoutRetry());
        try (Scope.Attachment here = scope.attach()) {
            Throwable thrown =
                    catchThrowable(() -> levee().build().call(call, attempt -> "x" + attempts.incrementAndGet()));
            assertThat(thrown).isNull();
        }
        assertThat(attempts).hasValue(1);
        assertThat(scope.hasGivenUp()).isTrue();
    }

    @Test
    void whatIsNestedServesTheSameAttempt() {
        Scope served = Scope.serving(null, 3);
        try (Scope.Attachment here = served.attach();
                Scope inner = Scope.open(Duration.ofSeconds(1))) {
            assertThat(inner.servedAttempt()).isEqualTo(3);
            assertThat(Scope.capture().servedAttempt()).isEqualTo(3);
            assertThat(levee().build()
                            .<Integer, RuntimeException>call(
                                    attempt -> Scope.capture().servedAttempt()))
                    .isEqualTo(3);
        }
        assertThat(Scope.capture().servedAttempt()).isZero();
        assertThat(Scope.serving(null, -1).servedAttempt()).isZero();
    }
}
