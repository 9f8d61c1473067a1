package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is particular to asynchronous calls: who runs what where, and who can stop a call that is only just starting. */
class AsyncCallTest {
    private final ManualTime time = new ManualTime();
    private final Queue<Runnable> executor = new ArrayDeque<>();

    private Levee.Builder inventory() {
        return Levee.named("inventory")
                .time(time)
                .executor(executor::add)
                .idempotent()
                .retry(RetryPolicy.fixed(Duration.ZERO).attempts(3));
    }

    private void runExecutor() {
        for (Runnable task = executor.poll(); task != null; task = executor.poll()) {
            task.run();
        }
    }

    private static Throwable failureOf(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        Throwable caught = catchThrowable(future::join);
        return caught instanceof CompletionException && caught.getCause() != null ? caught.getCause() : caught;
    }

    @Test
    void aStageThatIsCompleteWhenItIsReturnedEndsTheCallBeforeItsFutureIsReturned() {
        Levee levee = inventory()
                .limiter(Limiter.perSecond(10).burst(10))
                .breaker(Breaker.failureRate(0.5).overCalls(10).minimumCalls(1))
                .bulkhead(Bulkhead.inFlight(1))
                .build();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<String> future = levee.callAsync(attempt -> CompletableFuture.completedFuture("7"));
            assertThat(future).isCompletedWithValue("7");
            assertThat(future.cancel(true)).isFalse();
        }
        LeveeState state = levee.state();
        assertThat(state.inFlight()).isZero();
        assertThat(state.pending()).isZero();
        assertThat(levee.breaker().snapshot(time.nanoTime()).calls()).isEqualTo(3);
        assertThat(time.pending()).isZero();
        assertThat(executor).isEmpty();
    }

    @Test
    void aResultIsToldOfACompleteStageAsWell() {
        CompletableFuture<Result<String>> result = inventory()
                .build()
                .executeAsync(Call.<String>named("stock"), attempt -> CompletableFuture.completedFuture("7"));
        assertThat(result.join().attempts()).isEqualTo(1);
        assertThat(result.join().value()).isEqualTo("7");
    }

    @Test
    void aCompleteStageThatARuleRejectsIsRetried() {
        Levee levee = inventory()
                .classifier(Classifier.standard().retryResultIf("seven", "7"::equals))
                .build();
        CompletableFuture<String> future =
                levee.callAsync(attempt -> CompletableFuture.completedFuture(attempt.number() == 0 ? "7" : "8"));
        runExecutor();
        assertThat(future).isCompletedWithValue("8");
    }

    @Test
    void aLeveeThatIsClosedWhileAnAttemptIsBeingStartedEndsTheCall() {
        Levee levee = inventory().build();
        CompletableFuture<String> never = new CompletableFuture<>();
        CompletableFuture<String> future = levee.callAsync(attempt -> {
            levee.close();
            return never;
        });
        assertThat(failureOf(future)).isInstanceOf(LeveeClosedException.class);
        assertThat(never).isCancelled();
        assertThat(time.pending()).isZero();
    }

    @Test
    void aScopeThatIsCancelledWhileAnAttemptIsBeingStartedEndsTheCallAndTheAttempt() {
        CompletableFuture<String> never = new CompletableFuture<>();
        AtomicReference<Attempt> seen = new AtomicReference<>();
        AtomicReference<Scope> handedOn = new AtomicReference<>();
        try (Scope scope = Scope.open(Duration.ofSeconds(5), time)) {
            CompletableFuture<String> future = inventory().build().callAsync(attempt -> {
                seen.set(attempt);
                handedOn.set(Scope.capture());
                scope.cancel();
                assertThat(attempt.isCancelled()).isTrue();
                return never;
            });
            assertThat(failureOf(future)).isInstanceOf(CallCancelledException.class);
        }
        assertThat(never).isCancelled();
        assertThat(handedOn.get().isCancelled()).isTrue();
        assertThat(seen.get().isCancelled()).isTrue();
    }

    @Test
    void aScopeThatWasCancelledBeforeSendsNoAttempt() {
        AtomicInteger attempts = new AtomicInteger();
        try (Scope scope = Scope.open(Duration.ofSeconds(5), time)) {
            scope.cancel();
            CompletableFuture<String> future = inventory().build().callAsync(attempt -> {
                attempts.incrementAndGet();
                return CompletableFuture.completedFuture("7");
            });
            assertThat(failureOf(future)).isInstanceOf(CallCancelledException.class);
        }
        assertThat(attempts).hasValue(0);
    }

    @Test
    void theThreadThatCompletesAStageNeverMakesAnAttempt() {
        List<CompletableFuture<String>> stages = new ArrayList<>();
        CompletableFuture<String> future = inventory().build().callAsync(attempt -> {
            CompletableFuture<String> stage = new CompletableFuture<>();
            stages.add(stage);
            return stage;
        });
        stages.get(0).completeExceptionally(new ConnectException());
        assertThat(stages)
                .as("the retry waits for the executor, though its delay is zero")
                .hasSize(1);
        runExecutor();
        assertThat(stages).hasSize(2);
        stages.get(1).complete("7");
        assertThat(future).isCompletedWithValue("7");
    }

    @Test
    void cancellingTheFutureWhileAZeroDelayRetryIsHandedOverSendsNoFurtherAttempt() {
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> future = inventory().build().callAsync(attempt -> {
            attempts.incrementAndGet();
            return first;
        });
        first.completeExceptionally(new ConnectException());
        future.cancel(true);
        runExecutor();
        assertThat(attempts).hasValue(1);
        assertThat(time.pending()).isZero();
    }

    @Test
    void retriesWithoutDelayDoNotGrowTheStack() {
        int many = 50_000;
        Levee levee = Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .retry(RetryPolicy.fixed(Duration.ZERO).attempts(many))
                .noRetryBudget()
                .classifier(Classifier.standard().retryResultIf("again", "again"::equals))
                .idempotent()
                .build();
        CompletableFuture<String> future = levee.callAsync(
                attempt -> CompletableFuture.completedFuture(attempt.number() < many - 1 ? "again" : "done"));
        assertThat(future).isCompletedWithValue("done");
    }

    @Test
    void whatIsCalledWhileAnAttemptIsBeingStartedInheritsItsDeadline() {
        Levee outer = inventory().attemptTimeout(Duration.ofSeconds(2)).build();
        Levee inner = Levee.named("stock").time(time).executor(executor::add).build();
        AtomicReference<Duration> left = new AtomicReference<>();
        CompletableFuture<String> future = outer.callAsync(attempt -> {
            left.set(inner.call(nested -> nested.remaining()));
            return CompletableFuture.completedFuture("7");
        });
        assertThat(future).isCompletedWithValue("7");
        assertThat(left.get()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void anAttemptThatRunsOutOfTimeCancelsWhatItHandedOn() {
        AtomicReference<Scope> handedOn = new AtomicReference<>();
        CompletableFuture<String> never = new CompletableFuture<>();
        CompletableFuture<String> future = inventory()
                .attemptTimeout(Duration.ofSeconds(1))
                .build()
                .callAsync(attempt -> {
                    if (attempt.number() > 0) {
                        return CompletableFuture.completedFuture("7");
                    }
                    handedOn.set(Scope.capture());
                    return never;
                });
        time.advance(Duration.ofSeconds(1).plusMillis(2));
        runExecutor();
        assertThat(handedOn.get().isCancelled()).isTrue();
        assertThat(never).isCancelled();
        assertThat(future).isCompletedWithValue("7");
    }

    private Levee streaming(Breaker.Spec breaker) {
        return inventory()
                .deadline(Duration.ofSeconds(10))
                .attemptTimeout(Duration.ofSeconds(1))
                .breaker(breaker)
                .build();
    }

    @Test
    void anAnswerThatHasBegunIsBoundedByTheDeadlineAlone() {
        Levee levee = streaming(Breaker.consecutiveFailures(1));
        CompletableFuture<String> stream = new CompletableFuture<>();
        AtomicReference<Attempt> seen = new AtomicReference<>();
        CompletableFuture<String> future = levee.callAsync(attempt -> {
            seen.set(attempt);
            return stream;
        });
        time.advance(Duration.ofMillis(500));
        seen.get().answering();
        assertThat(seen.get().remaining()).isEqualTo(Duration.ofMillis(9_500));
        time.advance(Duration.ofSeconds(9));
        runExecutor();
        assertThat(future).isNotDone();
        time.advance(Duration.ofSeconds(1));
        runExecutor();
        assertThat(failureOf(future)).isInstanceOf(DeadlineExceededException.class);
        assertThat(stream).isCancelled();
        assertThat(levee.breaker().state()).as("it did answer").isEqualTo(Breaker.State.CLOSED);
        assertThat(time.pending()).isZero();
    }

    @Test
    void anAnswerThatBreaksOffLaterIsAFailureAndALongOneIsNotSlow() {
        Levee levee = streaming(
                Breaker.failureRate(1.0).overCalls(10).minimumCalls(1).slowCalls(Duration.ofMillis(800), 0.1));
        List<CompletableFuture<String>> streams = new ArrayList<>();
        List<CompletableFuture<String>> futures = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            futures.add(levee.callAsync(Call.<String>named("watch").notIdempotent(), attempt -> {
                attempt.answering();
                streams.add(new CompletableFuture<>());
                return streams.get(streams.size() - 1);
            }));
        }
        time.advance(Duration.ofSeconds(5));
        runExecutor();
        streams.get(0).complete("long");
        streams.get(1).completeExceptionally(new IOException("broken off"));
        runExecutor();
        assertThat(futures.get(0)).isCompletedWithValue("long");
        assertThat(failureOf(futures.get(1))).isInstanceOf(IOException.class);
        Breaker.Snapshot seen = levee.breaker().snapshot(time.nanoTime());
        assertThat(seen.calls()).isEqualTo(2);
        assertThat(seen.failures()).isEqualTo(1);
        assertThat(seen.slow()).isZero();
    }

    /** A stream that goes on for long says nothing of how quickly the downstream answers. */
    @Test
    void theConcurrencyLimitCountsTheTimeToTheBeginningOfTheAnswer() {
        Levee levee = inventory()
                .deadline(Duration.ofSeconds(10))
                .concurrencyLimit(ConcurrencyLimit.adaptive())
                .build();
        List<CompletableFuture<String>> streams = new ArrayList<>();
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            CompletableFuture<String> stream = new CompletableFuture<>();
            streams.add(stream);
            var unused = levee.callAsync(attempt -> {
                attempts.add(attempt);
                return stream;
            });
        }
        time.advance(Duration.ofMillis(20));
        attempts.forEach(Attempt::answering);
        time.advance(Duration.ofSeconds(2));
        streams.forEach(stream -> stream.complete("7"));
        runExecutor();
        time.advance(Duration.ofSeconds(1));
        assertThat(levee.concurrencyLimit().snapshot().meanNanos())
                .isBetween(
                        Duration.ofMillis(19).toNanos(), Duration.ofMillis(21).toNanos());
    }

    /** The next attempt's time counts from its own start again. */
    @Test
    void aRetryOfAnAnswerThatHadBegunIsTimedAnew() {
        Levee levee = streaming(
                Breaker.failureRate(1.0).overCalls(10).minimumCalls(9).slowCalls(Duration.ofMillis(800), 1.0));
        CompletableFuture<String> second = new CompletableFuture<>();
        CompletableFuture<String> future = levee.callAsync(attempt -> {
            if (attempt.number() > 0) {
                return second;
            }
            attempt.answering();
            return CompletableFuture.failedFuture(new ConnectException("refused"));
        });
        runExecutor();
        time.advance(Duration.ofMillis(900));
        second.complete("7");
        runExecutor();
        assertThat(future).isCompletedWithValue("7");
        assertThat(levee.breaker().snapshot(time.nanoTime()).slow()).isEqualTo(1);
    }
}
