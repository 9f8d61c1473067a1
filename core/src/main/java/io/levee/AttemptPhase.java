package io.levee;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/** A running attempt, as its stage reports to it. In a {@link RacePhase race} its end is the race's business. */
final class AttemptPhase<T extends @Nullable Object> extends Phase<T>
        implements BiConsumer<@Nullable T, @Nullable Throwable> {
    private final AsyncAttempt attempt;
    private final long startNanos;
    volatile @Nullable CompletionStage<T> stage;
    /** True from when {@link #watch} no longer looks at {@link #returned}: the stage's thread then drives on itself. */
    private boolean handedOver;

    private boolean returned;
    private @Nullable T result;
    private @Nullable Throwable thrown;

    private final @Nullable RacePhase<T> race;
    /** Of a race, and written within its turn: the end of this attempt was told, what comes is too late. */
    volatile boolean told;
    /** What the race answered before {@link #watch} was through. */
    private int step = AsyncCall.ELSEWHERE;

    AttemptPhase(AsyncCall<T> of, AsyncAttempt attempt, long startNanos, @Nullable RacePhase<T> race) {
        super(of);
        this.race = race;
        this.attempt = attempt;
        this.startNanos = startNanos;
    }

    /** Makes the attempt. Answers the next step if it has ended already, without growing the stack for each retry. */
    int begin() {
        of.phase = this;
        if (of.machine.isEnding() && of.claim(this)) {
            of.machine.attemptLeft();
            return of.machine.cancelled(null, of.time.nanoTime());
        }
        return launch();
    }

    int number() {
        return attempt.number();
    }

    /** Has the body start its work, the phase being set. */
    int launch() {
        Frames frames = Frames.current();
        Frame frame = frames.push();
        CompletionStage<T> started = null;
        Throwable failure = null;
        try {
            frame.enter(attempt);
            started = AsyncCall.started(of.body, attempt, of.engine);
        } catch (Throwable t) {
            failure = t;
        } finally {
            frame.exit();
            frames.pop(frame);
            of.machine.attemptLeft();
        }
        return started == null ? failed(Objects.requireNonNull(failure)) : watch(started);
    }

    /** The attempt was started by others, and this call has only just become known to those who may stop it. */
    int goOn(@Nullable CompletionStage<T> started, @Nullable Throwable failure) {
        of.phase = this;
        stage = started;
        if (of.machine.isEnding() && of.claim(this)) {
            return abandon(of.time.nanoTime());
        }
        if (started == null) {
            return failed(Objects.requireNonNull(failure));
        }
        return watch(started);
    }

    int watch(CompletionStage<T> started) {
        stage = started;
        long due = attempt.dueNanos();
        if (due != Nanos.NEVER && !isDone(started)) {
            timer = of.time.schedule(due, this);
        }
        try {
            started.whenComplete(this);
        } catch (Throwable t) {
            return failed(t);
        }
        if (handOverOrDone()) {
            return race == null ? judge(result, thrown) : step;
        }
        if (isOver()) {
            // Stopped while it was being started, by somebody who may not have seen the stage or the timer.
            silence();
        }
        return AsyncCall.ELSEWHERE;
    }

    /** The body could not start its work. */
    int failed(Throwable failure) {
        if (race != null) {
            return race.ended(this, null, failure);
        }
        return of.claim(this) ? judge(null, failure) : AsyncCall.ELSEWHERE;
    }

    /** Nobody waits for this attempt any more. */
    boolean isOver() {
        return race == null ? of.machine.isEnding() : !told && (of.machine.isEnding() || race.over);
    }

    private boolean isDone(CompletionStage<T> started) {
        return started instanceof CompletableFuture<T> known && known.isDone();
    }

    /** Opponent: {@link #accept}. True if the stage has reported already, and this thread is to drive on. */
    private synchronized boolean handOverOrDone() {
        handedOver = true;
        return returned;
    }

    private synchronized boolean returnedEarly(@Nullable T value, @Nullable Throwable failure, int next) {
        if (handedOver) {
            return false;
        }
        returned = true;
        result = value;
        thrown = failure;
        step = next;
        return true;
    }

    /** The stage has completed. */
    @Override
    public void accept(@Nullable T value, @Nullable Throwable failure) {
        RacePhase<T> inRace = race;
        if (inRace != null) {
            int next = inRace.ended(this, value, failure);
            if (!returnedEarly(null, null, next) && next != AsyncCall.ELSEWHERE) {
                of.drive(next, of.time.nanoTime(), true);
            }
        } else if (!of.claim(this)) {
            // Too late: timed out or cancelled before.
            if (failure == null) {
                of.call.dispose(value);
            }
        } else if (!returnedEarly(value, failure, AsyncCall.ELSEWHERE)) {
            of.drive(judge(value, failure), of.time.nanoTime(), true);
        }
    }

    int judge(@Nullable T value, @Nullable Throwable failure) {
        cancelTimer();
        of.machine.answeringNanos = attempt.answeringNanos;
        of.value = value;
        of.hasValue = failure == null;
        if (failure == null && !of.machine.judgesValues()) {
            return of.machine.succeeded(of.machine.needsClockOnSuccess() ? of.time.nanoTime() : startNanos);
        }
        return of.machine.judge(value, failure == null ? null : AsyncCall.unwrapped(failure), of.time.nanoTime());
    }

    /** The attempt's time is up: as for any phase, except that in a race one must wait for the turn. */
    @Override
    public void run() {
        RacePhase<T> inRace = race;
        if (inRace == null) {
            super.run();
            return;
        }
        Throwable refused = handOver();
        if (refused != null) {
            inRace.refused(refused);
        }
    }

    /** The attempt's time is up. */
    @Override
    void proceed() {
        long due = attempt.dueNanos();
        if (due > of.time.nanoTime()) {
            // It has begun to answer since the timer was set: only the deadline ends it now.
            if (due != Nanos.NEVER) {
                timer = of.time.schedule(due, this);
                // Opponent: whoever has ended the phase meanwhile and cancelled the timer before this one.
                if (race == null ? of.phase != this : told || race.over) {
                    cancelTimer();
                }
            }
            return;
        }
        if (race != null) {
            race.timedOut(this);
            return;
        }
        if (!of.claim(this)) {
            return;
        }
        of.machine.answeringNanos = attempt.answeringNanos;
        silence();
        of.forgetValue();
        long now = of.time.nanoTime();
        of.drive(of.timeOutNow(now), now, false);
    }

    @Override
    int abandon(long nowNanos) {
        silence();
        of.forgetValue();
        return of.machine.cancelled(null, nowNanos);
    }

    /** Tells everything that works on this attempt to stop. */
    void silence() {
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
}
