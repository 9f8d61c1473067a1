package io.levee;

/**
 * Something that an asynchronous call waits for: the plain one for the end of a backoff. As a {@link Runnable} it is its own
 * timer's task, on the timer's thread, which runs nothing of the user's: it hands over to the executor, where the phase goes on.
 */
class Phase<T extends @Nullable Object> implements Runnable {
    final AsyncCall<T> of;
    volatile TimeSource.@Nullable Timeout timer;

    Phase(AsyncCall<T> of) {
        this.of = of;
    }

    /** Waits until the backoff is over. */
    final void backOff(long nowNanos) {
        of.phase = this;
        long wakeAt = of.machine.retries.wakeAtNanos;
        if (wakeAt > nowNanos) {
            timer = of.time.schedule(wakeAt, this);
        } else {
            run();
        }
        if (of.machine.isEnding() && of.claim(this)) {
            long now = of.time.nanoTime();
            of.drive(abandon(now), now, true);
        } else if (of.phase != this) {
            cancelTimer();
        }
    }

    /** What the timer was set for has come. On the executor. */
    void proceed() {
        if (of.claim(this)) {
            long now = of.time.nanoTime();
            of.drive(of.machine.resume(now), now, false);
        }
    }

    /** The claimed phase will not end by itself any more. Answers the step of a call that was cancelled in it. */
    int abandon(long nowNanos) {
        cancelTimer();
        return of.machine.resume(nowNanos);
    }

    /** If the executor takes no work any more, the call ends here. */
    @Override
    public void run() {
        Throwable refused = handOver();
        if (refused != null && of.claim(this)) {
            long now = of.time.nanoTime();
            of.machine.endBy(StopReason.RULE_FAILED); // or giving the phase up would admit the next attempt
            abandon(now);
            of.drive(of.machine.driverFailed(refused, now), now, true);
        }
    }

    /** Has the executor go on; answers what that threw instead. */
    final @Nullable Throwable handOver() {
        try {
            of.engine.executor.execute(this::proceed);
            return null;
        } catch (Throwable refused) {
            return refused;
        }
    }

    final void cancelTimer() {
        TimeSource.Timeout set = timer;
        if (set != null) {
            set.cancel();
        }
    }
}
