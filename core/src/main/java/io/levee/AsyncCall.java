package io.levee;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

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
final class AsyncCall<T extends @Nullable Object> extends ScopeMember implements Engine.Closeable {
    private static final VarHandle PHASE;

    static {
        try {
            PHASE = MethodHandles.lookup().findVarHandle(AsyncCall.class, "phase", Phase.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Engine engine;
    private final TimeSource time;
    private final Call<T> call;
    private final AsyncAttemptBody<T> body;
    private final boolean wantsResult;
    private final CallMachine machine;
    private final LeveeFuture<@Nullable Object> future = new LeveeFuture<>(this);
    private final @Nullable Scope parent;

    /** What the last attempt returned, while it may yet be the call's result. */
    private @Nullable T value;

    private boolean hasValue;

    @SuppressWarnings("unused") // through PHASE
    private volatile @Nullable Phase phase;

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
        boolean isTimed = engine.clockAtStart || call.deadlineNanos() != Nanos.NEVER || !frames.isBare();
        long now = isTimed ? engine.time.nanoTime() : 0;
        long inherited = frames.deadlineOn(engine.time, now);
        Frame frame = frames.push();
        try {
            CallMachine machine = frame.machine();
            if (around != null && around.isCancelled()) {
                machine.endBy(StopReason.CANCELLED);
            }
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
            frame.end();
            frames.pop();
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

    private static <T extends @Nullable Object> CompletionStage<T> started(
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
        int step = new AttemptPhase(attempt, startNanos).goOn(stage, thrown);
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
    private void drive(int first, long nowNanos, boolean isForeign) {
        int step = first;
        long now = nowNanos;
        while (true) {
            switch (step) {
                case CallMachine.START -> {
                    step = new AttemptPhase(new AsyncAttempt(machine, engine, parent), now).run();
                    if (step == ELSEWHERE) {
                        return;
                    }
                    now = time.nanoTime();
                }
                case CallMachine.BACK_OFF -> {
                    if (hasValue) {
                        Ending.discard(call, Ending.present(value));
                        forgetValue();
                    }
                    if (isForeign || machine.wakeAtNanos() > now) {
                        new BackOffPhase().enter(now);
                        return;
                    }
                    step = machine.resume(now);
                }
                case CallMachine.AWAIT_PERMIT -> {
                    step = new PermitPhase(now).enter();
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

    /** The step when another thread drives the call on, or will. */
    private static final int ELSEWHERE = -1;

    private void forgetValue() {
        hasValue = false;
        value = null;
    }

    private void finish(int step) {
        leaveEverything();
        T result = Ending.present(value);
        Throwable failure = null;
        if (step != CallMachine.SUCCEED) {
            try {
                result = Ending.of(machine, call, hasValue, value);
            } catch (Throwable t) {
                failure = t;
            }
        }
        boolean taken;
        if (wantsResult) {
            taken = future.finish(new Result<>(result, failure, machine.attemptsMade(), machine.decision()));
        } else {
            taken = failure == null ? future.finish(result) : future.finishExceptionally(failure);
        }
        if (!taken && failure == null) {
            // The caller went away in the last moment: nobody will close what the attempt produced.
            Ending.discard(call, result);
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
    void stop(StopReason why) {
        machine.endBy(why);
        // Opponent: a driver that is just entering a phase. Either it sees the ending after it has set the phase, or
        // this sees the phase.
        Phase current = (Phase) PHASE.getAndSet(this, (Phase) null);
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
    public void leveeClosed() {
        stop(StopReason.CLOSED);
    }

    private boolean claim(Phase expected) {
        return PHASE.compareAndSet(this, expected, (Phase) null);
    }

    /** Runs a step of the call on the executor; if that takes no work any more, ends the call here. */
    private void handOver(Phase of, Runnable step) {
        try {
            engine.executor.execute(step);
        } catch (Throwable refused) {
            if (claim(of)) {
                long now = time.nanoTime();
                machine.endBy(StopReason.RULE_FAILED); // or giving the phase up would admit the next attempt
                of.abandon(now);
                drive(machine.driverFailed(refused, now), now, true);
            }
        }
    }

    /** Something that the call waits for. */
    private interface Phase {
        /** The claimed phase will not end by itself any more. Answers the step of a call that was cancelled in it. */
        int abandon(long nowNanos);
    }

    private final class BackOffPhase implements Phase {
        private volatile TimeSource.@Nullable Timeout timer;

        void enter(long nowNanos) {
            phase = this;
            long wakeAt = machine.wakeAtNanos();
            if (wakeAt > nowNanos) {
                timer = time.schedule(wakeAt, () -> handOver(this, this::wake));
            } else {
                handOver(this, this::wake);
            }
            if (machine.isEnding() && claim(this)) {
                long now = time.nanoTime();
                drive(abandon(now), now, true);
            } else if (phase != this) {
                cancelTimer();
            }
        }

        private void wake() {
            if (claim(this)) {
                long now = time.nanoTime();
                drive(machine.resume(now), now, false);
            }
        }

        @Override
        public int abandon(long nowNanos) {
            cancelTimer();
            return machine.resume(nowNanos);
        }

        private void cancelTimer() {
            TimeSource.Timeout set = timer;
            if (set != null) {
                set.cancel();
            }
        }
    }

    private final class PermitPhase implements Phase {
        private final long askedNanos;
        private volatile Limiter.@Nullable Ticket ticket;
        private volatile TimeSource.@Nullable Timeout timer;

        PermitPhase(long askedNanos) {
            this.askedNanos = askedNanos;
        }

        int enter() {
            phase = this;
            Limiter limiter = Objects.requireNonNull(engine.limiter);
            Limiter.Ticket asked = limiter.acquire(
                    askedNanos, machine.attempt() > 0, machine.deadlineNanos(), () -> handOver(this, this::granted));
            ticket = asked;
            if (asked == null) {
                return claim(this) ? machine.notPermitted(askedNanos, askedNanos) : ELSEWHERE;
            }
            if (asked.isGranted()) {
                // Either this thread goes on, or the callback does; if neither, a cancellation has claimed the phase.
                if (claim(this)) {
                    return permitted();
                }
            } else if (machine.deadlineNanos() != Nanos.NEVER) {
                timer = time.schedule(machine.deadlineNanos(), () -> handOver(this, this::tooLate));
            }
            if (machine.isEnding() && claim(this)) {
                return abandon(time.nanoTime());
            }
            if (phase != this) {
                // Ended while it was being entered: by the callback, which has used the ticket, or by a cancellation,
                // which may not have seen it.
                cancelTimer();
                if (machine.isEnding()) {
                    asked.cancel();
                }
            }
            return ELSEWHERE;
        }

        private int permitted() {
            cancelTimer();
            int step = machine.permitted(askedNanos, time.nanoTime());
            if (step != CallMachine.START) {
                Objects.requireNonNull(ticket).cancel();
            }
            return step;
        }

        private void granted() {
            if (claim(this)) {
                long now = time.nanoTime();
                drive(permitted(), now, false);
            }
        }

        private void tooLate() {
            if (claim(this)) {
                long now = time.nanoTime();
                drive(abandon(now), now, false);
            }
        }

        @Override
        public int abandon(long nowNanos) {
            cancelTimer();
            Limiter.Ticket asked = ticket;
            if (asked != null) {
                asked.cancel();
            }
            return machine.notPermitted(askedNanos, nowNanos);
        }

        private void cancelTimer() {
            TimeSource.Timeout set = timer;
            if (set != null) {
                set.cancel();
            }
        }
    }

    /** A running attempt, as its stage reports to it. */
    private final class AttemptPhase implements Phase, BiConsumer<@Nullable T, @Nullable Throwable> {
        private final AsyncAttempt attempt;
        private final long startNanos;
        private volatile @Nullable CompletionStage<T> stage;
        private volatile TimeSource.@Nullable Timeout timer;
        /** True from when {@link #watch} no longer looks at {@link #returned}: the stage's thread then drives on itself. */
        private boolean handedOver;

        private boolean returned;
        private @Nullable T result;
        private @Nullable Throwable thrown;

        AttemptPhase(AsyncAttempt attempt, long startNanos) {
            this.attempt = attempt;
            this.startNanos = startNanos;
        }

        /** Makes the attempt. Answers the next step if it has ended already, without growing the stack for each retry. */
        int run() {
            phase = this;
            if (machine.isEnding() && claim(this)) {
                machine.attemptLeft();
                return machine.cancelled(null, time.nanoTime());
            }
            Frames frames = Frames.current();
            Frame frame = frames.push();
            CompletionStage<T> started = null;
            Throwable failure = null;
            try {
                frame.enter(attempt);
                started = started(body, attempt, engine);
            } catch (Throwable t) {
                failure = t;
            } finally {
                frame.exit();
                frames.pop();
                machine.attemptLeft();
            }
            if (started == null) {
                return claim(this) ? judge(null, Objects.requireNonNull(failure)) : ELSEWHERE;
            }
            return watch(started);
        }

        /** The attempt was started by others, and this call has only just become known to those who may stop it. */
        int goOn(@Nullable CompletionStage<T> started, @Nullable Throwable failure) {
            phase = this;
            stage = started;
            if (machine.isEnding() && claim(this)) {
                return abandon(time.nanoTime());
            }
            if (started == null) {
                return claim(this) ? judge(null, Objects.requireNonNull(failure)) : ELSEWHERE;
            }
            return watch(started);
        }

        private int watch(CompletionStage<T> started) {
            stage = started;
            long due = attempt.dueNanos();
            if (due != Nanos.NEVER && !isDone(started)) {
                timer = time.schedule(due, () -> handOver(this, this::timeOut));
            }
            try {
                started.whenComplete(this);
            } catch (Throwable t) {
                return claim(this) ? judge(null, t) : ELSEWHERE;
            }
            if (handOverOrDone()) {
                return judge(result, thrown);
            }
            if (machine.isEnding()) {
                // Stopped while it was being started, by somebody who may not have seen the stage or the timer.
                silence();
            }
            return ELSEWHERE;
        }

        private boolean isDone(CompletionStage<T> started) {
            return started instanceof CompletableFuture<T> known && known.isDone();
        }

        /** Opponent: {@link #accept}. True if the stage has reported already, and this thread is to drive on. */
        private synchronized boolean handOverOrDone() {
            handedOver = true;
            return returned;
        }

        private synchronized boolean returnedEarly(@Nullable T value, @Nullable Throwable failure) {
            if (handedOver) {
                return false;
            }
            returned = true;
            result = value;
            thrown = failure;
            return true;
        }

        /** The stage has completed. */
        @Override
        public void accept(@Nullable T value, @Nullable Throwable failure) {
            if (!claim(this)) {
                // Too late: timed out or cancelled before.
                if (failure == null) {
                    Ending.discard(call, value);
                }
                return;
            }
            if (!returnedEarly(value, failure)) {
                drive(judge(value, failure), time.nanoTime(), true);
            }
        }

        private int judge(@Nullable T value, @Nullable Throwable failure) {
            cancelTimer();
            AsyncCall.this.value = value;
            hasValue = failure == null;
            if (failure == null && !machine.judgesValues()) {
                return machine.succeeded(machine.needsClockOnSuccess() ? time.nanoTime() : startNanos);
            }
            return machine.judge(value, failure == null ? null : unwrapped(failure), time.nanoTime());
        }

        private void timeOut() {
            if (!claim(this)) {
                return;
            }
            silence();
            forgetValue();
            long now = time.nanoTime();
            AttemptTimeoutException timeout = machine.timedOut(null, now);
            drive(timeout == null ? machine.deadlinePassed(null, now) : machine.judge(null, timeout, now), now, false);
        }

        @Override
        public int abandon(long nowNanos) {
            silence();
            forgetValue();
            return machine.cancelled(null, nowNanos);
        }

        /** Tells everything that works on this attempt to stop. */
        private void silence() {
            cancelTimer();
            attempt.silence();
            CompletionStage<T> running = stage;
            if (running == null) {
                return;
            }
            try {
                running.toCompletableFuture().cancel(true);
            } catch (Throwable ignored) {
                // A stage that cannot be cancelled runs on; what it brings is discarded.
            }
        }

        private void cancelTimer() {
            TimeSource.Timeout set = timer;
            if (set != null) {
                set.cancel();
            }
        }
    }

    /** The stage's own failure, out of the wrapping that dependent stages put round it. */
    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
        return cause == null ? failure : cause;
    }
}
