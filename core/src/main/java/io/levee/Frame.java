package io.levee;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The synchronous driver: runs one call on the caller's thread, does what the {@link CallMachine} says, and waits where
 * it says so. One for each level of nesting of each thread; reused, so that a call that succeeds at once allocates
 * nothing. It is also the {@link Attempt} that the body sees.
 */
final class Frame extends ScopeMember implements Attempt {
    private final Frames frames;
    private final Thread owner;
    private final Watch watch;
    private final CallMachine machine = new CallMachine();

    private TimeSource time = TimeSource.system();
    private boolean inAttempt;
    /** Whether this call is a member of a scope, which may then cancel it. */
    private boolean inScope;

    // What holds around the running attempt, and again after it.
    private @Nullable Frame outer;
    private TimeSource outerTime = TimeSource.system();
    private long outerDeadlineNanos;

    /** Made when an attempt opens or captures a scope: what it hands to other threads is cancelled with it. */
    private @Nullable Scope attemptScope;

    Frame(Frames frames, Thread owner) {
        this.frames = frames;
        this.owner = owner;
        watch = new Watch(owner);
    }

    /**
     * Runs a call to its end. Small, so that the compiler takes the whole way of a call that succeeds at once into the
     * caller's code: everything else is in {@link #drive}.
     */
    <T extends @Nullable Object> T run(Engine engine, Call<T> call, AttemptBody<T, ?> body) throws Throwable {
        time = engine.time;
        Scope scope = frames.scope();
        if (scope != null) {
            return runIn(scope, engine, call, body);
        }
        int step = begin(engine, call);
        if (step != CallMachine.START) {
            return drive(engine, call, body, step, null, false);
        }
        T value;
        try {
            enter(false);
            value = body.run(this);
        } catch (Throwable thrown) {
            return drive(engine, call, body, judgeFailure(thrown, exit(false)), null, false);
        }
        exit(false);
        if (machine.judgesValues()) {
            return drive(engine, call, body, machine.judge(value, null, time.nanoTime()), value, true);
        }
        succeeded();
        return value;
    }

    private <T extends @Nullable Object> T runIn(Scope scope, Engine engine, Call<T> call, AttemptBody<T, ?> body)
            throws Throwable {
        if (!scope.join(this)) {
            machine.endBy(StopReason.CANCELLED);
        }
        inScope = true;
        try {
            return drive(engine, call, body, begin(engine, call), null, false);
        } finally {
            inScope = false;
            scope.leave(this);
        }
    }

    private int begin(Engine engine, Call<?> call) {
        TimeSource clock = engine.time;
        long inherited = frames.deadlineNanos();
        boolean bounded = inherited != Nanos.NEVER || call.deadlineNanos() != Nanos.NEVER;
        long now = engine.clockAtStart || bounded ? clock.nanoTime() : 0;
        return machine.begin(engine, call, now, frames.deadlineOn(clock, now));
    }

    /** Goes on from a step to the call's end. */
    private <T extends @Nullable Object> T drive(
            Engine engine,
            Call<T> call,
            AttemptBody<T, ?> body,
            int first,
            @Nullable T firstValue,
            boolean firstHasValue)
            throws Throwable {
        TimeSource clock = engine.time;
        int step = first;
        T value = firstValue;
        boolean hasValue = firstHasValue;
        while (true) {
            switch (step) {
                case CallMachine.START -> {
                    value = null;
                    Throwable thrown = null;
                    try {
                        enter(inScope);
                        value = body.run(this);
                    } catch (Throwable t) {
                        thrown = t;
                    }
                    int stopped = exit(inScope);
                    hasValue = thrown == null;
                    if (thrown != null) {
                        step = judgeFailure(thrown, stopped);
                    } else if (machine.judgesValues()) {
                        step = machine.judge(value, null, clock.nanoTime());
                    } else {
                        step = succeeded();
                    }
                }
                case CallMachine.BACK_OFF -> {
                    if (hasValue) {
                        Ending.discard(call, value);
                        hasValue = call.discard() == null;
                    }
                    step = machine.resume(backOff(engine, clock));
                }
                case CallMachine.AWAIT_PERMIT -> step = awaitPermit(engine, clock, clock.nanoTime());
                case CallMachine.SUCCEED -> {
                    return Ending.present(value);
                }
                default -> {
                    return Ending.of(machine, call, hasValue, value);
                }
            }
        }
    }

    private int succeeded() {
        return machine.succeeded(machine.needsClockOnSuccess() ? time.nanoTime() : machine.attemptStartNanos());
    }

    /** An attempt begins: what is nested in it inherits its deadline, and the watch is set. */
    private void enter(boolean cancellable) {
        long due = machine.dueNanos();
        outer = frames.running();
        outerTime = frames.time();
        outerDeadlineNanos = frames.deadlineNanos();
        frames.enter(this, time, due);
        inAttempt = true;
        if (cancellable || due != Nanos.NEVER) {
            watch.begin(time, due);
        }
    }

