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
    private final CallMachine machine = new CallMachine();
    private final LeveeFuture<@Nullable Object> future = new LeveeFuture<>(this);
    private @Nullable Scope parent;

    /** What the last attempt returned, while it may yet be the call's result. */
    private @Nullable T value;

    private boolean hasValue;

    @SuppressWarnings("unused") // through PHASE
    private volatile @Nullable Phase phase;

    AsyncCall(Engine engine, Call<T> call, AsyncAttemptBody<T> body, boolean wantsResult) {
        this.engine = engine;
        this.time = engine.time;
        this.call = call;
        this.body = body;
        this.wantsResult = wantsResult;
    }

    /** Starts the call on this thread. The future completes with a T, or with a {@code Result<T>} if that was wanted. */
    CompletableFuture<@Nullable Object> start() {
        Frames frames = Frames.current();
        Frame running = frames.running();
        Scope around = running == null ? frames.scope() : running.attemptScope();
        parent = around;
        if (around != null && !around.join(this)) {
            machine.endBy(StopReason.CANCELLED);
        }
        if (!engine.register(this)) {
            machine.endBy(StopReason.CLOSED);
        }
        long now = time.nanoTime();
        drive(machine.begin(engine, call, now, frames.deadlineOn(time, now)), now);
        return future;
    }

    private void drive(int first, long nowNanos) {
        int step = first;
        long now = nowNanos;
        while (true) {
            switch (step) {
                case CallMachine.START -> {
                    AttemptPhase attempt = new AttemptPhase(now);
                    step = attempt.run();
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
                    if (machine.wakeAtNanos() > now) {
                        new BackOffPhase().enter();
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
            drive(current.abandon(now), now);
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
                of.abandon(now);
                drive(machine.driverFailed(refused, now), now);
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

        void enter() {
            phase = this;
            timer = time.schedule(machine.wakeAtNanos(), () -> handOver(this, this::wake));
            if (machine.isEnding() && claim(this)) {
                drive(abandon(time.nanoTime()), time.nanoTime());
            } else if (phase != this) {
                cancelTimer();
            }
        }

        private void wake() {
            if (claim(this)) {
                long now = time.nanoTime();
                drive(machine.resume(now), now);
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
                drive(permitted(), now);
            }
        }

        private void tooLate() {
            if (claim(this)) {
                long now = time.nanoTime();
                drive(abandon(now), now);
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

    /** A running attempt: what the body sees, and what its stage reports to. */
    private final class AttemptPhase implements Phase, Attempt, BiConsumer<@Nullable T, @Nullable Throwable> {
        private final int number = machine.attempt();
        private final long dueNanos = machine.dueNanos();
        private final long startNanos;
        private final Scope scope = new Scope(parent, time, dueNanos);
        private volatile @Nullable CompletionStage<T> stage;
        private volatile TimeSource.@Nullable Timeout timer;
        /** True from when {@link #run} no longer looks at {@link #returned}: the stage's thread then drives on itself. */
        private boolean handedOver;

        private boolean returned;
        private @Nullable T result;
        private @Nullable Throwable thrown;

        AttemptPhase(long startNanos) {
            this.startNanos = startNanos;
        }

        /** Makes the attempt. Answers the next step if it has ended already, without growing the stack for each retry. */
        int run() {
            phase = this;
            if (machine.isEnding() && claim(this)) {
                return machine.cancelled(null, time.nanoTime());
            }
            CompletionStage<T> started;
            try (Scope.Attachment here = scope.attach()) {
                started = body.start(this);
                if (started == null) {
                    throw new IllegalStateException(
                            engine.name + ": the body of attempt " + number + " returned null instead of a stage");
                }
            } catch (Throwable t) {
                return claim(this) ? judge(null, t) : ELSEWHERE;
            }
            stage = started;
            if (dueNanos != Nanos.NEVER && !isDone(started)) {
                timer = time.schedule(dueNanos, () -> handOver(this, this::timeOut));
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
                drive(judge(value, failure), time.nanoTime());
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
            drive(timeout == null ? machine.deadlinePassed(null, now) : machine.judge(null, timeout, now), now);
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
            scope.cancel();
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

        @Override
        public int number() {
            return number;
        }

        @Override
        public long remainingNanos() {
            return dueNanos == Nanos.NEVER ? dueNanos : Math.max(0, dueNanos - time.nanoTime());
        }

        @Override
        public boolean isCancelled() {
            return scope.isCancelled() || remainingNanos() == 0;
        }
    }

    /** The stage's own failure, out of the wrapping that dependent stages put round it. */
    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
        return cause == null ? failure : cause;
    }
}
