package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** First attempts are spread while a process sees nothing but refusals; and only then. */
class HeldOffTest {
    private static final Duration HOLD = Duration.ofSeconds(2);

    private final ManualTime time = new ManualTime();

    private Levee.Builder levee(int seed) {
        return Levee.named("inventory")
                .time(time)
                .random(RandomSource.seeded(seed))
                .idempotent()
                .executor(Runnable::run);
    }

    /** What the body answers is a status; a GOAWAY that leaves the request out is what it throws. */
    private static Call<Integer> call() {
        return Call.<Integer>named("stock")
                .outcome((status, failure) -> failure != null
                        ? Outcome.failure(failure).withFate(Fate.REFUSED_UNPROCESSED)
                        : Outcome.value(status).withStatus(status));
    }

    private Result<Integer> answered(Driver driver, Levee levee, int status) throws Exception {
        return driver.execute(levee, time, call(), attempt -> status);
    }

    /** How long a call waits before its first attempt, which succeeds. */
    private long heldMillis(Driver driver, Levee levee) throws Exception {
        long start = time.nanoTime();
        assertThat(answered(driver, levee, 200).attempts()).isEqualTo(1);
        return (time.nanoTime() - start) / Nanos.PER_MILLI;
    }

    /** A call and its one retry are refused. */
    private Levee refusedTwice(Driver driver, Levee.Builder builder) throws Exception {
        Levee levee = builder.build();
        assertThat(answered(driver, levee, 429).attempts()).isEqualTo(2);
        return levee;
    }

