package io.levee;

/**
 * What is known of one call: the figures that the {@link CallMachine} and the {@link Engine} have written so far, and what
 * telemetry and the caller are shown of them. The machine's lower layer and not a part of it: so a call is one object, and
 * an attempt that succeeds at once follows no reference to find its figures.
 */
abstract class CallState implements CallView {
    // The whole call.
    Engine engine;
    Call<?> call = Call.PLAIN;
    /** The scope that the call is in; null for none. */
    @Nullable
    Scope within;

    long startNanos;
    long deadlineNanos;
    long limiterWaitNanos;
    /** When the limiter was asked last, and had no permit. */
    long askedNanos;
    /** True if what is waited for is room within the concurrency limit. */
    boolean awaitsRoom;

    long giveUpAtNanos;
    final Retries retries = new Retries();
    /** Whether anything but a first attempt that succeeds at once has happened, and {@link #end} has to clear up. */
    boolean used;
    /** Set by whoever cancels; read by the driver's next step. Opponent: the cancelling thread. */
    private volatile @Nullable StopReason ending;

    // The attempt that runs or was judged last.
    int attempt;
    int made;
    // What it holds of the protections; the engine's to write.
    boolean inBulkhead;
    boolean inLimit;
    long breakerStamp;
    long attemptStartNanos;
    long dueNanos;
    /** When the attempt's answer began: the time that it took ends there. Only the asynchronous driver tells. */
    long answeringNanos = Nanos.NEVER;

    @Nullable
    Throwable lastFailure;

    boolean lastWasValue;

    @Nullable
    Verdict verdict;

    @Nullable
    Fate fate;

    /** Whether the connection broke before an answer; only if somebody counts refusals. */
    boolean broken;

    boolean replayable = true;
    /** The first attempt and its hedge, from when that is sent; what is said of 'the attempt' is of the one in focus. */
    @Nullable
    Race race;

    // The end.
    long endedNanos;
    StopReason stopped = StopReason.FINAL;

    @Nullable
    Throwable failure;

    /** What the caller's own method throws: the failure, unless the call ends with a value all the same. */
    @Nullable
    Throwable thrown;

    @Nullable
    Decision decision;

    // What telemetry is told, and kept only if there is any.
    /** What the sinks keep for this call; null if they keep nothing. */
    @Nullable
    Object @Nullable [] telemetryStates;

    /** The outcomes that nobody sees but this call, one after the other. */
    final Outcome own = Outcome.value(null);

    private @Nullable Outcome outcome;
    private boolean succeeded;
    private long toldNanos;

    @SuppressWarnings("NullAway.Init") // begin() sets the engine before any step
    CallState() {}

    // The ending that comes from outside.

    /** Any thread: ends the call at its next step. */
    final void endBy(StopReason why) {
        ending = why;
    }

    /** Whether the call has come this instant, and its first attempt has not waited for anything. */
    final boolean isNew(long nowNanos) {
        return attempt == 0 && startNanos == nowNanos;
    }

    final boolean isEnding() {
        return ending != null;
    }

    final StopReason ending() {
        StopReason why = ending;
        return why == null ? StopReason.CANCELLED : why;
    }

    // What telemetry is told.

    final void tellStart(TelemetryHub telemetry, long nowNanos) {
        toldNanos = nowNanos;
        telemetryStates = telemetry.callStarted(this);
    }

    final void tellAttemptStart(long nowNanos) {
        if (outcome != null) {
            outcome = null;
        }
        if (telemetryStates != null) {
            tell(TelemetryHub.ATTEMPT_STARTED, nowNanos, 0, null);
        }
    }

    /** The attempt's body has returned to its driver, on the thread that started it. */
    final void attemptLeft() {
        TelemetryHub telemetry = engine.telemetry;
        // An asynchronous call may be told of by others at this moment, so this writes nothing.
        if (telemetryStates != null && telemetry != null) {
            telemetry.tell(TelemetryHub.ATTEMPT_LEFT, this, telemetryStates, 0, null);
        }
    }

    final void tellAttemptEnd(@Nullable Outcome produced, long nowNanos) {
        if (engine.telemetry != null) {
            outcome = produced;
            tell(TelemetryHub.ATTEMPT_ENDED, nowNanos, 0, null);
        }
    }

