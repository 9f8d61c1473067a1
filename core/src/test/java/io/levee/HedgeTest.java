package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Hedged calls in virtual time: each attempt's stage is completed by the test, or by the clock. */
class HedgeTest {
    private static final Call<String> STOCK = Call.<String>named("stock").idempotent();

    private final ManualTime time = new ManualTime();
    private final List<CompletableFuture<String>> attempts = new ArrayList<>();
    private final List<Scope> scopes = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final long start = time.nanoTime();

    private Levee.Builder levee() {
        return Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .retry(RetryPolicy.fixed(Duration.ofMillis(100)).attempts(3))
                .attemptTimeout(Duration.ofSeconds(1))
                .deadline(Duration.ofSeconds(3))
                .hedge(Hedge.after(Duration.ofMillis(20)));
    }

    private CompletableFuture<String> attempt(Attempt attempt) {
        CompletableFuture<String> stage = new CompletableFuture<>();
        attempts.add(stage);
        scopes.add(Scope.capture());
        log.add(attempt.number() + " at " + millis());
        return stage;
    }

    private long millis() {
        return (time.nanoTime() - start) / Nanos.PER_MILLI;
    }

    private CompletableFuture<Result<String>> call(Levee levee) {
        return levee.executeAsync(STOCK, this::attempt);
    }

