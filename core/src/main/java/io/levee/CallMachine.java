package io.levee;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
 */
final class CallMachine implements CallView {
    /** Make the attempt numbered {@link #attempt}, then tell its result. */
    static final int START = 0;
    /** Get a permit from the limiter (it has none at once), then tell how that went. */
    static final int AWAIT_PERMIT = 1;
    /** Wait until {@link #wakeAtNanos}, then {@link #resume}. */
    static final int BACK_OFF = 2;
    /** The call has succeeded with the value told last. */
    static final int SUCCEED = 3;
    /** The call has failed: {@link #failure} says with what. */
    static final int FAIL = 4;
    /** The attempt has failed, but the other one, its hedge or the one it hedges, is still out: wait for that. */
    static final int AWAIT_OTHER = 5;

    // The whole call.
    private Engine engine;
    private Call<?> call = Call.PLAIN;
    /** The scope that the call is in; null for none. */
    private @Nullable Scope within;

    private long startNanos;
    private long deadlineNanos;
    private long limiterWaitNanos;
    private long askedNanos;
    /** True if what is waited for is room within the concurrency limit. */
    private boolean awaitsRoom;

    private long giveUpAtNanos;
    private long lastBackoffNanos;
    /** The retry whose wait a gRPC server has set: from there the policy's waits begin anew (gRFC A6). */
    private int pushedBackAt;
    /** Failures of earlier attempts, oldest first; the last one's is {@link #lastFailure}. */
    private @Nullable Throwable[] earlier = NO_FAILURES;

    private int earlierCount;
    /** The rule of each retry so far, for the rules' own limits. */
    private @Nullable String[] retriedRules = NO_RULES;

    private int retries;
    /** Whether anything but a first attempt that succeeds at once has happened, and {@link #end} has to clear up. */
    private boolean used;
    /** What the sinks of the telemetry keep for this call; null if they keep nothing. */
    private @Nullable Object @Nullable [] telemetryStates;
    /** Set by whoever cancels; read by the driver's next step. Opponent: the cancelling thread. */
    private volatile @Nullable StopReason ending;

    // The attempt that runs or was judged last.
    private int attempt;
    private int made;
    private boolean inBulkhead;
    private boolean inLimit;
    /** Of a failure: the downstream did not answer it, or said that it had not processed it. */
    private boolean dropped;

    private long breakerStamp;
    private long attemptStartNanos;
    private long dueNanos;
    /** When the attempt's answer began: the time that it took ends there. Only the asynchronous driver tells. */
    long answeringNanos = Nanos.NEVER;
    /** What the retry that runs or comes cost; its price goes back if it succeeds, or if it is not sent after all. */
    private int paid;

    private boolean paidUnsent;
    private @Nullable Throwable lastFailure;
    private boolean lastWasValue;
    private @Nullable Verdict verdict;
    private @Nullable Fate fate;
    private boolean replayable = true;
    /** For telemetry, and kept only if there is any. */
    private @Nullable Outcome outcome;

    private boolean succeeded;
    private long toldNanos;

    // A hedged first attempt. What is said above of 'the attempt' is of the one in focus, the other is parked.
    private boolean hedged;
    private boolean firstInFocus;
    private @Nullable Lane parked;

    // The last step.
    private long judgedNanos;
    private long wakeAtNanos;
    private long endedNanos;
    private StopReason stopped = StopReason.FINAL;
    private @Nullable Throwable failure;
    private @Nullable Decision decision;

    private static final String SERVED_RETRY = "served-retry";
    private static final @Nullable Throwable[] NO_FAILURES = {};
    private static final @Nullable String[] NO_RULES = {};

    /** The retries of those that were refused together are spread over so long at most. */
    private static final long LONGEST_SPREAD = 5 * Nanos.PER_SECOND;

    /** A shared exception object must not collect the notes of every call that it ends. */
    private static final int MAX_SUPPRESSED = 32;

