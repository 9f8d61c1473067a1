package io.levee;

import java.util.Objects;
import java.util.function.Function;

/**
 * The life of one call as a finite state machine, the only one there is:
 *
 * <pre>
 * admit (cancelled? deadline, throttle, breaker, limits, limiter) -> attempt -> judge
 *     -> succeed | fail | back off (policy, deadline, breaker, retry budget) -> admit ...
 * </pre>
 *
 * Pure: it reads no clock, sleeps nowhere and calls nobody but the policies. A driver tells it the time and what
 * happened, does what the answered {@linkplain #START step} says, and comes back. Not thread-safe: one driver at a time.
 * Telemetry is told from here, so that both drivers tell it the same; what it answers changes nothing.
 * Reusable after {@link #end}, so that a driver that keeps its machine allocates nothing for a call.
 *
 * <p>Here stands what follows on what. What an attempt has to pass is {@link Engine#refusal}, how outcomes are judged
 * {@link Judge}, whether and when there is a retry {@link Retries}, a hedge beside the first attempt {@link Race}, and what
 * is known and shown of the call {@link CallState}.
 */
final class CallMachine extends CallState {
    /** Make the attempt numbered {@link #attempt}, then tell its result. */
    static final int START = 0;
    /** Get a permit from the limiter (it has none at once), then tell how that went. */
    static final int AWAIT_PERMIT = 1;
    /** Wait until {@link Retries#wakeAtNanos}, then {@link #resume}: before a retry, or a first attempt that is held off. */
    static final int BACK_OFF = 2;
    /** The call has succeeded with the value told last. */
    static final int SUCCEED = 3;
    /** The call has failed: {@link #failure} says with what. */
    static final int FAIL = 4;
    /** The attempt has failed, but the other one, its hedge or the one it hedges, is still out: wait for that. */
    static final int AWAIT_OTHER = 5;

    /** A call begins. */
    int begin(Engine engine, Call<?> call, long nowNanos, long inheritedDeadlineNanos) {
        // The machine is kept, mostly by a thread that calls the same downstream again: a reference that is not written
        // costs no write barrier.
        if (this.engine != engine) {
            this.engine = engine;
        }
        if (this.call != call) {
            this.call = call;
        }
        startNanos = nowNanos;
        long own = Math.min(engine.deadlineNanos, call.deadlineNanos);
        deadlineNanos = Math.min(inheritedDeadlineNanos, own == Nanos.NEVER ? own : Nanos.add(nowNanos, own));
        TelemetryHub telemetry = engine.telemetry;
        if (telemetry != null) {
            tellStart(telemetry, nowNanos);
        }
        RetryBudget budget = engine.budget;
        if (budget != null) {
            budget.deposit();
        }
        return admit(nowNanos, true);
    }

    /** Before {@link #begin}: the scope that the call is in. */
    void within(@Nullable Scope scope) {
        if (scope != null) {
            within = scope;
            used = true;
        }
    }

    // Admission.

    /** The backoff is over, or was cut short; or that is what became of a first attempt's being held off. */
    int resume(long nowNanos) {
        boolean isRetry = attempt > 0;
        if (!isRetry) {
            engine.waited(this, nowNanos);
        }
        return admit(nowNanos, isRetry);
    }

    /**
     * Admits the attempt, or says what it waits for.
     *
     * @param asksThrottle false if it has been asked before a wait: asked twice, it would reject more than its share
     */
    private int admit(long nowNanos, boolean asksThrottle) {
        StopReason refused = engine.refusal(this, nowNanos, asksThrottle, false);
        if (refused != null) {
            if (refused == StopReason.LIMIT_FULL) {
                if (engine.holdsOff(this, nowNanos)) {
                    return BACK_OFF;
                }
                if (engine.waitsForRoom(this, nowNanos)) {
                    return AWAIT_PERMIT;
                }
            }
            return stop(refused, nowNanos);
        }
        Limiter limiter = engine.limiter;
        if (limiter != null && (attempt > 0 || !limiter.tryAcquire(nowNanos))) {
            // A retry queues behind first attempts, so it never takes a permit past them.
            return engine.waitForPermit(this, nowNanos);
        }
        return start(nowNanos);
    }