    /** The attempt has ended; answers why the watch stopped it, if it did. */
    private int exit(boolean cancellable) {
        int stopped = cancellable || machine.dueNanos() != Nanos.NEVER ? watch.end() : Watch.NOT_STOPPED;
        inAttempt = false;
        frames.restore(outer, outerTime, outerDeadlineNanos);
        outer = null;
        if (attemptScope != null) {
            leaveAttemptScope(stopped);
        }
        return stopped;
    }

    private int judgeFailure(Throwable thrown, int stopped) {
        long now = time.nanoTime();
        if (stopped == Watch.CANCELLED) {
            return machine.cancelled(thrown, now);
        }
        if (stopped == Watch.TIMED_OUT) {
            AttemptTimeoutException timeout = machine.timedOut(thrown, now);
            return timeout == null ? machine.deadlinePassed(thrown, now) : machine.judge(null, timeout, now);
        }
        if (isInterrupt(thrown)) {
            // Whoever interrupted wants the thread, not only this call: the flag stays up after it.
            owner.interrupt();
        } else if (owner.isInterrupted()) {
            machine.endBy(StopReason.CANCELLED);
        }
        return machine.judge(null, thrown, now);
    }

    private static boolean isInterrupt(Throwable thrown) {
        Throwable t = thrown;
        for (int depth = 0; t != null && depth < CauseChain.MAX_DEPTH; depth++) {
            if (t instanceof InterruptedException) {
                return true;
            }
            t = t.getCause();
        }
        return false;
    }

    private long backOff(Engine engine, TimeSource clock) {
        long wake = machine.wakeAtNanos();
        long now = clock.nanoTime();
        if (wake <= now && !owner.isInterrupted()) {
            return now;
        }
        Wait wait = new Wait();
        await(engine, clock, wake, wait, null);
        return clock.nanoTime();
    }

    private int awaitPermit(Engine engine, TimeSource clock, long asked) {
        Limiter limiter = Objects.requireNonNull(engine.limiter);
        Limiter.Ticket ticket =
                limiter.acquire(asked, machine.attempt() > 0, machine.deadlineNanos(), () -> clock.wake(owner));
        if (ticket == null) {
            return machine.notPermitted(asked, asked);
        }
        if (!ticket.isGranted()) {
            await(engine, clock, machine.deadlineNanos(), new Wait(), ticket);
        }
        long now = clock.nanoTime();
        if (!machine.isEnding() && ticket.isGranted()) {
            int step = machine.permitted(asked, now);
            if (step != CallMachine.START) {
                ticket.cancel();
            }
            return step;
        }
        ticket.cancel();
        return machine.notPermitted(asked, now);
    }

    /** Blocks until the instant, the permit, or the end of the call. */
    private void await(Engine engine, TimeSource clock, long until, Wait wait, Limiter.@Nullable Ticket ticket) {
        if (!engine.register(wait)) {
            machine.endBy(StopReason.CLOSED);
            return;
        }
        try {
            clock.await(until, () -> machine.isEnding() || wait.closed || (ticket != null && ticket.isGranted()));
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

    /** What close() tells; an object for each wait, since the frame may serve another call by the time it is told. */
    private final class Wait implements Engine.Closeable {
        volatile boolean closed;

        @Override
        public void leveeClosed() {
            closed = true;
            time.wake(owner);
        }
    }

    private void leaveAttemptScope(int stopped) {
        Scope scope = attemptScope;
        attemptScope = null;
        if (scope != null) {
            if (stopped != Watch.NOT_STOPPED) {
                scope.cancel();
            }
            scope.close();
        }
    }

    /** The scope that stands for the running attempt. */
    Scope attemptScope() {
        Scope scope = attemptScope;
        if (scope == null) {
            Scope parent = frames.scope();
            scope = new Scope(parent, time, machine.dueNanos());
            if (parent != null && !parent.join(scope)) {
                scope.cancel();
            }
            attemptScope = scope;
        }
        return scope;
    }

    /** Forgets the call that has ended. */
    void end() {
        machine.end();
    }

    CallMachine machine() {
        return machine;
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
        long due = machine.dueNanos();
        return due == Nanos.NEVER ? due : Math.max(0, due - time.nanoTime());
    }

    @Override
    public boolean isCancelled() {
        requireRunning();
        long due = machine.dueNanos();
        return machine.isEnding() || owner.isInterrupted() || (due != Nanos.NEVER && time.nanoTime() >= due);
    }

    private void requireRunning() {
        if (!inAttempt || Thread.currentThread() != owner) {
            throw new IllegalStateException("an Attempt is valid only while it runs and on the caller's thread; "
                    + "hand Scope.capture() to other threads");
        }
    }
}
