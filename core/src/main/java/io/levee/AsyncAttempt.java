package io.levee;

import java.util.function.BiConsumer;

/** What the body of an asynchronous attempt sees; valid on every thread, also after the attempt has ended. */
final class AsyncAttempt implements Attempt {
    private final int number;
    final TimeSource time;
    private final long dueNanos;
    private final long deadlineNanos;
    /** What holds round the call. */
    private final @Nullable Scope parent;

    private final @Nullable TelemetryHub telemetry;
    private final @Nullable Object @Nullable [] states;

    /** When the answer began; {@link Nanos#NEVER} before. Opponents: the body's threads, and the timer that looks at it. */
    volatile long answeringNanos = Nanos.NEVER;

    private volatile boolean silenced;
    /** Made when the body opens or captures a scope while it starts the attempt. */
    private volatile @Nullable Scope scope;

    /** The attempt that a machine has just started. */
    AsyncAttempt(CallMachine machine, Engine engine, @Nullable Scope parent) {
        number = machine.attempt();
        time = engine.time;
        dueNanos = machine.dueNanos;
        deadlineNanos = machine.deadlineNanos;
        telemetry = engine.telemetry;
        states = machine.telemetryStates;
        this.parent = parent;
    }

    /** The scope that stands for this attempt. Called on the thread that starts it. */
    Scope scope() {
        Scope made = scope;
        if (made == null) {
            made = new Scope(parent, time, dueNanos, null);
            scope = made;
            // Opponent: silence() on another thread. Either it sees the scope, or this sees that it was there.
            if (silenced) {
                made.cancel();
            }
        }
        return made;
    }

    /** Tells everything that works on this attempt to stop. */
    void silence() {
        silenced = true;
        Scope made = scope;
        if (made != null) {
            made.cancel();
        }
    }

    long dueNanos() {
        return answeringNanos == Nanos.NEVER ? dueNanos : deadlineNanos;
    }

    @Override
    public void answering() {
        answeringNanos = time.nanoTime();
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public long remainingNanos() {
        return Nanos.left(dueNanos(), time);
    }

    @Override
    public boolean isCancelled() {
        return silenced || (parent != null && parent.isCancelled()) || remainingNanos() == 0;
    }

    @Override
    public void inject(BiConsumer<String, String> header) {
        if (states != null && telemetry != null) {
            telemetry.tell(TelemetryHub.INJECT, null, states, number, header);
        }
    }
}
