package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sets of parts, and what the machine does with the concurrency limit among them. */
class ProtectionTest {
    private static final Outcome REFUSED = Outcome.value("429").withStatus(429);
    private static final Outcome UNAVAILABLE = Outcome.value("503").withStatus(503);

    private final ManualTime time = new ManualTime();

    private Levee.Builder levee() {
        return Levee.named("inventory")
                .time(time)
                .random(RandomSource.seeded(1))
                .idempotent();
    }

    private static Call<String> call() {
        return Call.<String>named("stock")
                .outcome((value, failure) -> failure != null
                        ? Outcome.failure(failure)
                        : "429".equals(value) ? REFUSED : "503".equals(value) ? UNAVAILABLE : Outcome.value(value));
    }

    @Test
    void whatTheBuilderSetsTakesThePlaceOfTheSetsPart() {
        Levee own = levee().protection(Protection.adaptive())
                .concurrencyLimit(ConcurrencyLimit.adaptive().between(7, 7))
                .retry(RetryPolicy.fixed(Duration.ofMillis(5)).attempts(2))
                .attemptTimeout(Duration.ofSeconds(9))
                .build();
        assertThat(own.settings().attemptTimeout()).isEqualTo(Duration.ofSeconds(9));
        assertThat(own.concurrencyLimit().limit()).isEqualTo(7);
        assertThat(own.settings().retry())
                .hasToString(RetryPolicy.fixed(Duration.ofMillis(5)).attempts(2).toString());

        Levee breaker = levee().protection(Protection.breaker()).build();
        assertThat(breaker.breaker()).isNotNull();
        assertThat(breaker.concurrencyLimit()).isNull();
    }

    @Test
    void theDefaultIsAdaptive() {
        Levee alone = levee().build();
        assertThat(alone.settings().concurrencyLimit())
                .hasToString(ConcurrencyLimit.adaptive().toString());
        assertThat(((Backoff) alone.settings().retry()).attempts()).isEqualTo(4);
        assertThat(alone.settings().attemptTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(alone.breaker()).isNull();
        assertThat(levee().limiter(Limiter.perSecond(1)).build().concurrencyLimit())
                .isNotNull();
        assertThat(levee().protection(Protection.none()).build().concurrencyLimit())
                .isNull();
    }

    @Test
    void nothingIsAddedToTheProtectionThatSomebodyHasChosen() {
        List<Levee> chosen = List.of(
                levee().breaker(Breaker.consecutiveFailures(3).openFor(Duration.ofSeconds(1)))
                        .build(),
                levee().throttle(Throttle.adaptive()).build(),
                levee().bulkhead(Bulkhead.inFlight(10)).build(),
                levee().retry(RetryPolicy.fixed(Duration.ofSeconds(1)).attempts(100))
                        .build());
        assertThat(chosen)
                .allSatisfy(levee -> assertThat(levee.concurrencyLimit()).isNull());
        assertThat(levee().bulkhead(Bulkhead.inFlight(10))
                        .protection(Protection.adaptive())
                        .build()
                        .concurrencyLimit())
                .isNotNull();
    }

    /** A hundred and fifty answers that somebody calls retryable: each is an answer, and says nothing against the downstream. */
    @ParameterizedTest
    @EnumSource
    void whoPollsForAResultIsNotCutOff(Driver driver) throws Exception {
        Levee levee = levee().protection(Protection.adaptive())
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(200))
                .classifier(Classifier.standard().retryResultIf("not yet", "not yet"::equals))
                .noRetryBudget()
                .build();
        Result<String> result = driver.execute(
                levee,
                time,
                Call.<String>named("poll").idempotent(),
                attempt -> attempt.number() < 150 ? "not yet" : "done");
        assertThat(result.succeeded()).isTrue();
        assertThat(levee.concurrencyLimit().isCollapsed()).isFalse();
    }

    /** Somebody's own policy says when: nothing spreads the retries that it spaces. */
    @ParameterizedTest
    @EnumSource
    void aPolicyOfOnesOwnAlsoHoldsAfterARefusal(Driver driver) throws Exception {
        Levee levee = levee().protection(Protection.adaptive())
                .retry(RetryPolicy.fixed(Duration.ofMillis(5)).attempts(3))
                .build();
        List<Long> at = new ArrayList<>();
        driver.execute(levee, time, call(), attempt -> {
            at.add(time.nanoTime());
            return "429";
        });
        assertThat(at).hasSize(3);
        assertThat(at.get(2) - at.get(0)).isEqualTo(10 * Nanos.PER_MILLI);
    }

