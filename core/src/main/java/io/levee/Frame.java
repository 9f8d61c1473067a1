package io.levee;

import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * The synchronous driver: runs one call on the caller's thread, does what the {@link CallMachine} says, and waits where
 * it says so. One for each level of nesting of each thread; reused, so that a call that succeeds at once allocates
 * nothing. It is also the {@link Attempt} that the body sees.
 */
final class Frame extends ScopeMember implements Attempt, Runnable {
    private final Frames frames;
    private final Thread owner;
    private final Watch watch;
    CallMachine machine = new CallMachine();

    private final int level;
    private TimeSource time = TimeSource.system();
    boolean inAttempt;
    /** False if nothing in this call needs an instant, and its time stands still at 0 until it has to wait. */
    private boolean timed;
    /** The scope that this call is a member of, and that may cancel it; null for none. */
    private @Nullable Scope joined;

    /** Made when an attempt opens or captures a scope: what it hands to other threads is cancelled with it. */
    private @Nullable Scope attemptScope;

    /** The asynchronous attempt that is being started here; null for a synchronous one. */
    @Nullable
    AsyncAttempt starting;

    Frame(Frames frames, Thread owner, int level) {
        this.frames = frames;
        this.owner = owner;
        this.level = level;
        watch = new Watch(owner);
    }

    /**
     * Runs a call to its end. What it ends with, if that is not a value, is left in {@link CallState#thrown} for the method
     * that the caller's code called: thrown from there, it is a jump once the compiler has taken that small method into the
     * caller's. A throw from in here would be carried through one method after the other, which costs more than a whole
     * refusal. So this is one method, and a long one: one that the compiler takes in would make the small one too big.
     *
     * <p>A reference is written only where it changes, since the frame is kept and each such write costs a barrier.
     *
     * @param failed what the first attempt threw, which was made without a frame; null if it has yet to be made
     */
    <T extends @Nullable Object> @Nullable T run(
            Engine engine, Call<T> call, AttemptBody<T, ?> body, @Nullable Throwable failed) {
        TimeSource clock = engine.time;
        if (time != clock) {
            time = clock;
        }
        int step;
        if (frames.isOutermost()) {
            timed = failed == null && (engine.clockAtStart || call.deadlineNanos != Nanos.NEVER);
            step = machine.begin(engine, call, timed ? clock.nanoTime() : 0, Nanos.NEVER);
            if (failed != null) {
                step = judgeFailure(failed, Watch.NOT_STOPPED);
            }
        } else {
            step = beginNested(engine, call);
        }
        T value = null;
        boolean hasValue = false;
        while (true) {
            switch (step) {
                case CallMachine.START -> {
                    value = null;
                    Throwable thrown = null;
                    boolean withdrawn = false;
                    boolean cancellable = joined != null;
                    try {
                        enter(cancellable);
                        // Cancelled between the admission and the setting of the watch, by somebody who saw no attempt?
                        withdrawn = cancellable && machine.isEnding();
                        if (!withdrawn) {
                            value = body.run(this);
                        }
                    } catch (Throwable t) {
                        thrown = t;
                    }
                    int stopped = exit(cancellable, thrown);
                    hasValue = thrown == null && !withdrawn;
                    if (withdrawn) {
                        step = machine.withdrawn(now());
                    } else if (thrown != null) {
                        step = judgeFailure(thrown, stopped);
                    } else if (machine.judgesValues()) {
                        step = machine.judge(value, null, now());
                    } else {
                        machine.succeeded(machine.needsClockOnSuccess() ? clock.nanoTime() : machine.attemptStartNanos);
                        return value;
                    }
                }
                case CallMachine.BACK_OFF -> {
                    if (hasValue) {
                        call.dispose(value);
                        hasValue = call.discard == null;
                    }
                    step = machine.resume(backOff(engine, clock));
                }
                case CallMachine.AWAIT_PERMIT -> step = awaitPermit(engine, clock);
                case CallMachine.SUCCEED -> {
                    return value;
                }
                default -> {
                    return machine.finish(call, hasValue, value);
                }
            }
        }
    }

