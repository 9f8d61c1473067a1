package io.levee;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A running attempt, as its stage reports to it. */
class AttemptPhase<T extends @Nullable Object> extends Phase<T>
        implements BiConsumer<@Nullable T, @Nullable Throwable> {
    private final AsyncAttempt attempt;
    private final long startNanos;
    volatile @Nullable CompletionStage<T> stage;
    /** True from when {@link #watch} no longer looks at {@link #returned}: the stage's thread then drives on itself. */
    boolean handedOver;

    boolean returned;
    private @Nullable T result;
    private @Nullable Throwable thrown;

    AttemptPhase(AsyncCall<T> of, AsyncAttempt attempt, long startNanos) {
        super(of);
        this.attempt = attempt;
        this.startNanos = startNanos;
    }

    /** Makes the attempt. Answers the next step if it has ended already, without growing the stack for each retry. */
    int begin() {
        of.phase = this;
        if (of.machine.isEnding() && of.claim(this)) {
            left();
            return of.machine.cancelled(null, of.time.nanoTime());
        }
        return launch();
    }

    /** The attempt was told to have started, and is not launched after all. */
    final void left() {
        attempt.left();
    }

    int number() {
        return attempt.number();
    }

    /** Has the body start its work, the phase being set. */
    int launch() {
        Frames frames = Frames.current();
        Frame frame = frames.push();
        CompletionStage<T> started;
        try {
            frame.enter(attempt);
            started = AsyncCall.started(of.body, attempt, of.engine);
        } catch (Throwable t) {
            return failed(t);
        } finally {
            frame.exit();
            frames.pop();
        }
        return watch(started);
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
            return earlyStep();
        }
        if (isOver()) {
            // Stopped while it was being started, by somebody who may not have seen the stage or the timer.
            silence();
        }
        return AsyncCall.ELSEWHERE;
    }

    /** The body could not start its work. */
    int failed(Throwable failure) {
        return of.claim(this) ? judge(null, failure) : AsyncCall.ELSEWHERE;
    }

    /** The stage has reported before {@link #watch} was through. */
    int earlyStep() {
        return judge(result, thrown);
    }

    /** Nobody waits for this attempt any more. */
    boolean isOver() {
        return of.machine.isEnding();
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
        if (!of.claim(this)) {
            // Too late: timed out or cancelled before.
            if (failure == null) {
                Ending.discard(of.call, value);
            }
            return;
        }
        if (!returnedEarly(value, failure)) {
            of.drive(judge(value, failure), of.time.nanoTime(), true);
        }
    }

    int judge(@Nullable T value, @Nullable Throwable failure) {
        cancelTimer();
        of.value = value;
        of.hasValue = failure == null;
        if (failure == null && !of.machine.judgesValues()) {
            return of.machine.succeeded(of.machine.needsClockOnSuccess() ? of.time.nanoTime() : startNanos);
        }
        return of.machine.judge(value, failure == null ? null : AsyncCall.unwrapped(failure), of.time.nanoTime());
    }

    /** The attempt's time is up. */
    @Override
    void proceed() {
        if (!of.claim(this)) {
            return;
        }
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
