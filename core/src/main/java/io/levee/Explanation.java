package io.levee;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Levee} would do about an outcome, as far as outcome, policy and deadline decide it: breaker, throttle,
 * limits, limiter and retry budget may still refuse the retry when it is due. Immutable.
 *
 * <p>A retry whose wait would end past the deadline keeps the verdict 'retryable' with {@code withinDeadline} false:
 * the error is worth a retry, this call just has no time for it, and ends at once instead of waiting in vain.
 *
 * @param verdict what would be done; final also where the attempts are used up, this kind of error has been retried
 *     often enough, the deadline has passed, or the downstream asked for a longer wait than is granted
 * @param stop why no attempt follows; null for a retry and for a success
 * @param rule the rule of the classifier that judged
 * @param reason why, for a person
 * @param fate what became of the request
 * @param delayMinNanos the shortest wait before the retry; 0 unless the verdict is retryable
 * @param delayMaxNanos the longest wait before the retry; 0 unless the verdict is retryable
 * @param maxRetriesOfThisClass how often one call is retried for this rule, all in all: the rule's own limit or the
 *     policy's, whichever is less; 0 where the error is never retried; {@link Integer#MAX_VALUE} for no limit
 * @param withinDeadline whether the retry can start before the deadline even after its longest wait
 */
public record Explanation(
        Verdict.Kind verdict,
        @Nullable StopReason stop,
        String rule,
        String reason,
        Fate fate,
        long delayMinNanos,
        long delayMaxNanos,
        int maxRetriesOfThisClass,
        boolean withinDeadline) {

    /**
     * What follows on an outcome.
     *
     * @param repeatable whether the request is idempotent or carries a key
     * @param attempt the number of the attempt that had the outcome
     * @param elapsedNanos time since the call began
     */
    static Explanation of(Engine engine, Outcome outcome, boolean repeatable, int attempt, long elapsedNanos) {
        RetryPolicy policy = engine.policy;
        long deadlineNanos = engine.deadlineNanos;
        Verdict verdict = Judge.judge(engine.classifier, outcome, repeatable);
        Fate fate = Judge.fate(outcome, verdict);
        Verdict.Kind kind = verdict.kind();
        String reason = verdict.reason();
        StopReason stop = verdict.isSuccess() ? null : Judge.stopReason(verdict);
        int limit = 0;
        long shortest = 0;
        long longest = 0;
        if (verdict.isRetryable()) {
            long spread =
                    Retries.spreadNanos(engine, Judge.hasBroken(outcome) ? null : fate, deadlineNanos, elapsedNanos);
            int ofClass = spread > 0 ? 1 : verdict.maxRetries();
            limit = Math.min(ofClass, retriesOf(policy, ofClass));
            // attempt is the number of retries made so far; the retry under question is the next one.
            int retry = attempt == Integer.MAX_VALUE ? attempt : attempt + 1;
            stop = stop(engine, verdict, retry, ofClass, elapsedNanos);
            if (stop == null) {
                shortest = Judge.shortest(policy, retry, verdict.askedNanos());
                longest = Math.max(Judge.longest(policy, retry, verdict.askedNanos()), spread);
            } else {
                kind = Verdict.Kind.FINAL;
                reason += "; " + text(stop, verdict, limit, engine);
            }
        }
        boolean inTime = isInTime(elapsedNanos, longest, deadlineNanos);
        return new Explanation(kind, stop, verdict.rule(), reason, fate, shortest, longest, limit, inTime);
    }

    private static boolean isInTime(long elapsedNanos, long delayNanos, long deadlineNanos) {
        return deadlineNanos == Nanos.NEVER || Nanos.add(elapsedNanos, delayNanos) < deadlineNanos;
    }

    private static @Nullable StopReason stop(
            Engine engine, Verdict verdict, int retry, int mostOfClass, long elapsedNanos) {
        if (elapsedNanos >= engine.deadlineNanos) {
            return StopReason.DEADLINE;
        }
        if (retry > mostOfClass) {
            return StopReason.CLASS_LIMIT;
        }
        if (Judge.shortest(engine.policy, retry, 0) == RetryPolicy.STOP) {
            return StopReason.ATTEMPTS;
        }
        // In the engine's order: a wait that crosses the deadline is that, however long the downstream's wish may be.
        long shortest = Judge.shortest(engine.policy, retry, verdict.askedNanos());
        boolean inTime = isInTime(elapsedNanos, shortest, engine.deadlineNanos);
        return inTime && verdict.minDelayNanos() > engine.maxServerDelayNanos ? StopReason.SERVER_DELAY : null;
    }

    private static String text(StopReason stop, Verdict verdict, int limit, Engine engine) {
        if (stop == StopReason.DEADLINE) {
            return "but the deadline of " + Nanos.text(engine.deadlineNanos) + " has passed";
        }
        if (stop == StopReason.CLASS_LIMIT) {
            return "but this kind of error is retried at most " + limit + " times";
        }
        if (stop == StopReason.ATTEMPTS) {
            return "but the policy allows no more than " + limit + " retries";
        }
        if (stop == StopReason.SERVER_DELAY) {
            return "but the downstream asks for a wait of " + Nanos.text(verdict.minDelayNanos())
                    + ", and no more than " + Nanos.text(engine.maxServerDelayNanos) + " is granted (maxServerDelay)";
        }
        throw new AssertionError(stop);
    }

    /** How many retries a policy allows, counted no further than needed. */
    private static int retriesOf(RetryPolicy policy, int enough) {
        if (policy instanceof Backoff backoff) {
            return backoff.attempts() == Backoff.ANY ? Integer.MAX_VALUE : backoff.attempts() - 1;
        }
        // One whose limit is not known is asked for a thousand before it counts as unlimited.
        int most = Math.min(enough, 1_000);
        for (int retry = 1; retry <= most; retry++) {
            if (Judge.shortest(policy, retry, 0) == RetryPolicy.STOP) {
                return retry - 1;
            }
        }
        return Integer.MAX_VALUE;
    }
}
