package io.levee.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.levee.AttemptBody;
import io.levee.Breaker;
import io.levee.Call;
import io.levee.Classifier;
import io.levee.Hedge;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.StopReason;
import io.levee.Verdict;
import io.levee.test.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each call is counted once, under what became of it, whoever drives it. */
class CallCountsTest {
    private final VirtualTime time = VirtualTime.create();
    private final CallCounts counts = new CallCounts();

    private Levee.Builder inventory() {
        return Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .telemetry()
                .alsoTell(counts)
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
    void everyCallIsCountedUnderWhatBecameOfIt() throws Exception {
        Levee levee = inventory().breaker(Breaker.failureRate(1)).build();
        Call<String> stock = Call.named("stock");
        levee.call(stock, failing(0));
        levee.call(stock, failing(0));
        levee.call(stock, failing(2));
        assertThat(catchThrowable(() -> levee.call(stock, failing(3)))).isNotNull();
        levee.call(stock.fallback("0"), failing(3));
        levee.breaker().forceOpen();
        assertThat(catchThrowable(() -> levee.call(stock, failing(0)))).isNotNull();

        assertThat(counts.snapshot())
                .isEqualTo(new CallCounts.Snapshot(
                        6,
                        2,
                        1,
                        1,
                        2 + 3 + 3 + 3,
                        Map.of(StopReason.ATTEMPTS, 2L, StopReason.BREAKER_OPEN, 1L),
                        Map.of("connect", 6L)));
    }

    @Test
    void anAsynchronousCallIsCountedAsASynchronousOneIs() {
        Levee levee = inventory().build();
        CompletableFuture<String> call = levee.callAsync(attempt -> attempt.number() < 2
                ? CompletableFuture.failedFuture(new ConnectException("refused"))
                : CompletableFuture.completedFuture("7"));
        time.runUntilIdle();
        assertThat(call).isCompletedWithValue("7");
        assertThat(counts.snapshot())
                .isEqualTo(new CallCounts.Snapshot(1, 0, 1, 0, 3, Map.of(), Map.of("connect", 2L)));
    }

    @Test
    void aHedgedCallIsCountedByWhoseSuccessItWas() {
        for (int winner : new int[] {0, 1}) {
            CallCounts each = new CallCounts();
            List<CompletableFuture<String>> attempts = new ArrayList<>();
            Levee levee = Levee.named("inventory")
                    .time(time)
                    .executor(Runnable::run)
                    .idempotent()
                    .hedge(Hedge.after(Duration.ofMillis(20)))
                    .telemetry()
                    .alsoTell(each)
                    .build();
            CompletableFuture<String> call = levee.callAsync(attempt -> {
                attempts.add(new CompletableFuture<>());
                return attempts.get(attempt.number());
            });
            time.advance(Duration.ofMillis(20));
            attempts.get(winner).complete("7");
            assertThat(call).isCompletedWithValue("7");
            assertThat(each.snapshot().attempts()).isEqualTo(2);
            assertThat(each.snapshot().succeededAtOnce()).isEqualTo(1 - winner);
            assertThat(each.snapshot().savedByRetry()).isEqualTo(winner);
        }
    }

    @Test
    void anAsynchronousCallThatEndsAtOnceIsCountedToo() {
        Levee levee = inventory().build();
        levee.callAsync(attempt -> CompletableFuture.completedFuture("7"));
        assertThat(counts.snapshot().succeededAtOnce()).isEqualTo(1);
        assertThat(counts.snapshot().attempts()).isEqualTo(1);
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
        Map<String, Long> retries = counts.snapshot().retries();
        assertThat(retries).hasSize(CallCounts.MAX_RULES + 1).containsEntry(CallCounts.OTHER_RULES, 936L);
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
        assertThat(counts.snapshot().calls()).isEqualTo(4L * each);
    }
}