    @SuppressWarnings("NullAway.Init") // begin() sets the engine before any step
    CallMachine() {}

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
        long own = Math.min(engine.deadlineNanos, call.deadlineNanos());
        deadlineNanos = Math.min(inheritedDeadlineNanos, own == Nanos.NEVER ? own : Nanos.add(nowNanos, own));
        TelemetryHub telemetry = engine.telemetry;
        if (telemetry != null) {
            toldNanos = nowNanos;
            telemetryStates = telemetry.callStarted(this);
        }
        RetryBudget budget = engine.budget;
        if (budget != null) {
            budget.deposit();
        }
        return admit(nowNanos);
    }

    /** Before {@link #begin}: the scope that the call is in. */
    void within(@Nullable Scope scope) {
        if (scope != null) {
            within = scope;
            used = true;
        }
    }

    /** The backoff is over, or was cut short. */
    int resume(long nowNanos) {
        return admit(nowNanos);
    }

    private int admit(long nowNanos) {
        StopReason refused = refusal(nowNanos, true, false);
        ConcurrencyLimit limit = engine.limit;
        if (refused == StopReason.LIMIT_FULL && limit != null && limit.maxWaitNanos > 0 && attempt == 0) {
            // A retry gets the room that first attempts leave, and does not wait for it.
            if (!limit.isCollapsed()) {
                awaitsRoom = true;
                used = true;
                askedNanos = nowNanos;
                giveUpAtNanos = limit.giveUpAtNanos(nowNanos, deadlineNanos);
                return AWAIT_PERMIT;
            }
        }
        if (refused != null) {
            return stop(refused, nowNanos);
        }
        Limiter limiter = engine.limiter;
        if (limiter != null && (attempt > 0 || !limiter.tryAcquire(nowNanos))) {
            // A retry queues behind first attempts, so it never takes a permit past them.
            leave();
            askedNanos = nowNanos;
            return AWAIT_PERMIT;
        }
        return start(nowNanos);
    }

    /** The limiter granted a permit, after a wait that began at {@link #askedNanos}. */
    int permitted(long nowNanos) {
        waited(nowNanos);
        boolean hasRoom = awaitsRoom;
        awaitsRoom = false;
        // The throttle has been asked before the wait: asked twice, it would reject more than its share.
        StopReason refused = refusal(nowNanos, false, hasRoom);
        if (refused != null) {
            return stop(refused, nowNanos);
        }
        if (hasRoom) {
            Limiter limiter = engine.limiter;
            if (limiter != null && !limiter.tryAcquire(nowNanos)) {
                // The driver gives the room back, as it does with each permit that brings no start.
                leave();
                askedNanos = nowNanos;
                return AWAIT_PERMIT;
            }
            inLimit = true;
        }
        return start(nowNanos);
    }

    /**
     * Gets in line for what {@link #AWAIT_PERMIT} is about: a permit of the limiter, or room within the concurrency limit.
     *
     * @return null if there is none in time
     */
    Limiter.@Nullable Ticket join(Runnable onGranted) {
        ConcurrencyLimit limit = engine.limit;
        if (awaitsRoom && limit != null) {
            return limit.await(askedNanos, giveUpAtNanos, onGranted);
        }
        return Objects.requireNonNull(engine.limiter).acquire(askedNanos, attempt > 0, deadlineNanos, onGranted);
    }

    /** The instant at which the wait for a permit ends without one. */
    long giveUpAtNanos() {
        return awaitsRoom ? giveUpAtNanos : deadlineNanos;
    }

    private boolean isCollapsed() {
        ConcurrencyLimit limit = engine.limit;
        return limit != null && limit.isCollapsed();
    }

    /** The limiter has no permit in time, or the wait for it was cut short by the deadline. */
    int notPermitted(long nowNanos) {
        waited(nowNanos);
        StopReason why = awaitsRoom ? StopReason.LIMIT_FULL : StopReason.NO_PERMIT;
        awaitsRoom = false;
        return stop(ending == null ? why : ending(), nowNanos);
    }

    private void waited(long nowNanos) {
        used = true;
        limiterWaitNanos += nowNanos - askedNanos;
        tell(TelemetryHub.LIMITER_WAITED, nowNanos, nowNanos - askedNanos, null);
    }

    /**
     * Why no attempt may be made now; null if one may. It then is in the bulkhead and the concurrency limit and has the
     * breaker's stamp; all that is left to pass is the limiter.
     */
    private @Nullable StopReason refusal(long nowNanos, boolean asksThrottle, boolean hasRoom) {
        if (ending != null) {
            return ending();
        }
        if (engine.isClosed()) {
            return StopReason.CLOSED;
        }
        if (deadlineNanos != Nanos.NEVER && nowNanos >= deadlineNanos) {
            return StopReason.DEADLINE;
        }
        Throttle throttle = engine.throttle;
        if (throttle != null && asksThrottle && !throttle.tryAcquire(nowNanos)) {
            return StopReason.THROTTLED;
        }
        Breaker breaker = engine.breaker;
        if (breaker != null) {
            breakerStamp = breaker.tryAcquire(nowNanos);
            if (breakerStamp == Breaker.REFUSED) {
                return StopReason.BREAKER_OPEN;
            }
        }
        ConcurrencyLimit limit = engine.limit;
        if (limit != null && !hasRoom) {
            if (!limit.tryEnter(nowNanos)) {
                forgetProbe();
                return StopReason.LIMIT_FULL;
            }
            inLimit = true;
        }
        Bulkhead bulkhead = engine.bulkhead;
        if (bulkhead != null) {
            if (!bulkhead.tryEnter()) {
                leave();
                return StopReason.BULKHEAD_FULL;
            }
            inBulkhead = true;
        }
        return null;
    }

    private int start(long nowNanos) {
        made = attempt + 1;
        if (outcome != null) {
            outcome = null;
        }
        if (paidUnsent) {
            paidUnsent = false;
        }
        Throttle throttle = engine.throttle;
        if (throttle != null) {
            throttle.onSent(nowNanos);
        }
        attemptStartNanos = nowNanos;
        long timeout = engine.attemptTimeoutNanos;
        dueNanos = timeout == Nanos.NEVER ? deadlineNanos : Math.min(deadlineNanos, Nanos.add(nowNanos, timeout));
        if (telemetryStates != null) {
            tell(TelemetryHub.ATTEMPT_STARTED, nowNanos, 0, null);
        }
        return START;
    }

    /** The attempt's body has returned to its driver, on the thread that started it. */
    void attemptLeft() {
        TelemetryHub telemetry = engine.telemetry;
        // An asynchronous call may be told of by others at this moment, so this writes nothing.
        if (telemetryStates != null && telemetry != null) {
            telemetry.tell(TelemetryHub.ATTEMPT_LEFT, this, telemetryStates, 0, null);
        }
    }

    private void attemptEnded(@Nullable Outcome produced, long nowNanos) {
        if (engine.telemetry != null) {
            outcome = produced;
            tell(TelemetryHub.ATTEMPT_ENDED, nowNanos, 0, null);
        }
    }

    /** See {@link TelemetryHub#tell}. */
    @Nullable
    String tell(int what, long nowNanos, long nanos, @Nullable Object with) {
        TelemetryHub telemetry = engine.telemetry;
        if (telemetry == null) {
            return null;
        }
        toldNanos = nowNanos;
        return telemetry.tell(what, this, telemetryStates, nanos, with);
    }

    /** Out of the bulkhead, the limit and the breaker without an attempt, or without a word on one. */
    private void leave() {
        leaveBulkhead();
        ConcurrencyLimit limit = engine.limit;
        if (inLimit && limit != null) {
            inLimit = false;
            limit.leave();
        }
        forgetProbe();
    }

    private void leaveBulkhead() {
        Bulkhead bulkhead = engine.bulkhead;
        if (inBulkhead && bulkhead != null) {
            inBulkhead = false;
            bulkhead.leave();
        }
    }

    private void forgetProbe() {
        Breaker breaker = engine.breaker;
        if (breaker != null) {
            breaker.onIgnored(breakerStamp);
        }
    }

    /** True if a returned value needs judging; false if it is a success and {@link #succeeded} can be told at once. */
    boolean judgesValues() {
        return engine.judgesValues || call.reader() != null;
    }

    /** True if the success must come with the present instant; else the attempt's start serves. */
    boolean needsClockOnSuccess() {
        TelemetryHub telemetry = engine.telemetry;
        return engine.clockOnSuccess || (telemetry != null && (attempt > 0 || telemetry.timesEveryCall()));
    }

    private long tookNanos(long nowNanos) {
        return Math.min(nowNanos, answeringNanos) - attemptStartNanos;
    }

    /** The attempt returned a value that needs no judging. */
    int succeeded(long nowNanos) {
        return succeeded(null, nowNanos);
    }

    private int succeeded(@Nullable Outcome judged, long nowNanos) {
        leaveBulkhead();
        Breaker breaker = engine.breaker;
        if (breaker != null) {
            breaker.onSuccess(breakerStamp, nowNanos, tookNanos(nowNanos));
        }
        if (engine.learnsFromSuccess) {
            teach(nowNanos);
        }
        if (paid > 0) {
            refund();
        }
        if (engine.telemetry != null) {
            succeeded = true;
            attemptEnded(judged, nowNanos);
            tell(TelemetryHub.CALL_ENDED, nowNanos, 0, null);
        }
        EventBus events = engine.events;
        if (events != null) {
            publishEnd(events, nowNanos, null);
        }
        return SUCCEED;
    }

    /** Tells those who go by durations of a success. */
    private void teach(long nowNanos) {
        ConcurrencyLimit limit = engine.limit;
        if (inLimit && limit != null) {
            inLimit = false;
            limit.leave(nowNanos, tookNanos(nowNanos));
        }
        Hedge hedge = engine.hedge;
        if (hedge != null) {
            hedge.record(tookNanos(nowNanos));
            if (hedged) {
                overtake(hedge, nowNanos);
            }
        }
    }

    private void refund() {
        RetryBudget budget = engine.budget;
        if (budget != null) {
            budget.refund(paid);
        }
        paid = 0;
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
        try {
            produced = outcome(value, thrown);
            judged = Judge.judge(engine.classifier, produced, repeatable());
            refusal = engine.countsRefusals && Judge.isRefusal(produced, judged);
            dropped = refusal && Judge.fate(produced, judged) != Fate.ANSWERED;
        } catch (Throwable broken) {
            return ruleFailed(thrown, broken, nowNanos, true);
        }
        if (judged.isSuccess()) {
            return succeeded(produced, nowNanos);
        }
        report(judged.health(), refusal, nowNanos);
        lastFailure = thrown;
        lastWasValue = thrown == null;
        verdict = judged;
        fate = Judge.fate(produced, judged);
        replayable = produced.replayable();
        if (thrown != null
                && !(bare && !(thrown instanceof LeveeException))
                && judged.isRetryable()
                && hasRetriedInside(thrown)
                && !judged.isOfUser()) {
            judged = judged.toFinal("nested-levee", "an engine inside this attempt has retried or refused already");
            verdict = judged;
        }
        if (isServedRetry() && judged.isRetryable() && judged.cost() > 0) {
            judged = judged.toFinal(SERVED_RETRY, "done for a retry of the caller, who goes on retrying");
            verdict = judged;
        }
        attemptEnded(produced, nowNanos);
        if (ending != null) {
            return stop(ending(), nowNanos);
        }
        if (!judged.isRetryable()) {
            return stop(Judge.stopReason(judged), nowNanos);
        }
        if (parked != null) {
            return awaitOther();
        }
        try {
            return backOff(judged, produced.isPushedBack(), nowNanos);
        } catch (Throwable broken) {
            return ruleFailed(thrown, broken, nowNanos, false);
        }
    }

    @SuppressWarnings("unchecked") // a call's reader takes what the call's attempts return
    private Outcome outcome(@Nullable Object value, @Nullable Throwable thrown) {
        OutcomeReader<Object> reader = (OutcomeReader<Object>) call.reader();
        if (reader != null) {
            return reader.read(value, thrown);
        }
        return thrown == null ? Outcome.value(value) : Outcome.failure(thrown);
    }

    boolean repeatable() {
        return call.repeatable(engine.repeatable);
    }

    /** Whether the call is made for a retry of this process' caller, who goes on retrying: it may cost no token here. */
    private boolean isServedRetry() {
        Scope around = within;
        return around != null && around.servedAttempt() > 0;
    }

    /** The engine of an inner call leaves its note on what it throws; if it has retried or refused, this one must not. */
    private boolean hasRetriedInside(Throwable thrown) {
        Throwable t = thrown;
        for (int depth = 0; t != null && depth < CauseChain.MAX_DEPTH; depth++) {
            Decision inner = Decision.of(t);
            // An exception object that attempts share may still carry a note of this downstream's own.
            if (inner != null && !inner.downstream().equals(engine.name)) {
                StopReason stop = inner.stop();
                return inner.attempt() > 0
                        || inner.fate() == null
                        || stop == StopReason.RETRY_BUDGET
                        || stop == StopReason.BREAKER_OPEN
                        || stop == StopReason.THROTTLED
                        || stop == StopReason.DEADLINE;
            }
            t = t.getCause();
        }
        return false;
    }

    /** The attempt that runs has ended without success: tells everybody who counts attempts. */
    private void report(Verdict.Health health, boolean refusal, long nowNanos) {
        leaveBulkhead();
        tellBreaker(health, nowNanos);
        Throttle throttle = engine.throttle;
        if (refusal && throttle != null) {
            throttle.onRefused(attemptStartNanos);
        }
        ConcurrencyLimit limit = engine.limit;
        if (inLimit && limit != null) {
            inLimit = false;
            if (refusal && dropped) {
                limit.leaveDropped(nowNanos);
            } else if (health == Verdict.Health.FAULT) {
                limit.leaveFailed(nowNanos);
            } else if (health == Verdict.Health.UNKNOWN) {
                limit.leave();
            } else {
                limit.leave(nowNanos, tookNanos(nowNanos));
            }
        }
    }

    private void tellBreaker(Verdict.Health health, long nowNanos) {
        Breaker breaker = engine.breaker;
        if (breaker == null) {
            return;
        }
        if (health == Verdict.Health.HEALTHY) {
            breaker.onSuccess(breakerStamp, nowNanos, tookNanos(nowNanos));
        } else if (health == Verdict.Health.FAULT) {
            breaker.onFailure(breakerStamp, nowNanos, tookNanos(nowNanos));
        } else {
            breaker.onIgnored(breakerStamp);
        }
    }

    private int backOff(Verdict judged, boolean pushedBack, long nowNanos) {
        int retry = attempt + 1;
        int ownLimit = judged.maxRetries();
        if (ownLimit <= attempt && timesRetried(judged.rule()) >= ownLimit) {
            return stop(StopReason.CLASS_LIMIT, nowNanos);
        }
        long asked = judged.askedNanos();
        long delay = Judge.beforeRetry(engine.policy, retry, lastBackoffNanos, asked, engine.random);
        if (delay == RetryPolicy.STOP) {
            return stop(StopReason.ATTEMPTS, nowNanos);
        }
        if (pushedBackAt > 0 && asked >= 0) {
            delay = Judge.beforeRetry(engine.policy, retry - pushedBackAt, lastBackoffNanos, asked, engine.random);
        }
        if (engine.spreadsRefusals && fate == Fate.REFUSED_UNPROCESSED && deadlineNanos != Nanos.NEVER) {
            if (attempt > 0) {
                return stop(StopReason.CLASS_LIMIT, nowNanos, delay);
            }
            long spread = Math.min(LONGEST_SPREAD, (deadlineNanos - nowNanos) / 4 * 3);
            delay = Math.max(delay, engine.random.nextBelow(Math.max(1, spread)));
        }
        if (isCollapsed()) {
            return stop(StopReason.LIMIT_FULL, nowNanos, delay);
        }
        long wake = Nanos.add(nowNanos, delay);
        judgedNanos = nowNanos;
        wakeAtNanos = wake;
        if (engine.isClosed()) {
            return stop(StopReason.CLOSED, nowNanos);
        }
        if (deadlineNanos != Nanos.NEVER && wake >= deadlineNanos) {
            return stop(StopReason.DEADLINE, nowNanos, delay);
        }
        if (judged.minDelayNanos() > engine.maxServerDelayNanos) {
            return stop(StopReason.SERVER_DELAY, nowNanos, delay);
        }
        Breaker breaker = engine.breaker;
        if (breaker != null && breaker.openUntilNanos() > wake) {
            return stop(StopReason.BREAKER_OPEN, nowNanos, delay);
        }
        RetryBudget budget = engine.budget;
        if (budget != null) {
            if (!budget.tryWithdraw(judged.cost(), nowNanos)) {
                return stop(StopReason.RETRY_BUDGET, nowNanos, delay);
            }
            // Of several retries of one call each has its price; only the one that succeeds gets its own back.
            paid = judged.cost();
            paidUnsent = true;
        }
        EventBus events = engine.events;
        if (events != null || engine.telemetry != null) {
            Decision record = record(null, nowNanos, delay);
            if (events != null) {
                events.publish(new LeveeEvent.RetryScheduled(record, lastFailure));
            }
            tell(TelemetryHub.RETRY_SCHEDULED, nowNanos, 0, record);
        }
        remember(judged.rule());
        hedged = false;
        firstInFocus = false;
        lastBackoffNanos = delay;
        if (pushedBack) {
            pushedBackAt = retry;
            lastBackoffNanos = 0;
        }
        attempt = retry;
        return BACK_OFF;
    }

    private int timesRetried(String rule) {
        int times = 0;
        for (int i = 0; i < retries; i++) {
            if (rule.equals(retriedRules[i])) {
                times++;
            }
        }
        return times;
    }

    private void remember(String rule) {
        if (retries == retriedRules.length) {
            retriedRules = Arrays.copyOf(retriedRules, Math.max(4, retries * 2));
        }
        retriedRules[retries++] = rule;
        rememberFailure();
    }

    private void rememberFailure() {
        Throwable last = lastFailure;
        if (last != null) {
            if (earlierCount == earlier.length) {
                earlier = Arrays.copyOf(earlier, Math.max(4, earlierCount * 2));
            }
            earlier[earlierCount++] = last;
        }
    }

    /** The instant at which the first attempt, just started, is to be hedged; {@link Nanos#NEVER} if it is not. */
    long hedgeAtNanos() {
        Hedge hedge = engine.hedge;
        if (hedge == null || attempt != 0 || !call.isHedgeable() || !repeatable() || isServedRetry()) {
            return Nanos.NEVER;
        }
        long delay = hedge.delayNanos(attemptStartNanos);
        long at = delay == Hedge.UNKNOWN_DELAY ? Nanos.NEVER : Nanos.add(attemptStartNanos, delay);
        return at < dueNanos ? at : Nanos.NEVER;
    }

    /**
     * The first attempt has run for the hedge's delay. Answers whether the hedge is to be made: it is the attempt in focus
     * then. If not, nothing has happened.
     */
    boolean startHedge(long nowNanos) {
        Hedge hedge = engine.hedge;
        RetryBudget budget = engine.budget;
        if (hedge == null || budget == null || attempt != 0 || !allowsSecond() || !budget.tryWithdraw(1, nowNanos)) {
            return false;
        }
        used = true;
        long firstStart = attemptStartNanos;
        Lane first = lane();
        inBulkhead = false;
        inLimit = false;
        breakerStamp = Breaker.REFUSED;
        attempt = 1;
        Limiter limiter = engine.limiter;
        boolean admitted = refusal(nowNanos, true, false) == null;
        if (admitted && limiter != null && !limiter.tryAcquire(nowNanos)) {
            // Nobody waits for a permit to hedge: by then the first attempt has had its time.
            leave();
            admitted = false;
        }
        if (!admitted) {
            attempt = 0;
            takeUp(first);
            budget.refund(1);
            return false;
        }
        hedged = true;
        parked = first;
        int started = start(nowNanos);
        hedge.onSent();
        EventBus events = engine.events;
        if (events != null) {
            events.publish(new LeveeEvent.HedgeSent(
                    engine.name, call.operation(), attempt, nowNanos - firstStart, budget.balance(nowNanos)));
        }
        return started == START;
    }

    private boolean allowsSecond() {
        try {
            return Judge.beforeRetry(engine.policy, 1, 0, 0, engine.random) != RetryPolicy.STOP;
        } catch (Throwable broken) {
            // It will throw again where the call depends on it, and end it there.
            return false;
        }
    }

    /** What is told next is of the attempt with this number, the first or its hedge. */
    void focus(int number) {
        Lane other = parked;
        if (other != null && (other.isFirst ? 0 : 1) == number) {
            parked = lane();
            takeUp(other);
        }
    }

    private Lane lane() {
        return new Lane(attempt == 0 || firstInFocus, inBulkhead, inLimit, breakerStamp, attemptStartNanos, dueNanos);
    }

    private void takeUp(Lane lane) {
        firstInFocus = lane.isFirst;
        inBulkhead = lane.inBulkhead;
        inLimit = lane.inLimit;
        breakerStamp = lane.breakerStamp;
        attemptStartNanos = lane.startNanos;
        dueNanos = lane.dueNanos;
    }

    /** The attempt in focus has failed and may be retried: the one that is still out is that retry. */
    private int awaitOther() {
        rememberFailure();
        Lane other = Objects.requireNonNull(parked);
        parked = null;
        takeUp(other);
        return AWAIT_OTHER;
    }

    /** Of two attempts the one in focus has succeeded; the driver cancels the other. */
    private void overtake(Hedge hedge, long nowNanos) {
        Lane other = parked;
        if (!firstInFocus) {
            hedge.onWon();
            if (other != null) {
                hedge.record(nowNanos - other.startNanos);
            }
        }
        dropOther(nowNanos);
    }

    private void dropOther(long nowNanos) {
        Lane other = parked;
        if (other != null) {
            Lane deciding = lane();
            parked = null;
            takeUp(other);
            leave();
            tellCutShort(null, nowNanos);
            takeUp(deciding);
        }
    }

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
        Verdict.Health health = late ? Verdict.Health.FAULT : Verdict.Health.UNKNOWN;
        return cutShort(StopReason.DEADLINE, health, thrown, nowNanos);
    }

    /** The caller has gone away in mid-attempt: {@link #endBy} was told. */
    int cancelled(@Nullable Throwable thrown, long nowNanos) {
        return cutShort(ending(), Verdict.Health.UNKNOWN, thrown, nowNanos);
    }

    /** Tells that the attempt in focus ended without being judged; the call's own record goes back to one that was. */
    private void tellCutShort(@Nullable Throwable thrown, long nowNanos) {
        Verdict judged = verdict;
        Fate known = fate;
        Throwable last = lastFailure;
        verdict = null;
        fate = Fate.SENT_NO_ANSWER;
        lastFailure = thrown;
        attemptEnded(null, nowNanos);
        verdict = judged;
        fate = known;
        lastFailure = last;
    }

    private int cutShort(StopReason why, Verdict.Health health, @Nullable Throwable thrown, long nowNanos) {
        dropped = true;
        report(health, health == Verdict.Health.FAULT, nowNanos);
        tellCutShort(thrown, nowNanos);
        if (thrown != null) {
            lastFailure = thrown;
        }
        lastWasValue = false;
        fate = Fate.SENT_NO_ANSWER;
        return stop(why, nowNanos, 0, true);
    }

    /** The attempt that was to start is not made: the caller went away in the last moment, and nothing was sent. */
    int withdrawn(long nowNanos) {
        leave();
        made = attempt;
        paidUnsent = paid > 0;
        return stop(ending(), nowNanos);
    }

    /** Any thread: ends the call at its next step. */
    void endBy(StopReason why) {
        ending = why;
    }

    boolean isEnding() {
        return ending != null;
    }

    private StopReason ending() {
        StopReason why = ending;
        return why == null ? StopReason.CANCELLED : why;
    }

    /** The driver cannot go on: the executor that later attempts need refused the work. */
    int driverFailed(Throwable broken, long nowNanos) {
        Throwable last = lastFailure;
        if (last == null) {
            lastFailure = broken;
        } else {
            suppress(last, broken);
        }
        lastWasValue = false;
        return stop(StopReason.RULE_FAILED, nowNanos);
    }

    private int ruleFailed(@Nullable Throwable thrown, Throwable broken, long nowNanos, boolean isUntold) {
        report(Verdict.Health.UNKNOWN, false, nowNanos);
        verdict = null;
        fate = thrown == null ? Fate.ANSWERED : Fate.SENT_NO_ANSWER;
        if (thrown == null) {
            lastFailure = broken;
        } else {
            lastFailure = thrown;
            suppress(thrown, broken);
        }
        if (isUntold) {
            attemptEnded(null, nowNanos);
        }
        return stop(StopReason.RULE_FAILED, nowNanos);
    }

    private int stop(StopReason why, long nowNanos) {
        return stop(why, nowNanos, 0, false);
    }

    private int stop(StopReason why, long nowNanos, long consideredDelay) {
        return stop(why, nowNanos, consideredDelay, false);
    }

    /** Ends the call. Cut short, it ends with Levee's own exception; else with the last attempt's, if there was one. */
    private int stop(StopReason why, long nowNanos, long consideredDelay, boolean cutShort) {
        used = true;
        if (paidUnsent) {
            refund();
            paidUnsent = false;
        }
        endedNanos = nowNanos;
        stopped = why;
        Scope around = within;
        if (around != null && inVain(why)) {
            around.giveUp();
        }
        if (made == 0 && lastFailure == null && nowNanos == startNanos) {
            LeveeException refusal = LeveeException.refusal(
                    why,
                    engine,
                    call,
                    nowNanos,
                    deadlineNanos == Nanos.NEVER ? deadlineNanos : deadlineNanos - nowNanos);
            if (refusal != null) {
                failure = refusal;
                return FAIL;
            }
        }
        Decision record = record(why, nowNanos, consideredDelay);
        dropOther(nowNanos);
        decision = record;
        Throwable last = lastFailure;
        boolean kept = last != null && !cutShort && why != StopReason.CANCELLED && why != StopReason.CLOSED;
        Throwable thrown = last != null && kept ? last : LeveeException.of(record, last);
        Throwable before = last;
        for (int i = 0; i < earlierCount; i++) {
            Throwable one = earlier[i];
            if (one != null && one != before && one != last) {
                suppress(thrown, one);
                before = one;
            }
        }
        if (kept) {
            suppress(thrown, LeveeException.of(record, null));
        }
        failure = thrown;
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

    private static void suppress(Throwable on, Throwable added) {
        if (on != added && on.getSuppressed().length < MAX_SUPPRESSED) {
            on.addSuppressed(added);
        }
    }

    private Decision record(@Nullable StopReason why, long nowNanos, long delay) {
        Verdict judged = verdict;
        Throwable last = lastFailure;
        RetryBudget budget = engine.budget;
        Breaker breaker = engine.breaker;
        Throttle throttle = engine.throttle;
        ConcurrencyLimit limit = engine.limit;
        return new Decision(
                engine.name,
                call.operation(),
                why,
                judged == null ? Decision.NO_RULE : judged.rule(),
                judged != null ? judged.reason() : why == null ? "" : why.withoutVerdict(),
                last == null ? null : last.getClass().getName(),
                firstInFocus ? 0 : made > 0 ? made - 1 : attempt,
                made > 0 ? fate : null,
                delay,
                engine.clockAtStart ? nowNanos - startNanos : -1,
                deadlineNanos == Nanos.NEVER ? Nanos.NEVER : deadlineNanos - nowNanos,
                budget == null ? Double.NaN : budget.balance(nowNanos),
                judged == null ? 0 : judged.cost(),
                limiterWaitNanos,
                breaker == null ? null : breaker.state(),
                throttle == null ? Double.NaN : throttle.rejectionProbability(nowNanos),
                limit == null ? -1 : limit.limit(),
                repeatable(),
                replayable,
                false);
    }

    /** After {@link #FAIL}, once the driver knows what the caller gets. */
    void failed(boolean degraded) {
        Decision record = degraded ? decision() : null;
        if (record != null) {
            decision = record.asDegraded();
        }
        tell(TelemetryHub.CALL_ENDED, endedNanos, 0, null);
        EventBus events = engine.events;
        if (events != null) {
            publishEnd(events, endedNanos, failure);
        }
    }

    private void publishEnd(EventBus events, long nowNanos, @Nullable Throwable thrown) {
        events.publish(new LeveeEvent.CallEnded(
                engine.name, call.operation(), made, nowNanos - startNanos, decision(), thrown));
    }

    /** When the limiter was asked last, and had no permit. */
    long askedNanos() {
        return askedNanos;
    }

    @Override
    public Call<?> call() {
        return call;
    }

    @Override
    public int attempt() {
        return firstInFocus ? 0 : attempt;
    }

    @Override
    public int attemptsMade() {
        return made;
    }

    /** The instant at which the attempt was started. */
    long attemptStartNanos() {
        return attemptStartNanos;
    }

    /** The instant by which the attempt must end. */
    long dueNanos() {
        return dueNanos;
    }

    /** The instant by which the call must end: no wait for a permit goes on past it. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    /** The instant at which a backoff was decided on. */
    long judgedNanos() {
        return judgedNanos;
    }

    /** The instant at which a backoff ends. */
    long wakeAtNanos() {
        return wakeAtNanos;
    }

    /** True if what the call ends with is the value that its last attempt returned, if the driver still has it. */
    boolean endsWithValue() {
        StopReason why = decision == null ? null : decision.stop();
        return lastWasValue && why != StopReason.CANCELLED && why != StopReason.CLOSED && why != StopReason.RULE_FAILED;
    }

    /** True if the downstream, not the request, is to blame for the value that the call ends with. */
    boolean endsInFault() {
        return verdict == null || verdict.health() == Verdict.Health.FAULT;
    }

    /** What the call failed with. */
    Throwable failure() {
        return Objects.requireNonNull(failure, "the call has not failed");
    }

    @Override
    public @Nullable Decision decision() {
        return decision == null && failure instanceof LeveeException refusal ? refusal.decision() : decision;
    }

    @Override
    public @Nullable Outcome outcome() {
        return outcome;
    }

    @Override
    public @Nullable Verdict verdict() {
        return succeeded ? Verdict.SUCCESS : verdict;
    }

    @Override
    public @Nullable Fate fate() {
        return succeeded ? Fate.ANSWERED : fate;
    }

    @Override
    public @Nullable Throwable thrown() {
        return succeeded ? null : failure == null ? lastFailure : failure;
    }

    @Override
    public long attemptNanos() {
        return toldNanos - attemptStartNanos;
    }

    @Override
    public long retryNanos() {
        return attempt() == 0 ? 0 : hedged ? attemptNanos() : toldNanos - judgedNanos;
    }

    @Override
    public long elapsedNanos() {
        return toldNanos - startNanos;
    }

    @Override
    public @Nullable StopReason stop() {
        return failure == null ? null : stopped;
    }

    /** Makes no record: where calls are refused in great numbers, nobody may ask for one. */
    @Override
    public CallResult result() {
        StopReason why = stop();
        if (why == null) {
            return CallResult.GOOD;
        }
        if (why == StopReason.CANCELLED) {
            return CallResult.WITHDRAWN;
        }
        Decision record = decision;
        if (record != null && record.degraded()) {
            return CallResult.DEGRADED;
        }
        return verdict != null && verdict.health() == Verdict.Health.HEALTHY ? CallResult.GOOD : CallResult.BAD;
    }

    @Override
    public @Nullable String traceparent() {
        return tell(TelemetryHub.TRACEPARENT, toldNanos, 0, null);
    }

    @Nullable
    Object @Nullable [] telemetryStates() {
        return telemetryStates;
    }

    /** Drops what belongs to this call, so that a kept machine keeps nothing of it alive. */
    void end() {
        if (call != Call.PLAIN) {
            call = Call.PLAIN;
        }
        if (ending != null) {
            ending = null;
        }
        made = 0;
        if (telemetryStates != null) {
            telemetryStates = null;
        }
        if (outcome != null) {
            outcome = null;
        }
        succeeded = false;
        if (used) {
            clear();
        }
    }

    private void clear() {
        used = false;
        within = null;
        limiterWaitNanos = 0;
        lastBackoffNanos = 0;
        pushedBackAt = 0;
        Arrays.fill(retriedRules, 0, retries, null);
        retries = 0;
        Arrays.fill(earlier, 0, earlierCount, null);
        earlierCount = 0;
        attempt = 0;
        paid = 0;
        paidUnsent = false;
        lastFailure = null;
        lastWasValue = false;
        verdict = null;
        fate = null;
        replayable = true;
        hedged = false;
        firstInFocus = false;
        failure = null;
        decision = null;
    }
}