    @ParameterizedTest
    @EnumSource
    void aRefusalIsRetriedOnceAtAnyInstantOfThreeQuartersOfTheTimeLeft(Driver driver) throws Exception {
        List<Long> waits = new ArrayList<>();
        for (int seed = 0; seed < 40; seed++) {
            Levee levee = Levee.named("inventory")
                    .time(time)
                    .random(RandomSource.seeded(seed))
                    .deadline(Duration.ofSeconds(4))
                    .protection(Protection.adaptive())
                    .build();
            List<Long> at = new ArrayList<>();
            Result<String> result = driver.execute(levee, time, call(), attempt -> {
                at.add(time.nanoTime());
                return "429";
            });
            assertThat(result.attempts()).isEqualTo(2);
            assertThat(result.decision().stop()).isEqualTo(StopReason.CLASS_LIMIT);
            assertThat(levee.explain(REFUSED, false, 1, Duration.ofSeconds(1)).stop())
                    .isEqualTo(StopReason.CLASS_LIMIT);
            Explanation told = levee.explain(REFUSED, false, 0, Duration.ZERO);
            assertThat(told.maxRetriesOfThisClass()).isEqualTo(1);
            assertThat(told.delayMaxNanos()).isEqualTo(3 * Nanos.PER_SECOND);
            assertThat(at.get(1) - at.get(0)).isBetween(told.delayMinNanos(), told.delayMaxNanos());
            waits.add((at.get(1) - at.get(0)) / Nanos.PER_MILLI);
        }
        assertThat(waits).allSatisfy(wait -> assertThat(wait).isBetween(0L, 3_000L));
        assertThat(waits).anyMatch(wait -> wait < 600).anyMatch(wait -> wait > 2_400);
    }

    @ParameterizedTest
    @EnumSource
    void anErrorThatWasAnsweredIsRetriedSoon(Driver driver) throws Exception {
        Levee levee = levee().protection(Protection.adaptive()).build();
        long start = time.nanoTime();
        Result<String> result = driver.execute(levee, time, call(), attempt -> attempt.number() < 3 ? "503" : "7");
        assertThat(result.value()).isEqualTo("7");
        assertThat(time.nanoTime() - start)
                .isLessThanOrEqualTo(Duration.ofMillis(10 + 40 + 160).toNanos());
    }

