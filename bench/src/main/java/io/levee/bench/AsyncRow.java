package io.levee.bench;

import dev.failsafe.FailsafeExecutor;
import dev.failsafe.function.CheckedSupplier;
import io.github.resilience4j.retry.Retry;
import io.levee.AsyncAttemptBody;
import io.levee.Levee;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Retry and nothing else, round a stage that is complete when it is returned; the answer is waited for. */
@State(Scope.Benchmark)
public class AsyncRow {
    private final CompletableFuture<Object> complete = CompletableFuture.completedFuture("answer");
    private final Levee levee = Levees.retryOnly();
    private final Turn<AsyncAttemptBody<Object>> leveeBodies =
            new Turn<>(attempt -> complete, attempt -> complete, attempt -> complete, attempt -> complete);
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "bench-resilience4j");
        thread.setDaemon(true);
        return thread;
    });
    private final Turn<Supplier<CompletionStage<Object>>> resilience4j;
    private final FailsafeExecutor<Object> failsafe = Peers.FailsafePeer.executor(Peers.FailsafePeer.retry());
    private final Turn<CheckedSupplier<CompletionStage<Object>>> failsafeBodies =
            new Turn<>(() -> complete, () -> complete, () -> complete, () -> complete);

    /** For JMH. */
    public AsyncRow() {
        Retry retry = Peers.Resilience4j.retry();
        Turn<Supplier<CompletionStage<Object>>> bodies =
                new Turn<>(() -> complete, () -> complete, () -> complete, () -> complete);
        resilience4j = bodies.map(body -> Retry.decorateCompletionStage(retry, scheduler, body));
    }

    /** Ends the thread that resilience4j asks for. */
    @TearDown
    public void close() {
        scheduler.shutdownNow();
    }

    private static Object join(CompletionStage<Object> stage) {
        return stage.toCompletableFuture().join();
    }

    /** The floor: a stage that hands the answer on. */
    @Benchmark
    public Object hand() {
        return join(complete.whenComplete((answer, failure) -> {}));
    }

    /** Levee. */
    @Benchmark
    public Object levee(Lap lap) {
        return join(levee.callAsync(leveeBodies.next(lap)));
    }

    /** Resilience4j. */
    @Benchmark
    public Object resilience4j(Lap lap) {
        return join(resilience4j.next(lap).get());
    }

    /** Failsafe, on its own pool: with an Executor that runs on the caller's thread its stages complete with null. */
    @Benchmark
    public Object failsafe(Lap lap) {
        return join(failsafe.getStageAsync(failsafeBodies.next(lap)));
    }
}
