package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Verdict.Kind;
import java.net.ConnectException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private static final long MS = Nanos.PER_MILLI;
    private static final Backoff POLICY =
            RetryPolicy.exponential(Duration.ofMillis(100)).fullJitter().attempts(3);
    private static final Outcome CONNECT = Outcome.failure(new ConnectException());

    @Test
    void aRetryHasTheBoundsThatThePolicyGives() {
        Explanation first = explain(CONNECT, 0, 0, Nanos.NEVER);
        assertThat(first.verdict()).isEqualTo(Kind.RETRYABLE);
        assertThat(first.delayMinNanos()).isZero();
        assertThat(first.delayMaxNanos()).isEqualTo(100 * MS);
        assertThat(first.maxRetriesOfThisClass()).isEqualTo(2);
        assertThat(first.fate()).isEqualTo(Fate.NEVER_SENT);
        assertThat(first.withinDeadline()).isTrue();
        assertThat(explain(CONNECT, 1, 0, Nanos.NEVER).delayMaxNanos()).isEqualTo(200 * MS);
    }

    @Test
    void usedUpAttemptsEndTheCall() {
        Explanation third = explain(CONNECT, 2, 0, Nanos.NEVER);
        assertThat(third.verdict()).isEqualTo(Kind.FINAL);
        assertThat(third.stop()).isEqualTo(StopReason.ATTEMPTS);
        assertThat(third.rule()).isEqualTo("connect");
        assertThat(third.maxRetriesOfThisClass()).isEqualTo(2);
        assertThat(explain(CONNECT, Integer.MAX_VALUE, 0, Nanos.NEVER).verdict())
                .isEqualTo(Kind.FINAL);
    }

    @Test
    void theRulesOwnLimitEndsTheCall() {
        Outcome tls = Outcome.failure(new SSLHandshakeException("x"));
        assertThat(explain(tls, 0, 0, Nanos.NEVER).maxRetriesOfThisClass()).isEqualTo(1);
        assertThat(explain(tls, 0, 0, Nanos.NEVER).verdict()).isEqualTo(Kind.RETRYABLE);
        assertThat(explain(tls, 1, 0, Nanos.NEVER).stop()).isEqualTo(StopReason.CLASS_LIMIT);
    }

    @Test
    void aPassedDeadlineEndsTheCallAndATightOneIsToldApart() {
        assertThat(explain(CONNECT, 0, 1000 * MS, 1000 * MS).stop()).isEqualTo(StopReason.DEADLINE);
        Explanation tight = explain(CONNECT, 0, 950 * MS, 1000 * MS);
        assertThat(tight.verdict()).isEqualTo(Kind.RETRYABLE);
        assertThat(tight.withinDeadline()).isFalse();
        assertThat(explain(CONNECT, 0, 899 * MS, 1000 * MS).withinDeadline()).isTrue();
        assertThat(explain(CONNECT, 0, 900 * MS, 1000 * MS).withinDeadline()).isFalse();
    }

    @Test
    void jitterIsKeptOnTopOfTheFloor() {
        Outcome asked = Outcome.value(null).withStatus(503).withMinDelay(Duration.ofMinutes(2));
        Explanation told = explain(asked, 0, 0, Nanos.NEVER);
        assertThat(told.delayMinNanos()).isEqualTo(120_000 * MS);
        assertThat(told.delayMaxNanos()).isEqualTo(120_100 * MS);
        assertThat(explain(asked, 0, 0, 30_000 * MS).withinDeadline()).isFalse();
        assertThat(explain(asked, 0, 0, 30_000 * MS).verdict()).isEqualTo(Kind.RETRYABLE);
    }

    @Test
    void moreThanIsGrantedEndsTheCallUnlessTheDeadlineDoes() {
        Outcome asked = Outcome.value(null).withStatus(503).withMinDelay(Duration.ofHours(1));
        Explanation told = explain(asked, 0, 0, Nanos.NEVER);
        assertThat(told.verdict()).isEqualTo(Kind.FINAL);
        assertThat(told.stop()).isEqualTo(StopReason.SERVER_DELAY);
        assertThat(told.reason()).contains("3600 s").contains("300 s").contains("maxServerDelay");
        assertThat(explain(asked, 0, 0, 30_000 * MS).verdict()).isEqualTo(Kind.RETRYABLE);
    }

    @Test
    void aSuccessAndAFinalErrorHaveNoDelay() {
        Explanation success = explain(Outcome.value(1), 0, 0, Nanos.NEVER);
        assertThat(success.verdict()).isEqualTo(Kind.SUCCESS);
        assertThat(success.stop()).isNull();
        Explanation error = explain(Outcome.failure(new StackOverflowError()), 0, 0, Nanos.NEVER);
        assertThat(error.stop()).isEqualTo(StopReason.FINAL);
        assertThat(error.maxRetriesOfThisClass()).isZero();
    }

    @Test
    void aLambdasLimitIsFound() {
        RetryPolicy five = tryCount -> tryCount <= 5 ? 20L : null;
        Explanation told = explain(five, CONNECT, 0, 0, Nanos.NEVER);
        assertThat(told.maxRetriesOfThisClass()).isEqualTo(5);
        assertThat(told.delayMinNanos()).isEqualTo(20 * MS);
        assertThat(told.delayMaxNanos()).isEqualTo(20 * MS);
        RetryPolicy endless = tryCount -> 20L;
        assertThat(explain(endless, CONNECT, 0, 0, Nanos.NEVER).maxRetriesOfThisClass())
                .isEqualTo(Integer.MAX_VALUE);
    }

    /** What is explained is what is done: every delay that the engine draws lies within the bounds. */
    @Property
    void everyDelayLiesWithinTheExplainedBounds(
            @ForAll @IntRange(max = 4) int kind,
            @ForAll @LongRange(max = 1_000_000_000_000L) long base,
            @ForAll @LongRange(max = Long.MAX_VALUE) long floor,
            @ForAll @IntRange(min = 1, max = 100) int retries,
            @ForAll long seed) {
        Backoff policy =
                jittered(RetryPolicy.exponential(Duration.ofNanos(base)).cap(Duration.ofSeconds(20)), kind);
        RandomSource random = RandomSource.seeded(seed);
        long previous = 0;
        for (int retry = 1; retry <= retries; retry++) {
            long asked = retry % 3 == 1 ? floor : 0;
            long delay = Judge.beforeRetry(policy, retry, previous, asked, random);
            assertThat(delay)
                    .isGreaterThanOrEqualTo(asked)
                    .isBetween(Judge.shortest(policy, retry, asked), Judge.longest(policy, retry, asked));
            previous = delay;
        }
    }

    private static Backoff jittered(Backoff policy, int kind) {
        return switch (kind) {
            case 0 -> policy.fullJitter();
            case 1 -> policy.equalJitter();
            case 2 -> policy.decorrelatedJitter();
            case 3 -> policy.jitter(0.5);
            default -> policy.noJitter();
        };
    }

    private static Explanation explain(Outcome outcome, int attempt, long elapsed, long deadline) {
        return explain(POLICY, outcome, attempt, elapsed, deadline);
    }

    private static Explanation explain(RetryPolicy policy, Outcome outcome, int attempt, long elapsed, long deadline) {
        Levee.Builder builder = Levee.named("x").retry(policy);
        Levee levee =
                (deadline == Nanos.NEVER ? builder.noDeadline() : builder.deadline(Duration.ofNanos(deadline))).build();
        return levee.explain(outcome, true, attempt, Duration.ofNanos(elapsed));
    }
}