    @Test
    void aFirstAttemptWaitsForRoomAndIsMadeWhenThereIsSome() {
        Levee levee = levee().concurrencyLimit(ConcurrencyLimit.adaptive().between(1, 1))
                .executor(Runnable::run)
                .build();
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> one = levee.callAsync(call(), attempt -> first);
        List<String> made = new ArrayList<>();
        CompletableFuture<String> two = levee.callAsync(call(), attempt -> {
            made.add("two");
            return CompletableFuture.completedFuture("8");
        });
        CompletableFuture<String> three = levee.callAsync(call(), attempt -> {
            made.add("three");
            return CompletableFuture.completedFuture("9");
        });
        assertThat(made).isEmpty();
        assertThat(three.cancel(true)).isTrue();

        first.complete("7");

        assertThat(one).isCompletedWithValue("7");
        assertThat(two).isCompletedWithValue("8");
        assertThat(made).containsExactly("two");
        assertThat(levee.concurrencyLimit().inFlight()).isZero();
        assertThat(levee.concurrencyLimit().snapshot().waiting()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsInVainIsRefusedWhileThereIsTimeLeft(Driver driver) throws Exception {
        Levee levee = levee().deadline(Duration.ofSeconds(3))
                .concurrencyLimit(ConcurrencyLimit.adaptive().between(1, 1))
                .build();
        assertThat(levee.concurrencyLimit().tryEnter(time.nanoTime())).isTrue();
        long start = time.nanoTime();

        Result<String> result = driver.execute(levee, time, call(), attempt -> "7");

        assertThat(result.failure()).isInstanceOf(LimitFullException.class);
        assertThat(result.attempts()).isZero();
        assertThat(time.nanoTime() - start)
                .as("all but two and a half eighths of it")
                .isEqualTo(Duration.ofMillis(3_000).toNanos()
                        - Duration.ofMillis(375).toNanos() * 5 / 2);
        assertThat(levee.concurrencyLimit().snapshot().waiting()).isZero();
        assertThat(levee.concurrencyLimit().inFlight()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void whileNothingSucceedsCallsFailAtOnceAndRetriesAreNotMade(Driver driver) throws Exception {
        Levee levee = levee().protection(Protection.adaptive()).build();
        int attempts = 0;
        int calls = 0;
        while (!levee.concurrencyLimit().isCollapsed()) {
            attempts += driver.execute(levee, time, call(), attempt -> "503").attempts();
            calls++;
            assertThat(calls).isLessThan(100);
        }
        assertThat(attempts).isEqualTo(Collapse.RUN);
        long before = time.nanoTime();

        Result<String> refused = driver.execute(levee, time, call(), attempt -> "7");

        assertThat(refused.failure()).isInstanceOf(LimitFullException.class);
        assertThat(time.nanoTime()).isEqualTo(before);

        time.advance(Duration.ofSeconds(1));
        assertThat(driver.execute(levee, time, call(), attempt -> "7").value())
                .as("a probe")
                .isEqualTo("7");
        assertThat(driver.execute(levee, time, call(), attempt -> "7").value()).isEqualTo("7");
        assertThat(levee.concurrencyLimit().limit()).isPositive();
    }

    /** A GOAWAY that leaves the request out: unprocessed, but nobody has said that there was too much of them. */
    @ParameterizedTest
    @EnumSource
    void aRequestThatABrokenConnectionLeftUnprocessedIsRetriedSoon(Driver driver) throws Exception {
        Call<String> call = Call.<String>named("stock")
                .outcome((value, failure) -> failure == null
                        ? Outcome.value(value)
                        : Outcome.failure(failure).withFate(Fate.REFUSED_UNPROCESSED));
        Levee levee = levee().build();
        List<Long> at = new ArrayList<>();
        Result<String> result = driver.execute(levee, time, call, attempt -> {
            at.add(time.nanoTime());
            if (attempt.number() < 2) {
                throw new SocketException("GOAWAY");
            }
            return "7";
        });
        assertThat(result.value()).isEqualTo("7");
        assertThat(at.get(2) - at.get(0)).isLessThanOrEqualTo(50 * Nanos.PER_MILLI);
    }

    /** A pool of connections that the downstream has closed: hundreds of attempts break within a moment. */
    @Test
    void connectionsThatBreakTogetherNeitherLowerNorCloseTheLimit() {
        Levee levee = levee().executor(Runnable::run).build();
        for (int round = 0; round < 3; round++) {
            List<CompletableFuture<String>> first = new ArrayList<>();
            List<CompletableFuture<String>> calls = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                CompletableFuture<String> broken = new CompletableFuture<>();
                first.add(broken);
                calls.add(levee.callAsync(
                        call(), attempt -> attempt.number() == 0 ? broken : CompletableFuture.completedFuture("7")));
            }
            for (CompletableFuture<String> broken : first) {
                time.advance(Duration.ofNanos(Nanos.PER_MILLI / 2));
                broken.completeExceptionally(new SocketException("Connection reset"));
            }
            time.advance(Duration.ofSeconds(1));
            assertThat(levee.concurrencyLimit().isCollapsed()).isFalse();
            assertThat(levee.concurrencyLimit().limit()).isEqualTo(10_000);
            // As many as the retry budget has tokens for.
            assertThat(calls.stream().filter(each -> !each.isCompletedExceptionally()))
                    .hasSizeGreaterThan(100);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noErrorOfTheProgramAndNoAnsweredErrorEverClosesTheLimit(Driver driver) throws Exception {
        Levee levee = levee().protection(Protection.adaptive()).build();
        List<Exception> failures = List.of(
                new IllegalArgumentException("the lambda's own mistake"),
                new NullPointerException(),
                new IllegalStateException("order is closed"),
                new Exception("a business rule"));
        Call<Integer> call = Call.<Integer>named("stock")
                .outcome((status, failure) -> failure != null
                        ? Outcome.failure(failure)
                        : Outcome.value(status).withStatus(status));
        for (int i = 0; i < 2_000; i++) {
            int number = i;
            driver.execute(levee, time, call(), attempt -> {
                throw failures.get(number % failures.size());
            });
            for (int status : new int[] {500, 501, 404, 400}) {
                driver.execute(levee, time, call, attempt -> status);
            }
            time.advance(Duration.ofMillis(1));
        }
        assertThat(levee.concurrencyLimit().isCollapsed()).isFalse();
        assertThat(levee.concurrencyLimit().limit()).isEqualTo(10_000);
        assertThat(levee.concurrencyLimit().inFlight()).isZero();
    }
}