    /** Begins a call that may have something to inherit. */
    private int beginNested(Engine engine, Call<?> call) {
        Scope scope = frames.cancelling(level);
        if (scope != null) {
            if (!scope.join(this)) {
                machine.endBy(StopReason.CANCELLED);
            }
            joined = scope;
        }
        timed = true;
        machine.within(frames.scope());
        long now = engine.time.nanoTime();
        return machine.begin(engine, call, now, frames.deadlineOn(engine.time, now));
    }

    /** An attempt begins: what is nested in it inherits its deadline, and the watch is set. */
    private void enter(boolean cancellable) {
        long due = machine.dueNanos;
        inAttempt = true;
        if (cancellable || due != Nanos.NEVER) {
            watch.begin(time, due, cancellable);
        }
    }

    /** The attempt has ended; answers why the watch stopped it, if it did. */
    private int exit(boolean cancellable, @Nullable Throwable thrown) {
        int stopped = cancellable || machine.dueNanos != Nanos.NEVER ? watch.end() : Watch.NOT_STOPPED;
        inAttempt = false;
        machine.attemptLeft();
        if (attemptScope != null) {
            leaveAttemptScope(stopped != Watch.NOT_STOPPED || (thrown != null && isInterrupt(thrown)));
        }
        return stopped;
    }

    /** The deadline of the running attempt, as an instant of a time source that shows {@code nowNanos}. */
    long dueOn(TimeSource source, long nowNanos) {
        AsyncAttempt async = starting;
        return async == null
                ? Frames.moved(machine.dueNanos, time, source, nowNanos)
                : Frames.moved(async.dueNanos(), async.time, source, nowNanos);
    }

    private int judgeFailure(Throwable thrown, int stopped) {
        long now = now();
        if (stopped == Watch.CANCELLED) {
            return machine.cancelled(thrown, now);
        }
        if (stopped == Watch.TIMED_OUT) {
            AttemptTimeoutException timeout = machine.timedOut(thrown, now);
            return timeout == null ? machine.deadlinePassed(thrown, now) : machine.judge(null, timeout, now);
        }
        boolean bare = CauseChain.isBare(thrown);
        if (bare
                ? thrown instanceof InterruptedException
                : CauseChain.find(thrown, InterruptedException.class) != null) {
            // Whoever interrupted wants the thread, not only this call: the flag stays up after it.
            owner.interrupt();
        } else if (owner.isInterrupted()) {
            machine.endBy(StopReason.CANCELLED);
        }
        return machine.judge(null, thrown, bare, now);
    }

    /** The present instant of a call that needs any. */
    private long now() {
        return timed ? time.nanoTime() : 0;
    }

    /** Waits out the backoff that was chosen at an instant; answers the instant at which the call goes on. */
    private long backOff(Engine engine, TimeSource clock) {
        long chosen = machine.retries.judgedNanos;
        long wake = machine.retries.wakeAtNanos;
        if (wake <= chosen && !owner.isInterrupted()) {
            return chosen;
        }
        await(engine, clock, timed ? wake : Nanos.add(clock.nanoTime(), wake), new Wait(null));
        return now();
    }

    private int awaitPermit(Engine engine, TimeSource clock) {
        long asked = machine.askedNanos;
        Limiter.Ticket ticket = machine.engine.join(machine, this);
        if (ticket == null) {
            return machine.notPermitted(asked);
        }
        if (!ticket.isGranted()) {
            await(engine, clock, machine.engine.giveUpAtNanos(machine), new Wait(ticket));
        }
        long now = clock.nanoTime();
        if (!machine.isEnding() && ticket.isGranted()) {
            int step = machine.permitted(now);
            if (step != CallMachine.START) {
                ticket.cancel();
            }
            return step;
        }
        ticket.cancel();
        return machine.notPermitted(now);
    }

    /** The limiter has granted a permit. If this frame serves another call by then, that one looks up once in vain. */
    @Override
    public void run() {
        time.wake(owner);
    }