    /** The limiter granted a permit, after a wait that began at {@link #askedNanos}. */
    int permitted(long nowNanos) {
        boolean hasRoom = engine.waited(this, nowNanos);
        StopReason refused = engine.refusal(this, nowNanos, false, hasRoom);
        if (refused != null) {
            return stop(refused, nowNanos);
        }
        if (hasRoom) {
            Limiter limiter = engine.limiter;
            if (limiter != null && !limiter.tryAcquire(nowNanos)) {
                // The driver gives the room back, as it does with each permit that brings no start.
                return engine.waitForPermit(this, nowNanos);
            }
            inLimit = true;
        }
        return start(nowNanos);
    }

    /** The limiter has no permit in time, or the wait for it was cut short by the deadline. */
    int notPermitted(long nowNanos) {
        StopReason why = engine.waited(this, nowNanos) ? StopReason.LIMIT_FULL : StopReason.NO_PERMIT;
        return stop(isEnding() ? ending() : why, nowNanos);
    }

    /** The attempt is admitted. */
    int start(long nowNanos) {
        made = attempt + 1;
        if (attempt > 0) {
            retries.sent();
        }
        Throttle throttle = engine.throttle;
        if (throttle != null) {
            throttle.onSent(nowNanos);
        }
        attemptStartNanos = nowNanos;
        long timeout = engine.attemptTimeoutNanos;
        dueNanos = timeout == Nanos.NEVER ? deadlineNanos : Math.min(deadlineNanos, Nanos.add(nowNanos, timeout));
        tellAttemptStart(nowNanos);
        return START;
    }

    // The end of an attempt, and what follows.

    /** The attempt returned a value that needs no judging. */
    int succeeded(long nowNanos) {
        return succeeded(null, nowNanos);
    }

    private int succeeded(@Nullable Outcome judged, long nowNanos) {
        engine.leaveWithSuccess(this, nowNanos);
        if (attempt > 0) {
            retries.refund(engine);
        }
        tellSuccess(judged, nowNanos);
        return SUCCEED;
    }

    /** The attempt ended: judge what it produced. */
    int judge(@Nullable Object value, @Nullable Throwable thrown, long nowNanos) {
        return judge(value, thrown, thrown != null && CauseChain.isBare(thrown), nowNanos);
    }

    /**
     * The attempt ended: judge what it produced.
     *
     * @param bare {@link CauseChain#isBare} of what was thrown
     */
    int judge(@Nullable Object value, @Nullable Throwable thrown, boolean bare, long nowNanos) {
        used = true;
        Outcome produced;
        Verdict judged;
        boolean refusal;
        Fate known;
        try {
            // Seen by nobody else, one is enough: a failed attempt allocates nothing then.
            boolean hidden =
                    call.reader == null && engine.telemetry == null && engine.classifier == StandardClassifier.INSTANCE;
            produced = hidden ? own.reused(value, thrown, bare) : call.read(value, thrown, bare);
            judged = Judge.judge(engine.classifier, produced, repeatable());
            refusal = engine.countsRefusals && Judge.isRefusal(produced, judged);
            known = judged.isSuccess() ? Fate.ANSWERED : Judge.fate(produced, judged);
        } catch (Throwable broken) {
            return ruleFailed(thrown, broken, nowNanos, true);
        }
        if (judged.isSuccess()) {
            return succeeded(produced, nowNanos);
        }
        broken = refusal && Judge.hasBroken(produced);
        boolean dropped = known != Fate.ANSWERED && !broken;
        fate = known;
        engine.leaveWithout(this, judged.health(), refusal, dropped, nowNanos);
        Throwable mayCarryNote = bare && !(thrown instanceof LeveeException) ? null : thrown;
        judged = Judge.amongEngines(judged, mayCarryNote, engine.name, servesRetry());
        lastFailure = thrown;
        lastWasValue = thrown == null;
        verdict = judged;
        replayable = produced.replayable();
        tellAttemptEnd(produced, nowNanos);
        if (isEnding()) {
            return stop(ending(), nowNanos);
        }
        if (!judged.isRetryable()) {
            return stop(Judge.stopReason(judged), nowNanos);
        }
        Race both = race;
        if (both != null && both.otherOut) {
            retries.rememberFailure(thrown);
            both.fallBack();
            return AWAIT_OTHER;
        }
        try {
            return backOff(judged, produced.isPushedBack(), nowNanos);
        } catch (Throwable broken) {
            return ruleFailed(thrown, broken, nowNanos, false);
        }
    }