    /** Tells that the attempt in focus ended without being judged; the call's own record goes back to one that was. */
    final void tellCutShort(@Nullable Throwable thrown, long nowNanos) {
        Verdict judged = verdict;
        Fate known = fate;
        Throwable last = lastFailure;
        verdict = null;
        fate = Fate.SENT_NO_ANSWER;
        lastFailure = thrown;
        tellAttemptEnd(null, nowNanos);
        verdict = judged;
        fate = known;
        lastFailure = last;
    }

    final void tellSuccess(@Nullable Outcome judged, long nowNanos) {
        if (engine.telemetry != null) {
            succeeded = true;
            tellAttemptEnd(judged, nowNanos);
            tell(TelemetryHub.CALL_ENDED, nowNanos, 0, null);
        }
        EventBus events = engine.events;
        if (events != null) {
            publishEnd(events, nowNanos, null);
        }
    }

    /** After {@link CallMachine#FAIL}, once the driver knows what the caller gets. */
    final void failed(boolean degraded) {
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

    /** See {@link TelemetryHub#tell}. */
    @Nullable
    final String tell(int what, long nowNanos, long nanos, @Nullable Object with) {
        TelemetryHub telemetry = engine.telemetry;
        if (telemetry == null) {
            return null;
        }
        toldNanos = nowNanos;
        return telemetry.tell(what, this, telemetryStates, nanos, with);
    }

    // What is shown.

    final boolean repeatable() {
        return call.repeatable(engine.repeatable);
    }

    /** True if a returned value needs judging; false if it is a success and {@link CallMachine#succeeded(long)} can be told at once. */
    final boolean judgesValues() {
        return engine.judgesValues || call.reader != null;
    }

    /** True if the success must come with the present instant; else the attempt's start serves. */
    final boolean needsClockOnSuccess() {
        TelemetryHub telemetry = engine.telemetry;
        ConcurrencyLimit limit = engine.limit;
        return engine.clockOnSuccess
                || (limit != null && limit.measures(attemptStartNanos))
                || (telemetry != null && (attempt > 0 || telemetry.timesEveryCall));
    }

    /** Whether the call is made for a retry of this process' caller, who goes on retrying: it may cost no token here. */
    final boolean servesRetry() {
        Scope around = within;
        return around != null && around.servedAttempt() > 0;
    }

    final boolean isFirstInFocus() {
        Race both = race;
        return both != null && both.firstInFocus;
    }

    @Override
    public final Call<?> call() {
        return call;
    }

    @Override
    public final int attempt() {
        return isFirstInFocus() ? 0 : attempt;
    }

    @Override
    public final int attemptsMade() {
        return made;
    }

    @Override
    public final @Nullable Decision decision() {
        return decision == null && failure instanceof LeveeException refusal ? refusal.decision() : decision;
    }

    @Override
    public final @Nullable Outcome outcome() {
        return outcome;
    }

    @Override
    public final @Nullable Verdict verdict() {
        return succeeded ? Verdict.SUCCESS : verdict;
    }

    @Override
    public final @Nullable Fate fate() {
        return succeeded ? Fate.ANSWERED : fate;
    }

    @Override
    public final @Nullable Throwable thrown() {
        return succeeded ? null : failure == null ? lastFailure : failure;
    }

    @Override
    public final long attemptNanos() {
        return toldNanos - attemptStartNanos;
    }

    @Override
    public final long retryNanos() {
        return attempt() == 0 ? 0 : race != null ? attemptNanos() : toldNanos - retries.judgedNanos;
    }

    @Override
    public final long elapsedNanos() {
        return toldNanos - startNanos;
    }

    @Override
    public final @Nullable StopReason stop() {
        return failure == null ? null : stopped;
    }

    /** Makes no record: where calls are refused in great numbers, nobody may ask for one. */
    @Override
    public final CallResult result() {
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
    public final @Nullable String traceparent() {
        return tell(TelemetryHub.TRACEPARENT, toldNanos, 0, null);
    }

    // Between two calls.

    /** Drops what belongs to this call, so that a kept machine keeps nothing of it alive. */
    final void end() {
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
        own.reused(null, null, false);
        within = null;
        limiterWaitNanos = 0;
        retries.clear();
        attempt = 0;
        lastFailure = null;
        lastWasValue = false;
        verdict = null;
        fate = null;
        replayable = true;
        race = null;
        failure = null;
        thrown = null;
        decision = null;
    }
}