    /** Blocks until the instant, the permit, or the end of the call. */
    private void await(Engine engine, TimeSource clock, long until, Wait wait) {
        if (!engine.register(wait)) {
            machine.endBy(StopReason.CLOSED);
            return;
        }
        try {
            clock.await(until, wait);
        } catch (InterruptedException interrupt) {
            owner.interrupt();
            machine.endBy(StopReason.CANCELLED);
        } finally {
            engine.unregister(wait);
        }
        if (wait.closed) {
            machine.endBy(StopReason.CLOSED);
        }
    }

    /**
     * A wait of this thread's: what close() tells, and the condition. An object for each wait, since the frame may serve
     * another call by the time it is told.
     */
    private final class Wait extends ScopeMember implements BooleanSupplier {
        private final Limiter.@Nullable Ticket ticket;
        volatile boolean closed;

        Wait(Limiter.@Nullable Ticket ticket) {
            this.ticket = ticket;
        }

        @Override
        void leveeClosed() {
            closed = true;
            run();
        }

        @Override
        void scopeCancelled() {
            throw new AssertionError(); // the frame is what joins scopes
        }

        @Override
        public boolean getAsBoolean() {
            return machine.isEnding() || closed || (ticket != null && ticket.isGranted());
        }
    }

    private void leaveAttemptScope(boolean cancels) {
        Scope scope = attemptScope;
        attemptScope = null;
        watch.started = null;
        if (scope != null && cancels) {
            scope.cancel();
        }
    }

    private boolean isInterrupt(Throwable thrown) {
        return owner.isInterrupted() || CauseChain.find(thrown, InterruptedException.class) != null;
    }

    /** An asynchronous attempt is being started on this thread: what is nested in that inherits its deadline. */
    void enter(AsyncAttempt attempt) {
        starting = attempt;
        inAttempt = true;
    }

    /** The asynchronous attempt runs, or could not be started. */
    void exit() {
        inAttempt = false;
        starting = null;
    }

    /** Gives the machine away to an asynchronous call that goes on when this frame serves others. */
    CallMachine takeMachine() {
        CallMachine taken = machine;
        machine = new CallMachine();
        return taken;
    }

    /** The scope that stands for the running attempt. */
    Scope attemptScope() {
        AsyncAttempt async = starting;
        if (async != null) {
            return async.scope();
        }
        Scope scope = attemptScope;
        if (scope == null) {
            Scope parent = frames.innermost(level);
            scope = new Scope(parent, time, machine.dueNanos, machine.engine.executor);
            if (parent != null && !parent.join(scope)) {
                scope.cancel();
            }
            attemptScope = scope;
            watch.stopToo(scope);
        }
        return scope;
    }

    /** Forgets the call that has ended. */
    void end() {
        Scope scope = joined;
        if (scope != null) {
            joined = null;
            scope.leave(this);
        }
        machine.end();
    }

    @Override
    boolean isCancelledUnderLock() {
        return true;
    }

    @Override
    void scopeCancelled() {
        machine.endBy(StopReason.CANCELLED);
        watch.cancel();
        time.wake(owner);
    }

    @Override
    public int number() {
        requireRunning();
        return machine.attempt();
    }

    @Override
    public long remainingNanos() {
        requireRunning();
        return Nanos.left(machine.dueNanos, time);
    }

    @Override
    public boolean isCancelled() {
        requireRunning();
        long due = machine.dueNanos;
        return machine.isEnding() || owner.isInterrupted() || (due != Nanos.NEVER && time.nanoTime() >= due);
    }

    @Override
    public void inject(BiConsumer<String, String> header) {
        requireRunning();
        machine.tell(TelemetryHub.INJECT, 0, machine.attempt(), header);
    }

    private void requireRunning() {
        if (!inAttempt || Thread.currentThread() != owner) {
            throw new IllegalStateException("an Attempt is valid only while it runs and on the caller's thread; "
                    + "hand Scope.capture() to other threads");
        }
    }
}