    private int backOff(Verdict judged, boolean pushedBack, long nowNanos) {
        StopReason refused = retries.refusal(this, judged, nowNanos);
        long delay = retries.delayNanos;
        if (refused != null) {
            return stop(refused, nowNanos, delay, false);
        }
        EventBus events = engine.events;
        if (events != null || engine.telemetry != null) {
            Decision record = Decision.on(this, null, nowNanos, delay);
            if (events != null) {
                events.publish(new LeveeEvent.RetryScheduled(record, lastFailure));
            }
            tell(TelemetryHub.RETRY_SCHEDULED, nowNanos, 0, record);
        }
        attempt++;
        retries.remember(attempt, judged, pushedBack);
        retries.rememberFailure(lastFailure);
        race = null;
        return BACK_OFF;
    }

    // A first attempt and its hedge.

    /** What is told next is of the attempt with this number, the first or its hedge. */
    void focus(int number) {
        Race both = race;
        if (both != null) {
            both.focus(number);
        }
    }

    // Attempts that are cut short.

    /** The attempt ran out of time. Answers the exception to judge it by, or null if the call's time is up as well. */
    @Nullable
    AttemptTimeoutException timedOut(@Nullable Throwable thrown, long nowNanos) {
        if (deadlineNanos != Nanos.NEVER && nowNanos >= deadlineNanos) {
            return null;
        }
        return new AttemptTimeoutException(engine.name, attempt(), dueNanos - attemptStartNanos, thrown);
    }

    /** The call's time is up in mid-attempt. */
    int deadlinePassed(@Nullable Throwable thrown, long nowNanos) {
        long granted = dueNanos - attemptStartNanos;
        long usual = Math.min(engine.attemptTimeoutNanos, engine.deadlineNanos);
        // A call that came with little time left says nothing of the downstream, nor does an answer that goes on for
        // long.
        boolean late = answeringNanos == Nanos.NEVER && (usual == Nanos.NEVER || granted >= usual / 2);
        return cutShort(StopReason.DEADLINE, late ? Verdict.Health.FAULT : Verdict.Health.UNKNOWN, thrown, nowNanos);
    }

    /** The caller has gone away in mid-attempt: {@link #endBy} was told. */
    int cancelled(@Nullable Throwable thrown, long nowNanos) {
        return cutShort(ending(), Verdict.Health.UNKNOWN, thrown, nowNanos);
    }

    private int cutShort(StopReason why, Verdict.Health health, @Nullable Throwable thrown, long nowNanos) {
        fate = Fate.SENT_NO_ANSWER;
        engine.leaveWithout(this, health, health == Verdict.Health.FAULT, true, nowNanos);
        tellCutShort(thrown, nowNanos);
        if (thrown != null) {
            lastFailure = thrown;
        }
        lastWasValue = false;
        return stop(why, nowNanos, 0, true);
    }

    /** The attempt that was to start is not made: the caller went away in the last moment, and nothing was sent. */
    int withdrawn(long nowNanos) {
        engine.leave(this);
        made = attempt;
        retries.withdrawn();
        return stop(ending(), nowNanos);
    }

    /** The driver cannot go on: the executor that later attempts need refused the work. */
    int driverFailed(Throwable broken, long nowNanos) {
        lastFailure = Retries.withNote(lastFailure, broken);
        lastWasValue = false;
        return stop(StopReason.RULE_FAILED, nowNanos);
    }

