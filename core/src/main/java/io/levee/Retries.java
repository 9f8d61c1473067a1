package io.levee;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The retries of a call: whether one more may be made, when and for how many tokens, and what the attempts before it threw.
 * Not thread-safe.
 */
final class Retries {
    /** The retries of those that were refused together are spread over so long at most. */
    private static final long LONGEST_SPREAD = 5 * Nanos.PER_SECOND;

    /** A shared exception object must not collect the notes of every call that it ends. */
    private static final int MAX_SUPPRESSED = 32;

    /** The rule of each retry so far that has a limit of its own. */
    private final List<String> rules = new ArrayList<>(0);
    /** Failures of earlier attempts, oldest first. */
    private final List<Throwable> failures = new ArrayList<>(0);

    private long lastBackoffNanos;
    /** The retry whose wait a gRPC server has set: from there the policy's waits begin anew (gRFC A6). */
    private int pushedBackAt;
    /** What the retry that runs or comes cost; its price goes back if it succeeds, or if it is not sent after all. */
    private int paid;

    private boolean unsent;

    /** The wait that was considered last, 0 if it did not come to one. */
    long delayNanos;
    /** The instant at which a backoff was decided on. */
    long judgedNanos;
    /** The instant at which it ends. */
    long wakeAtNanos;

    /**
     * Why the attempt that has just been judged is not retried; null if it may be. The retry has been paid for then, and
     * {@link #delayNanos} is its wait.
     */
    @Nullable
    StopReason refusal(CallState of, Verdict judged, long nowNanos) {
        delayNanos = 0;
        Engine engine = of.engine;
        int attempt = of.attempt;
        int ownLimit = judged.maxRetries();
        if (ownLimit <= attempt && Collections.frequency(rules, judged.rule()) >= ownLimit) {
            return StopReason.CLASS_LIMIT;
        }
        int retry = attempt + 1;
        long asked = judged.askedNanos();
        long delay = Judge.beforeRetry(engine.policy, retry, lastBackoffNanos, asked, engine.random);
        if (delay == RetryPolicy.STOP) {
            return StopReason.ATTEMPTS;
        }
        if (pushedBackAt > 0 && asked >= 0) {
            delay = Judge.beforeRetry(engine.policy, retry - pushedBackAt, lastBackoffNanos, asked, engine.random);
        }
        long deadline = of.deadlineNanos;
        long spread = spreadNanos(engine, of.broken ? null : of.fate, deadline, nowNanos);
        if (of.limiterWaitNanos > 0) {
            spread = Math.min(spread, Math.max(1, (deadline - nowNanos) / 2));
        }
        if (spread > 0 && attempt == 0) {
            delay = Math.max(delay, engine.random.nextBelow(spread));
        }
        delayNanos = delay;
        if (spread > 0 && attempt > 0) {
            return StopReason.CLASS_LIMIT;
        }
        ConcurrencyLimit limit = engine.limit;
        if (limit != null && limit.isCollapsed()) {
            return StopReason.LIMIT_FULL;
        }
        long wake = Nanos.add(nowNanos, delay);
        judgedNanos = nowNanos;
        wakeAtNanos = wake;
        if (engine.isClosed()) {
            delayNanos = 0;
            return StopReason.CLOSED;
        }
        if (deadline != Nanos.NEVER && wake >= deadline) {
            return StopReason.DEADLINE;
        }
        if (judged.minDelayNanos() > engine.maxServerDelayNanos) {
            return StopReason.SERVER_DELAY;
        }
        Breaker breaker = engine.breaker;
        if (breaker != null && breaker.openUntilNanos() > wake) {
            return StopReason.BREAKER_OPEN;
        }
        return pay(engine.budget, judged.cost(), nowNanos) ? null : StopReason.RETRY_BUDGET;
    }

    /**
     * Over how long the one retry of a refused call is spread; 0 for retries that the policy alone spaces.
     *
     * @param fate what became of the request; null where a connection broke: nobody has said no then
     */
    static long spreadNanos(Engine engine, @Nullable Fate fate, long deadlineNanos, long nowNanos) {
        return engine.spreadsRefusals && fate == Fate.REFUSED_UNPROCESSED && deadlineNanos != Nanos.NEVER
                ? Math.max(1, Math.min(LONGEST_SPREAD, (deadlineNanos - nowNanos) / 4 * 3))
                : 0;
    }

    private boolean pay(@Nullable RetryBudget budget, int cost, long nowNanos) {
        if (budget != null) {
            if (!budget.tryWithdraw(cost, nowNanos)) {
                return false;
            }
            // Of several retries of one call each has its price; only the one that succeeds gets its own back.
            paid = cost;
            unsent = true;
        }
        return true;
    }

    /** The retry with this number was not refused and is on its way. */
    void remember(int retry, Verdict judged, boolean pushedBack) {
        if (judged.maxRetries() != Verdict.NO_OWN_LIMIT) {
            rules.add(judged.rule());
        }
        lastBackoffNanos = delayNanos;
        if (pushedBack) {
            pushedBackAt = retry;
            lastBackoffNanos = 0;
        }
    }

    void sent() {
        unsent = false;
    }

    /** The retry's request was not sent after all. */
    void withdrawn() {
        unsent = paid > 0;
    }

    void refundIfUnsent(Engine engine) {
        if (unsent) {
            refund(engine);
            unsent = false;
        }
    }

    void refund(Engine engine) {
        RetryBudget budget = engine.budget;
        if (budget != null && paid > 0) {
            budget.refund(paid);
        }
        paid = 0;
    }

    // What the attempts threw.

    /** An attempt that was not the last one threw this. */
    void rememberFailure(@Nullable Throwable failure) {
        if (failure != null) {
            failures.add(failure);
        }
    }

    /**
     * What the call throws: the last attempt's own exception with the decision as a note, or Levee's with that one as its
     * cause; the earlier ones go along as suppressed.
     *
     * @param isKept whether the last attempt's exception is what the call throws, if there is one
     */
    Throwable ending(CallState of, @Nullable Throwable last, boolean isKept) {
        Throwable thrown = last != null && isKept ? last : LeveeException.of(of, last);
        Throwable before = last;
        for (Throwable one : failures) {
            if (one != before && one != last) {
                suppress(thrown, one);
                before = one;
            }
        }
        if (thrown == last) {
            leaveNote(of, thrown);
        }
        return thrown;
    }

    /** Leaves the record on what the attempt threw. A shared exception object must not collect that of every call. */
    private static void leaveNote(CallState of, Throwable on) {
        Throwable[] suppressed = on.getSuppressed();
        int newest = suppressed.length - 1;
        if (newest < 0 || !(suppressed[newest] instanceof LeveeException known && known.renew(of))) {
            suppress(on, LeveeException.of(of, null).asNote());
        }
    }

    /** A failure with what went wrong in dealing with it; that alone if there was none. */
    static Throwable withNote(@Nullable Throwable failure, Throwable broken) {
        if (failure == null) {
            return broken;
        }
        suppress(failure, broken);
        return failure;
    }

    private static void suppress(Throwable on, Throwable added) {
        if (on != added && on.getSuppressed().length < MAX_SUPPRESSED) {
            on.addSuppressed(added);
        }
    }

    void clear() {
        rules.clear();
        failures.clear();
        lastBackoffNanos = 0;
        pushedBackAt = 0;
        paid = 0;
        unsent = false;
    }
}