    private void advance(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    private void leavesNothingBehind(Levee levee) {
        assertThat(time.pending()).as("timers").isZero();
        assertThat(levee.state().pending()).isZero();
        if (levee.bulkhead() != null) {
            assertThat(levee.bulkhead().inFlight()).isZero();
        }
        if (levee.concurrencyLimit() != null) {
            assertThat(levee.concurrencyLimit().inFlight()).isZero();
        }
    }

    @Test
    void theHedgeIsSentAfterItsDelayAndItsSuccessEndsTheCall() {
        Levee levee = levee().bulkhead(Bulkhead.inFlight(2))
                .concurrencyLimit(ConcurrencyLimit.adaptive())
                .build();
        CompletableFuture<Result<String>> call = call(levee);
        advance(19);
        assertThat(log).containsExactly("0 at 0");
        advance(1);
        assertThat(log).containsExactly("0 at 0", "1 at 20");
        attempts.get(1).complete("7");
        assertThat(call.join().value()).isEqualTo("7");
        assertThat(call.join().attempts()).isEqualTo(2);
        assertThat(attempts.get(0)).as("the loser").isCancelled();
        assertThat(scopes.get(0).isCancelled()).isTrue();
        assertThat(scopes.get(1).isCancelled())
                .as("the winner's work may go on")
                .isFalse();
        assertThat(levee.hedge().snapshot(time.nanoTime())).isEqualTo(new Hedge.Snapshot(20 * Nanos.PER_MILLI, 1, 1));
        leavesNothingBehind(levee);
    }

    @Test
    void theFirstAttemptMayStillWin() {
        Levee levee = levee().bulkhead(Bulkhead.inFlight(2)).build();
        CompletableFuture<Result<String>> call = call(levee);
        advance(25);
        attempts.get(0).complete("7");
        assertThat(call.join().value()).isEqualTo("7");
        assertThat(call.join().attempts()).isEqualTo(2);
        assertThat(attempts.get(1)).isCancelled();
        assertThat(levee.hedge().snapshot(time.nanoTime()).won()).isZero();
        leavesNothingBehind(levee);
    }

    @Test
    void anAttemptThatEndsInTimeIsNotHedged() {
        Levee levee = levee().build();
        CompletableFuture<Result<String>> call = call(levee);
        advance(10);
        attempts.get(0).complete("7");
        advance(1_000);
        assertThat(log).containsExactly("0 at 0");
        assertThat(call.join().attempts()).isEqualTo(1);
        leavesNothingBehind(levee);
    }

    @Test
    void whatFailsBeforeTheDelayIsRetriedAndTheRetryIsNotHedged() {
        Levee levee = levee().build();
        CompletableFuture<Result<String>> call = call(levee);
        advance(10);
        attempts.get(0).completeExceptionally(new IOException("reset"));
        advance(500);
        assertThat(log).containsExactly("0 at 0", "1 at 110");
        attempts.get(1).complete("7");
        assertThat(call.join().value()).isEqualTo("7");
        leavesNothingBehind(levee);
    }

    @Test
    void ifOneFailsTheOtherDecides() {
        for (int failing : new int[] {0, 1}) {
            attempts.clear();
            Levee levee = levee().bulkhead(Bulkhead.inFlight(2)).build();
            CompletableFuture<Result<String>> call = call(levee);
            advance(20);
            attempts.get(failing).completeExceptionally(new IOException("reset"));
            assertThat(call).isNotDone();
            assertThat(levee.bulkhead().inFlight()).isEqualTo(1);
            advance(200);
            assertThat(attempts).as("the other is the retry").hasSize(2);
            attempts.get(1 - failing).complete("7");
            assertThat(call.join().value()).isEqualTo("7");
            assertThat(call.join().succeeded()).isTrue();
            leavesNothingBehind(levee);
        }
    }

    @Test
    void ifBothFailTheCallGoesOnWithTheNextNumber() {
        Levee levee = levee().build();
        CompletableFuture<Result<String>> call = call(levee);
        advance(20);
        IOException first = new IOException("first");
        IOException second = new IOException("second");
        attempts.get(1).completeExceptionally(first);
        advance(10);
        attempts.get(0).completeExceptionally(second);
        advance(100);
        assertThat(log).containsExactly("0 at 0", "1 at 20", "2 at 130");
        IOException last = new IOException("last");
        attempts.get(2).completeExceptionally(last);
        Result<String> result = call.join();
        assertThat(result.failure()).isSameAs(last);
        assertThat(last.getSuppressed()).contains(first, second);
        assertThat(result.attempts()).isEqualTo(3);
        assertThat(result.decision().stop()).isEqualTo(StopReason.ATTEMPTS);
        leavesNothingBehind(levee);
    }

    @Test
    void aFinalFailureEndsTheCallAndCancelsTheOther() {
        for (int failing : new int[] {0, 1}) {
            attempts.clear();
            Levee levee = levee().bulkhead(Bulkhead.inFlight(2)).build();
            CompletableFuture<Result<String>> call = call(levee);
            advance(20);
            attempts.get(failing).completeExceptionally(new IllegalStateException("no such item"));
            Result<String> result = call.join();
            assertThat(result.failure()).hasMessage("no such item");
            assertThat(result.decision().stop()).isEqualTo(StopReason.FINAL);
            assertThat(result.decision().attempt()).isEqualTo(failing);
            assertThat(attempts.get(1 - failing)).isCancelled();
            leavesNothingBehind(levee);
        }
    }

    @Test
    void eachHasItsOwnTimeout() {
        Levee levee = levee().build();
        CompletableFuture<Result<String>> call = call(levee);
        advance(1_000);
        assertThat(attempts.get(0)).isCancelled();
        assertThat(attempts.get(1)).isNotDone();
        assertThat(call).isNotDone();
        advance(20);
        assertThat(attempts.get(1)).isCancelled();
        advance(100);
        assertThat(log).containsExactly("0 at 0", "1 at 20", "2 at 1120");
        attempts.get(2).complete("7");
        assertThat(call.join().value()).isEqualTo("7");
        leavesNothingBehind(levee);
    }

    @Test
    void theDeadlineEndsBoth() {
        Levee levee = Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .deadline(Duration.ofMillis(500))
                .bulkhead(Bulkhead.inFlight(2))
                .hedge(Hedge.after(Duration.ofMillis(20)))
                .build();
        CompletableFuture<Result<String>> call = call(levee);
        advance(499);
        assertThat(call).isNotDone();
        advance(1);
        assertThat(call.join().failure()).isInstanceOf(DeadlineExceededException.class);
        assertThat(attempts).hasSize(2).allSatisfy(each -> assertThat(each).isCancelled());
        leavesNothingBehind(levee);
    }

    @Test
    void noHedgeIsSentAtOrAfterTheDeadline() {
        Levee levee = levee().build();
        CompletableFuture<Result<String>> call =
                levee.executeAsync(STOCK.deadline(Duration.ofMillis(20)), this::attempt);
        advance(1_000);
        assertThat(call.join().failure()).isInstanceOf(DeadlineExceededException.class);
        assertThat(log).containsExactly("0 at 0");
        leavesNothingBehind(levee);
    }

    @Test
    void cancellingAndClosingEndBoth() {
        for (boolean closes : new boolean[] {true, false}) {
            attempts.clear();
            Levee levee = levee().bulkhead(Bulkhead.inFlight(2)).build();
            CompletableFuture<Result<String>> call = call(levee);
            advance(20);
            if (closes) {
                levee.close();
                assertThat(call.join().failure()).isInstanceOf(LeveeClosedException.class);
            } else {
                call.cancel(true);
            }
            assertThat(attempts).hasSize(2).allSatisfy(each -> assertThat(each).isCancelled());
            advance(5_000);
            assertThat(attempts).hasSize(2);
            leavesNothingBehind(levee);
        }
    }

    @Test
    void whatIsNotIdempotentIsNotHedged() {
        Levee levee = levee().build();
        var unused = levee.callAsync(Call.<String>named("place"), this::attempt);
        advance(900);
        assertThat(log).containsExactly("0 at 0");
    }

    /** A hedge costs a token, and the caller, whose retry this is, goes on retrying. */
    @Test
    void whatIsDoneForARetryOfTheCallerIsNotHedged() {
        Levee levee = levee().build();
        try (Scope.Attachment served = Scope.serving(null, 1).attach()) {
            var unused = call(levee);
        }
        advance(900);
        assertThat(log).containsExactly("0 at 0");
    }

    @Test
    void anAdaptersCallIsHedgedOnlyIfItSaysSo() {
        Levee levee = levee().build();
        Call<String> read = STOCK.outcome((value, thrown) -> Outcome.value(value));
        var unused = levee.callAsync(read, this::attempt);
        advance(900);
        assertThat(log).containsExactly("0 at 0");
        unused = levee.callAsync(read.concurrentAttempts(), this::attempt);
        advance(20);
        assertThat(log).containsExactly("0 at 0", "0 at 900", "1 at 920");
    }

    @Test
    void theRetryBudgetPaysAndAHedgeThatWinsGivesNothingBack() {
        Levee levee = levee().retryBudget(
                        RetryBudget.ratio(0).reservePerSecond(0).maxBalance(2))
                .build();
        for (int i = 0; i < 2; i++) {
            attempts.clear();
            CompletableFuture<Result<String>> call = call(levee);
            advance(20);
            attempts.get(1).complete("7");
            assertThat(call.join().value()).isEqualTo("7");
        }
        assertThat(levee.state().retryBudgetLeft()).isZero();
        attempts.clear();
        var unused = call(levee);
        advance(500);
        assertThat(attempts).as("no token, no hedge").hasSize(1);
    }

    @Test
    void aHedgeThatIsRefusedCostsNothingAndTheFirstAttemptGoesOn() {
        for (Levee levee : List.of(
                levee().bulkhead(Bulkhead.inFlight(1)).build(),
                levee().concurrencyLimit(ConcurrencyLimit.adaptive().between(1, 1))
                        .build(),
                levee().limiter(Limiter.perSecond(1).burst(1)).build(),
                halfOpen())) {
            attempts.clear();
            double before = levee.state().retryBudgetLeft();
            CompletableFuture<Result<String>> call = call(levee);
            advance(500);
            assertThat(attempts).as(levee.name()).hasSize(1);
            assertThat(levee.state().retryBudgetLeft()).isGreaterThanOrEqualTo(before);
            attempts.get(0).complete("7");
            assertThat(call.join().value()).isEqualTo("7");
            assertThat(call.join().attempts()).isEqualTo(1);
            assertThat(levee.hedge().snapshot(time.nanoTime()).sent()).isZero();
            leavesNothingBehind(levee);
            if (levee.breaker() != null) {
                assertThat(levee.breaker().state()).as("the probe was heard").isEqualTo(Breaker.State.CLOSED);
            }
        }
    }

    private Levee halfOpen() {
        Levee levee = levee().breaker(Breaker.consecutiveFailures(1).openFor(Duration.ofMillis(1)))
                .build();
        Breaker breaker = levee.breaker();
        breaker.onFailure(breaker.tryAcquire(time.nanoTime()), time.nanoTime(), -1);
        advance(1);
        return levee;
    }

    @Test
    void aPolicyThatAllowsNoSecondAttemptAllowsNoHedge() {
        Levee levee = Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .retry(RetryPolicy.never())
                .hedge(Hedge.after(Duration.ofMillis(20)))
                .build();
        var unused = call(levee);
        advance(500);
        assertThat(attempts).hasSize(1);
    }

    @Test
    void anExecutorThatTakesNoWorkMeansNoHedgeAndNoHarm() {
        AtomicBoolean refuses = new AtomicBoolean();
        Levee levee = Levee.named("inventory")
                .time(time)
                .executor(task -> {
                    if (refuses.get()) {
                        throw new RejectedExecutionException("shut down");
                    }
                    task.run();
                })
                .hedge(Hedge.after(Duration.ofMillis(20)))
                .build();
        CompletableFuture<Result<String>> call = call(levee);
        refuses.set(true);
        advance(50);
        assertThat(attempts).hasSize(1);
        attempts.get(0).complete("7");
        assertThat(call.join().value()).isEqualTo("7");
    }

    @Test
    void aValueThatNobodyGetsIsDisposedOf() {
        List<String> disposed = new ArrayList<>();
        Call<String> read = STOCK.outcome((value, thrown) -> thrown != null
                        ? Outcome.failure(thrown)
                        : Outcome.value(value).withStatus(statusOf(value)))
                .concurrentAttempts()
                .discard(disposed::add);
        Levee levee = levee().build();
        List<CompletableFuture<String>> deaf = new ArrayList<>();
        CompletableFuture<String> call = levee.callAsync(read, attempt -> {
            CompletableFuture<String> stage = new CompletableFuture<>();
            deaf.add(stage);
            return stage.thenApply(value -> value); // cancelling this one does not reach the stage
        });
        advance(20);
        deaf.get(0).complete("503");
        assertThat(disposed).containsExactly("503");
        deaf.get(1).complete("200");
        assertThat(call.join()).isEqualTo("200");
        assertThat(disposed).containsExactly("503");
    }

    private static int statusOf(String value) {
        return Integer.parseInt(value);
    }

    @Test
    void aBrokenReaderEndsTheCallAndBothAttempts() {
        Call<String> broken = STOCK.outcome((value, thrown) -> {
                    throw new IllegalStateException("reader");
                })
                .concurrentAttempts();
        Levee levee = levee().bulkhead(Bulkhead.inFlight(2)).build();
        CompletableFuture<String> call = levee.callAsync(broken, this::attempt);
        advance(20);
        attempts.get(0).complete("7");
        assertThat(call).isCompletedExceptionally();
        assertThat(attempts.get(1)).isCancelled();
        leavesNothingBehind(levee);
    }

    @Test
    void aHedgeWhoseBodyThrowsIsAFailedAttempt() {
        Levee levee = levee().build();
        CompletableFuture<Result<String>> call = levee.executeAsync(STOCK, attempt -> {
            if (attempt.number() == 1) {
                throw new java.io.UncheckedIOException(new ConnectException());
            }
            return attempt(attempt);
        });
        advance(20);
        assertThat(call).isNotDone();
        attempts.get(0).complete("7");
        assertThat(call.join().attempts()).isEqualTo(2);
        leavesNothingBehind(levee);
    }

    @Test
    void aStageThatIsDoneAtOnceNeverComesToAHedge() {
        Levee levee = levee().build();
        for (int i = 0; i < 1_000; i++) {
            assertThat(levee.callAsync(STOCK, attempt -> CompletableFuture.completedFuture("7"))
                            .join())
                    .isEqualTo("7");
        }
        leavesNothingBehind(levee);
    }

    @Test
    void manyImmediateRetriesDoNotGrowTheStack() {
        Levee levee = Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .noDeadline()
                .retry((tryCount) -> tryCount < 50_000 ? 0L : null)
                .retryBudget(RetryBudget.ratio(10).maxBalance(1_000_000).reservePerSecond(1_000_000))
                .hedge(Hedge.after(Duration.ofMillis(20)))
                .build();
        CompletableFuture<String> call = levee.callAsync(STOCK, attempt -> {
            advance(1); // for the budget's reserve
            return CompletableFuture.failedFuture(new ConnectException());
        });
        assertThat(call).isCompletedExceptionally();
    }

    @Test
    void theDelayIsThePercentileOfWhatSucceededAndOfWhatWasOvertaken() {
        Levee levee = Levee.named("inventory")
                .time(time)
                .executor(Runnable::run)
                .hedge(Hedge.afterPercentile(0.95))
                .build();
        for (int i = 0; i < 100; i++) {
            attempts.clear();
            CompletableFuture<Result<String>> call = call(levee);
            assertThat(attempts).as("too little known to hedge").hasSize(1);
            advance(i % 20 == 0 ? 200 : 10);
            attempts.get(0).complete("7");
            call.join();
        }
        advance(3_000);
        long known = levee.hedge().snapshot(time.nanoTime()).delayNanos();
        assertThat(known).isBetween(10 * Nanos.PER_MILLI, 11 * Nanos.PER_MILLI);
        for (int i = 0; i < 20; i++) {
            attempts.clear();
            CompletableFuture<Result<String>> call = call(levee);
            advance(20);
            attempts.get(1).complete("7");
            call.join();
        }
        advance(3_000);
        assertThat(levee.hedge().snapshot(time.nanoTime()).delayNanos())
                .as("of 140 the slowest 25 took 20 ms or more")
                .isGreaterThanOrEqualTo(20 * Nanos.PER_MILLI);
    }

    @Test
    void theHedgeIsAnEventWithItsFigures() {
        List<LeveeEvent> events = new java.util.concurrent.CopyOnWriteArrayList<>();
        Levee levee = levee().listener(events::add).build();
        CompletableFuture<Result<String>> call = call(levee);
        advance(20);
        attempts.get(1).complete("7");
        call.join();
        Awaitility.await().until(() -> events.size() == 2);
        assertThat(events.get(0)).isInstanceOfSatisfying(LeveeEvent.HedgeSent.class, sent -> {
            assertThat(sent.operation()).isEqualTo("stock");
            assertThat(sent.attempt()).isEqualTo(1);
            assertThat(sent.delayNanos()).isEqualTo(20 * Nanos.PER_MILLI);
            assertThat(sent.retryBudgetLeft()).isLessThan(10);
        });
        assertThat(events.get(1)).isInstanceOfSatisfying(LeveeEvent.CallEnded.class, ended -> {
            assertThat(ended.attempts()).isEqualTo(2);
            assertThat(ended.succeeded()).isTrue();
        });
        levee.close();
    }

    @Test
    void withoutARetryBudgetThereIsNoHedge() {
        assertThatIllegalStateException()
                .isThrownBy(() -> levee().noRetryBudget().build())
                .withMessageContaining("inventory: hedge needs a retry budget");
    }

    @Test
    void valuesOutOfRangeAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Hedge.afterPercentile(95))
                .withMessage("hedge percentile must be from 0.5 to 0.999, is 95");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Hedge.after(Duration.ofNanos(999_999)))
                .withMessage("hedge delay must be 1 ms or more, is PT0.000999999S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Hedge.after(Duration.ofMillis(5)).window(Duration.ofSeconds(5)))
                .withMessage("hedge window has no meaning with a fixed delay; use afterPercentile");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Hedge.afterPercentile(0.9).minimumSamples(9))
                .withMessage("hedge minimumSamples must be from 10 to 100000, is 9");
        assertThat(Hedge.after(Duration.ofMillis(5))).hasToString("after(5 ms)");
        assertThat(Hedge.afterPercentile(0.99))
                .hasToString("afterPercentile(0.99).atLeast(1 ms).window(60 s).minimumSamples(100)");
    }
}