    @ParameterizedTest
    @EnumSource
    void afterTwoRefusalsAFirstAttemptIsMadeAtAnyInstantOfTwoSeconds(Driver driver) throws Exception {
        List<Long> held = new ArrayList<>();
        for (int seed = 0; seed < 40; seed++) {
            Levee levee = refusedTwice(driver, levee(seed));
            held.add(heldMillis(driver, levee));
            assertThat(heldMillis(driver, levee)).as("one success ends it").isZero();
        }
        assertThat(held).allSatisfy(wait -> assertThat(wait).isBetween(0L, HOLD.toMillis()));
        assertThat(held).anyMatch(wait -> wait < 400).anyMatch(wait -> wait > 1_600);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasSpreadIsSpreadOverLessTheNextTimeAndItsRetryOverHalfOfWhatIsLeft(Driver driver) throws Exception {
        List<Long> held = new ArrayList<>();
        List<Double> retried = new ArrayList<>();
        for (int seed = 0; seed < 40; seed++) {
            Levee levee = refusedTwice(driver, levee(seed).deadline(Duration.ofSeconds(4)));
            List<Long> at = new ArrayList<>();
            long due = time.nanoTime() + Duration.ofSeconds(4).toNanos();
            driver.execute(levee, time, call(), attempt -> {
                at.add(time.nanoTime());
                return 429;
            });
            retried.add((at.get(1) - at.get(0)) / (double) (due - at.get(0)));
            held.add(heldMillis(driver, levee));
        }
        assertThat(retried).allSatisfy(share -> assertThat(share).isLessThanOrEqualTo(0.5));
        assertThat(retried).anyMatch(share -> share > 0.4);
        assertThat(held).allSatisfy(wait -> assertThat(wait).isBetween(0L, HOLD.toMillis() / 4));
        assertThat(held).anyMatch(wait -> wait > 400);
    }

    @ParameterizedTest
    @EnumSource
    void nobodyIsHeldOffForAnythingElse(Driver driver) throws Exception {
        Levee once = levee(1).build();
        driver.execute(once, time, call(), attempt -> attempt.number() == 0 ? 429 : 200);
        assertThat(heldMillis(driver, once)).as("an answer since").isZero();

        Levee later = refusedTwice(driver, levee(1));
        time.advance(Duration.ofSeconds(4));
        assertThat(heldMillis(driver, later)).as("some seconds later").isZero();

        Levee failed = refusedTwice(driver, levee(1));
        assertThat(answered(driver, failed, 503).attempts()).isGreaterThan(1);
        assertThat(heldMillis(driver, failed)).as("no refusals in a row").isZero();

        Levee unavailable = levee(1).build();
        answered(driver, unavailable, 503);
        assertThat(heldMillis(driver, unavailable)).as("503").isZero();

        Levee broken = levee(1).build();
        driver.execute(broken, time, call(), attempt -> {
            throw new SocketException("GOAWAY");
        });
        assertThat(heldMillis(driver, broken)).as("a connection that broke").isZero();

        RetryPolicy twice = RetryPolicy.fixed(Duration.ofMillis(5)).attempts(2);
        for (Levee.Builder own : List.of(
                levee(1).protection(Protection.adaptive()).retry(twice),
                levee(1).concurrencyLimit(ConcurrencyLimit.adaptive()).retry(twice),
                levee(1).protection(Protection.none()).retry(twice))) {
            assertThat(heldMillis(driver, refusedTwice(driver, own)))
                    .as("not the default")
                    .isZero();
        }
    }

    @Test
    void nobodyIsHeldOffWhileSomethingIsUnderWay() throws Exception {
        Levee levee = refusedTwice(Driver.ASYNC, levee(1));
        CompletableFuture<Integer> held = levee.callAsync(call(), attempt -> new CompletableFuture<>());
        assertThat(levee.concurrencyLimit().inFlight()).isZero();
        time.advance(HOLD);
        assertThat(levee.concurrencyLimit().inFlight()).isEqualTo(1);
        assertThat(held).isNotDone();

        assertThat(levee.callAsync(call(), attempt -> CompletableFuture.completedFuture(200)))
                .as("beside it")
                .isCompletedWithValue(200);
    }

    @ParameterizedTest
    @EnumSource
    void whoIsHeldOffIsLeftTheTimeThatAnAttemptNeeds(Driver driver) throws Exception {
        for (int seed = 0; seed < 40; seed++) {
            Levee levee = refusedTwice(driver, levee(seed).deadline(Duration.ofSeconds(1)));
            long start = time.nanoTime();
            assertThat(answered(driver, levee, 200).value()).isEqualTo(200);
            // All but two and a half eighths of a second.
            assertThat(time.nanoTime() - start).isLessThanOrEqualTo(687_500_001);
        }
        Levee levee = refusedTwice(driver, levee(1));
        long start = time.nanoTime();
        Call<Integer> hurried = call().deadline(Duration.ofMillis(1));
        assertThat(driver.execute(levee, time, hurried, attempt -> 200).value()).isEqualTo(200);
        assertThat(time.nanoTime() - start).as("a moment").isEqualTo(1);
    }

    @Test
    void aCallThatIsCancelledWhileItIsHeldOffSendsNothingAndLeavesNothingBehind() throws Exception {
        Levee levee = refusedTwice(Driver.ASYNC, levee(1));
        List<Integer> made = new ArrayList<>();
        CompletableFuture<Integer> held = levee.callAsync(call(), attempt -> {
            made.add(attempt.number());
            return CompletableFuture.completedFuture(200);
        });
        assertThat(levee.state().pending()).isEqualTo(1);

        assertThat(held.cancel(true)).isTrue();

        time.advance(Duration.ofMinutes(1));
        assertThat(made).isEmpty();
        assertThat(levee.state().pending()).isZero();
        assertThat(levee.concurrencyLimit().inFlight()).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void anInterruptEndsTheWaitAndTheFlagStaysSet() throws Exception {
        Levee levee = refusedTwice(Driver.SYNC, levee(1));
        long start = time.nanoTime();
        Thread.currentThread().interrupt();
        Result<Integer> result;
        try {
            result = answered(Driver.SYNC, levee, 200);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(result.failure()).isInstanceOf(CallCancelledException.class);
        assertThat(result.attempts()).isZero();
        assertThat(time.nanoTime()).isEqualTo(start);
    }

    @Test
    void closingEndsTheWait() throws Exception {
        Levee levee = refusedTwice(Driver.ASYNC, levee(1));
        CompletableFuture<Result<Integer>> held =
                levee.executeAsync(call(), attempt -> CompletableFuture.completedFuture(200));

        levee.close();

        assertThat(held.get(0, TimeUnit.SECONDS).decision().stop()).isEqualTo(StopReason.CLOSED);
        assertThat(time.pending()).isZero();
    }

    /** A success comes while somebody is held off: who comes then does not wait, and who waits keeps the own instant. */
    @Test
    void aSuccessInBetweenLetsEverybodyElsePass() throws Exception {
        Levee levee = refusedTwice(Driver.ASYNC, levee(1));
        CompletableFuture<Integer> held = levee.callAsync(call(), attempt -> CompletableFuture.completedFuture(200));
        assertThat(levee.concurrencyLimit().tryEnterUnheld(time.nanoTime())).isTrue();
        levee.concurrencyLimit().leave(time.nanoTime(), Nanos.PER_MILLI);

        assertThat(levee.callAsync(call(), attempt -> CompletableFuture.completedFuture(201)))
                .isCompletedWithValue(201);
        assertThat(held).isNotDone();
        time.advance(HOLD);
        assertThat(held).isCompletedWithValue(200);
    }

    @ParameterizedTest
    @EnumSource
    void theThrottleIsAskedOnceAndTheWaitIsInTheRecord(Driver driver) throws Exception {
        Levee levee =
                refusedTwice(driver, levee(1).protection(Protection.adaptive()).throttle(Throttle.adaptive()));
        assertThat(levee.throttle().snapshot(time.nanoTime()).requests()).isEqualTo(2);
        long start = time.nanoTime();
        List<Long> at = new ArrayList<>();
        Result<Integer> refused = driver.execute(levee, time, call(), attempt -> {
            at.add(time.nanoTime());
            return 400;
        });
        assertThat(levee.throttle().snapshot(time.nanoTime()).requests()).isEqualTo(3);
        assertThat(at.get(0)).isGreaterThan(start);
        assertThat(refused.decision().limiterWaitNanos()).isEqualTo(at.get(0) - start);
    }
}
