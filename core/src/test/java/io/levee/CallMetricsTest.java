package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each call is counted once, under what became of it, whoever drives it. */
class CallMetricsTest {
    private final ManualTime time = new ManualTime();

    private Levee.Builder inventory() {
        return Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .metrics()
                .retry(RetryPolicy.fixed(Duration.ofMillis(50)).attempts(3));
    }

    private static AttemptBody<String, Exception> failing(int times) {
        return attempt -> {
            if (attempt.number() < times) {
                throw new ConnectException("refused");
            }
            return "7";
        };
    }

    @Test
    void withoutTheSettingNothingIsCounted() {
        assertThat(Levee.named("inventory").build().metrics()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void everyCallIsCountedUnderWhatBecameOfIt(Driver driver) throws Exception {
        Levee levee = inventory().breaker(Breaker.failureRate(1)).build();
        Call<String> stock = Call.named("stock");
        driver.call(levee, time, stock, failing(0));
        driver.call(levee, time, stock, failing(0));
        driver.call(levee, time, stock, failing(2));
        assertThat(catchThrowable(() -> driver.call(levee, time, stock, failing(3))))
                .isNotNull();
        driver.call(levee, time, stock.fallback("0"), failing(3));
        levee.breaker().forceOpen();
        assertThat(catchThrowable(() -> driver.call(levee, time, stock, failing(0))))
                .isNotNull();

        assertThat(levee.metrics().snapshot())
                .isEqualTo(new CallMetrics.Snapshot(
                        6,
                        2,
                        1,
                        1,
                        2 + 3 + 3 + 3,
                        Map.of(StopReason.ATTEMPTS, 2L, StopReason.BREAKER_OPEN, 1L),
                        Map.of("connect", 6L)));
    }

    @Test
    void anAsynchronousCallThatEndsAtOnceIsCountedToo() {
        Levee levee = inventory().build();
        levee.callAsync(attempt -> CompletableFuture.completedFuture("7"));
        assertThat(levee.metrics().snapshot().succeededAtOnce()).isEqualTo(1);
        assertThat(levee.metrics().snapshot().attempts()).isEqualTo(1);
    }

    @Test
    void theRulesOfUsersCannotGrowTheLabelsWithoutBound() throws Exception {
        Levee levee = inventory()
                .noRetryBudget()
                .idempotent()
                .classifier(Classifier.standard()
                        .withRule(outcome -> outcome.failure() == null
                                ? null
                                : Verdict.retryable(outcome.failure().getMessage(), "a rule for each message")))
                .build();
        for (int i = 0; i < 1000; i++) {
            String message = "rule " + i;
            levee.call(attempt -> {
                if (attempt.number() == 0) {
                    throw new ConnectException(message);
                }
                return "7";
            });
        }
        Map<String, Long> retries = levee.metrics().snapshot().retries();
        assertThat(retries).hasSize(CallMetrics.MAX_RULES + 1).containsEntry(CallMetrics.OTHER_RULES, 936L);
    }

    @Test
    void noCallIsLostBetweenThreads() throws Exception {
        Levee levee = inventory().build();
        int each = 20_000;
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(thread -> threads.submit(() -> {
                        for (int i = 0; i < each; i++) {
                            levee.call(attempt -> "7");
                        }
                    }))
                    .toList();
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(levee.metrics().snapshot().calls()).isEqualTo(4L * each);
    }
}