    private int ruleFailed(@Nullable Throwable thrown, Throwable broken, long nowNanos, boolean isUntold) {
        engine.leaveWithout(this, Verdict.Health.UNKNOWN, false, false, nowNanos);
        verdict = null;
        fate = thrown == null ? Fate.ANSWERED : Fate.SENT_NO_ANSWER;
        lastFailure = Retries.withNote(thrown, broken);
        if (isUntold) {
            tellAttemptEnd(null, nowNanos);
        }
        return stop(StopReason.RULE_FAILED, nowNanos);
    }

    // The end of the call.

    private int stop(StopReason why, long nowNanos) {
        return stop(why, nowNanos, 0, false);
    }

    /** Ends the call. Cut short, it ends with Levee's own exception; else with the last attempt's, if there was one. */
    private int stop(StopReason why, long nowNanos, long consideredDelay, boolean cutShort) {
        used = true;
        retries.refundIfUnsent(engine);
        endedNanos = nowNanos;
        stopped = why;
        Scope around = within;
        if (around != null && inVain(why)) {
            around.giveUp();
        }
        if (made == 0 && lastFailure == null && nowNanos == startNanos) {
            LeveeException refusal = LeveeException.refusal(this);
            if (refusal != null) {
                failure = refusal;
                return FAIL;
            }
        }
        Decision record = Decision.on(this, why, nowNanos, consideredDelay);
        Race both = race;
        if (both != null) {
            both.dropOther(nowNanos);
        }
        decision = record;
        boolean isKept = !cutShort && why != StopReason.CANCELLED && why != StopReason.CLOSED;
        failure = retries.ending(this, lastFailure, isKept);
        return FAIL;
    }

    /** Whether this end is one that the same call, made again from outside, would only meet again. */
    private boolean inVain(StopReason why) {
        Verdict judged = verdict;
        return made > 1
                || why == StopReason.BREAKER_OPEN
                || why == StopReason.RETRY_BUDGET
                || (judged != null && judged.rule().equals(Judge.PUSHBACK));
    }

    /**
     * What the caller gets after {@link #FAIL}: the last value, the fallback's answer, or null; for a failure, {@link #thrown}
     * is set.
     *
     * @param hasValue whether the driver still has the value of the last attempt
     */
    <T extends @Nullable Object> @Nullable T finish(Call<T> ended, boolean hasValue, @Nullable T value) {
        Function<Throwable, ? extends T> fallback = ended.fallback;
        if (hasValue && endsWithValue() && (fallback == null || !endsInFault())) {
            failed(false);
            return value;
        }
        if (hasValue) {
            ended.dispose(value);
        }
        Throwable failedWith = failure();
        T answer = null;
        boolean degraded = false;
        if (fallback != null && allowsFallback(failedWith)) {
            try {
                answer = fallback.apply(failedWith);
                degraded = true;
            } catch (Throwable broken) {
                if (broken != failedWith) {
                    failedWith.addSuppressed(broken);
                }
            }
        }
        if (!degraded) {
            thrown = failedWith;
        }
        failed(degraded);
        return answer;
    }

    /** True if what the call ends with is the value that its last attempt returned. */
    private boolean endsWithValue() {
        return lastWasValue
                && stopped != StopReason.CANCELLED
                && stopped != StopReason.CLOSED
                && stopped != StopReason.RULE_FAILED;
    }

    /** True if the downstream, not the request, is to blame for that value. */
    private boolean endsInFault() {
        return verdict == null || verdict.health() == Verdict.Health.FAULT;
    }

    private boolean allowsFallback(Throwable failedWith) {
        return !(failedWith instanceof Error)
                && !(failedWith instanceof InterruptedException)
                && stopped != StopReason.CANCELLED;
    }

    /** What the call failed with. */
    Throwable failure() {
        return Objects.requireNonNull(failure, "the call has not failed");
    }
}
