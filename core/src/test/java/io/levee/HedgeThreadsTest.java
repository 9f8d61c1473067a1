package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hedged calls on real threads: attempts end, time out and are cancelled while their hedges start and end. */
class HedgeThreadsTest {
    private final ScheduledExecutorService downstream = Executors.newScheduledThreadPool(4);

    @AfterEach
    void stop() {
        downstream.shutdownNow();
    }

    @Test
    void everyCallEndsOnceAndNothingIsLeftBehind() {
        Levee levee = Levee.named("inventory")
                .idempotent()
                .executor(downstream)
                .attemptTimeout(Duration.ofMillis(4))
                .deadline(Duration.ofMillis(40))
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(4))
                .retryBudget(RetryBudget.ratio(10).maxBalance(100_000).reservePerSecond(100_000))
                .bulkhead(Bulkhead.inFlight(100_000))
                .concurrencyLimit(ConcurrencyLimit.adaptive().between(100_000, 100_000))
                .throttle(Throttle.adaptive().maxRejection(0.01))
                .hedge(Hedge.after(Duration.ofMillis(1)))
                .build();
        ConcurrentLinkedQueue<CompletableFuture<String>> stages = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(3);
        // On a machine that is busy enough all attempts are over before a hedge is due: further rounds then.
        for (int round = 0; round == 0 || (round < 100 && !enough(levee.hedge().snapshot(0))); round++) {
            for (int i = 0; i < 2_000; i++) {
                CompletableFuture<String> call = levee.callAsync(attempt -> stage(stages));
                calls.add(call);
                if (random.nextInt(10) == 0) {
                    var unused =
                            downstream.schedule(() -> call.cancel(true), random.nextInt(4_000), TimeUnit.MICROSECONDS);
                }
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> calls.stream().allMatch(CompletableFuture::isDone));
        }
        Awaitility.await().until(() -> levee.state().pending() == 0);
        // What was cancelled or overtaken is in the hands of those who cancelled it until they have left.
        Awaitility.await().until(() -> levee.bulkhead().inFlight() == 0);
        Awaitility.await().until(() -> levee.concurrencyLimit().inFlight() == 0);
        Awaitility.await().until(() -> stages.stream().allMatch(CompletableFuture::isDone));
        Hedge.Snapshot hedges = levee.hedge().snapshot(0);
        assertThat(enough(hedges)).as("%s", hedges).isTrue();
        assertThat(hedges.won()).isLessThanOrEqualTo(hedges.sent());
        levee.close();
    }

    private static boolean enough(Hedge.Snapshot hedges) {
        return hedges.sent() > 100 && hedges.won() > 0;
    }

    /** Ends later, at once, or not at all: then it has to be cancelled. */
    private CompletableFuture<String> stage(ConcurrentLinkedQueue<CompletableFuture<String>> stages) {
        CompletableFuture<String> stage = new CompletableFuture<>();
        stages.add(stage);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int what = random.nextInt(10);
        Runnable end = what < 3 || what == 6
                ? () -> stage.complete("7")
                : () -> stage.completeExceptionally(new IOException("reset"));
        if (what < 5) {
            var unused = downstream.schedule(end, random.nextInt(3_000), TimeUnit.MICROSECONDS);
        } else if (what < 7) {
            end.run();
        }
        return stage;
    }
}
