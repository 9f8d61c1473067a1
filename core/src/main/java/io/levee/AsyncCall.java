package io.levee;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * The asynchronous driver: carries one call through the {@link CallMachine} without a thread of its own.
 *
 * <p>At any time the call waits for one thing at most, its {@link #phase}: an attempt's stage, a permit, the end of a
 * backoff. Several parties may want to end the phase (the stage, the timer, a cancellation, close); each must
 * {@linkplain #claim} it by CAS, the one that succeeds drives the machine on, the others do nothing. So the machine is
 * never driven by two threads, and each driver sees what the one before wrote.
 *
 * <p>The timer's thread runs nothing of the user's: it hands over to the executor.
 */
final class AsyncCall<T extends @Nullable Object> extends ScopeMember {
    @SuppressWarnings("rawtypes") // a class literal has no type arguments
    private static final AtomicReferenceFieldUpdater<AsyncCall, Phase> PHASE =
            AtomicReferenceFieldUpdater.newUpdater(AsyncCall.class, Phase.class, "phase");

    /** The step when another thread drives the call on, or will. */
    static final int ELSEWHERE = -1;

    final Engine engine;
    final TimeSource time;
    final Call<T> call;
    final AsyncAttemptBody<T> body;
    private final boolean wantsResult;
    final CallMachine machine;
    private final LeveeFuture<@Nullable Object> future = new LeveeFuture<>(this);
    private final @Nullable Scope parent;

    /** What the last attempt returned, while it may yet be the call's result. */
    @Nullable
    T value;

    boolean hasValue;

    volatile @Nullable Phase<T> phase;

    private AsyncCall(
            Engine engine,
            Call<T> call,
            AsyncAttemptBody<T> body,
            boolean wantsResult,
            CallMachine machine,
            @Nullable Scope parent) {
        this.engine = engine;
        this.time = engine.time;
        this.call = call;
        this.body = body;
        this.wantsResult = wantsResult;
        this.machine = machine;
        this.parent = parent;
    }

    /**
     * Starts a call on this thread. A first attempt whose stage is complete when it is returned ends here, on the
     * thread's own machine; only what has to wait becomes an AsyncCall.
     *
     * @return completes with a T, or with a {@code Result<T>} if that is wanted
     */
    static <T extends @Nullable Object> CompletableFuture<@Nullable Object> start(
            Engine engine, Call<T> call, AsyncAttemptBody<T> body, boolean wantsResult) {
        Frames frames = Frames.current();
        Scope around = frames.innermost();
        boolean isTimed = engine.clockAtStart || call.deadlineNanos != Nanos.NEVER || !frames.isBare();
        long now = isTimed ? engine.time.nanoTime() : 0;
        long inherited = frames.deadlineOn(engine.time, now);
        Frame frame = frames.push();
        try {
            CallMachine machine = frame.machine;
            if (around != null && around.isCancelled()) {
                machine.endBy(StopReason.CANCELLED);
            }
            machine.within(around);
            int step = machine.begin(engine, call, now, inherited);
            if (step != CallMachine.START) {
                return new AsyncCall<>(engine, call, body, wantsResult, frame.takeMachine(), around).goOn(step, now);
            }
            AsyncAttempt attempt = new AsyncAttempt(machine, engine, around);
            CompletionStage<T> stage = null;
            Throwable thrown = null;
            try {
                frame.enter(attempt);
                stage = started(body, attempt, engine);
            } catch (Throwable t) {
                thrown = t;
            } finally {
                frame.exit();
                machine.attemptLeft();
            }
            if (!wantsResult && stage != null && isPlainSuccess(stage) && !machine.judgesValues()) {
                T value = ((CompletableFuture<T>) stage).join();
                machine.succeeded(machine.needsClockOnSuccess() ? engine.time.nanoTime() : now);
                return LeveeFuture.of(value);
            }
            return new AsyncCall<>(engine, call, body, wantsResult, frame.takeMachine(), around)
                    .goOnWith(attempt, stage, thrown, now);
        } finally {
            frames.pop(frame);
        }
    }

    /** True if the stage is a future of the JDK's own class, which has no surprises, and has succeeded. */
    private static boolean isPlainSuccess(CompletionStage<?> stage) {
        if (stage.getClass() != CompletableFuture.class) {
            return false;
        }
        CompletableFuture<?> future = (CompletableFuture<?>) stage;
        return future.isDone() && !future.isCompletedExceptionally();
    }

    static <T extends @Nullable Object> CompletionStage<T> started(
            AsyncAttemptBody<T> body, AsyncAttempt attempt, Engine engine) throws Exception {
        CompletionStage<T> stage = body.start(attempt);
        if (stage == null) {
            throw new IllegalStateException(
                    engine.name + ": the body of attempt " + attempt.number() + " returned null instead of a stage");
        }
        return stage;
    }

    private CompletableFuture<@Nullable Object> goOn(int step, long nowNanos) {
        enlist();
        drive(step, nowNanos, false);
        return future;
    }

    private CompletableFuture<@Nullable Object> goOnWith(
            AsyncAttempt attempt, @Nullable CompletionStage<T> stage, @Nullable Throwable thrown, long startNanos) {
        enlist();
        long hedgeAt = Race.startsAtNanos(machine);
        int step = hedgeAt == Nanos.NEVER
                ? new AttemptPhase<>(this, attempt, startNanos, null).goOn(stage, thrown)
                : new RacePhase<>(this, hedgeAt).goOn(attempt, stage, thrown, startNanos);
        if (step != ELSEWHERE) {
            drive(step, time.nanoTime(), false);
        }
        return future;
    }

    /** Makes known to whoever may stop the call that there is one. */
    private void enlist() {
        if (parent != null && !parent.join(this)) {
            machine.endBy(StopReason.CANCELLED);
        }
        if (!engine.register(this)) {
            machine.endBy(StopReason.CLOSED);
        }
    }

    /**
     * Drives the call on.
     *
     * @param isForeign whether this thread is one that completed a stage of the user's: it must not make attempts
     */
    void drive(int first, long nowNanos, boolean isForeign) {
        int step = first;
        long now = nowNanos;
        while (true) {
            switch (step) {
                case CallMachine.START -> {
                    long hedgeAt = Race.startsAtNanos(machine);
                    step = hedgeAt == Nanos.NEVER
                            ? new AttemptPhase<>(this, attempt(), now, null).begin()
                            : new RacePhase<>(this, hedgeAt).begin(attempt(), now);
                    if (step == ELSEWHERE) {
                        return;
                    }
                    now = time.nanoTime();
                }
                case CallMachine.BACK_OFF -> {
                    if (hasValue) {
                        call.dispose(Call.present(value));
                        forgetValue();
                    }
                    if (isForeign || machine.retries.wakeAtNanos > now) {
                        new Phase<>(this).backOff(now);
                        return;
                    }
                    step = machine.resume(now);
                }
                case CallMachine.AWAIT_PERMIT -> {
                    step = new PermitPhase<>(this).enter();
                    if (step == ELSEWHERE) {
                        return;
                    }
                    now = time.nanoTime();
                }
                default -> {
                    finish(step);
                    return;
                }
            }
        }
    }

    /** What the body of the attempt sees that the machine has just admitted. */
    AsyncAttempt attempt() {
        return new AsyncAttempt(machine, engine, parent);
    }

    void forgetValue() {
        hasValue = false;
        value = null;
    }

    private void finish(int step) {
        leaveEverything();
        T result = Call.present(step == CallMachine.SUCCEED ? value : machine.finish(call, hasValue, value));
        Throwable failure = machine.thrown;
        boolean taken;
        if (wantsResult) {
            taken = future.finish(new Result<>(result, failure, machine.attemptsMade(), machine.decision()));
        } else {
            taken = failure == null ? future.finish(result) : future.finishExceptionally(failure);
        }
        if (!taken && failure == null) {
            // The caller went away in the last moment: nobody will close what the attempt produced.
            call.dispose(result);
        }
    }

    private void leaveEverything() {
        engine.unregister(this);
        Scope around = parent;
        if (around != null) {
            around.leave(this);
        }
    }

    /** Ends the call: any thread, at any time, also when it has ended. */
    @SuppressWarnings("NullAway") // a VarHandle takes what its variable takes, and this one takes null
    void stop(StopReason why) {
        machine.endBy(why);
        // Opponent: a driver that is just entering a phase. Either it sees the ending after it has set the phase, or
        // this sees the phase.
        Phase<?> current = PHASE.getAndSet(this, null);
        if (current != null) {
            long now = time.nanoTime();
            drive(current.abandon(now), now, true);
        }
    }

    @Override
    void scopeCancelled() {
        stop(StopReason.CANCELLED);
    }

    @Override
    void leveeClosed() {
        stop(StopReason.CLOSED);
    }

    /** Whoever succeeds ends the phase, and drives on. */
    @SuppressWarnings("NullAway") // a VarHandle takes what its variable takes, and this one takes null
    boolean claim(Phase<T> expected) {
        return PHASE.compareAndSet(this, expected, null);
    }

    /** The attempt has used up its time, or the call has. */
    int timeOutNow(long nowNanos) {
        AttemptTimeoutException timeout = machine.timedOut(null, nowNanos);
        return timeout == null ? machine.deadlinePassed(null, nowNanos) : machine.judge(null, timeout, nowNanos);
    }

    /** The stage's own failure, out of the wrapping that dependent stages put round it. */
    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
        return cause == null ? failure : cause;
    }
}
