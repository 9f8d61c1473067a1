package io.levee;

/** The wait before a retry. */
final class BackOffPhase<T extends @Nullable Object> extends Phase<T> {
    BackOffPhase(AsyncCall<T> of) {
        super(of);
    }

    void enter(long nowNanos) {
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

    @Override
    void proceed() {
        if (of.claim(this)) {
            long now = of.time.nanoTime();
            of.drive(of.machine.resume(now), now, false);
        }
    }

    @Override
    int abandon(long nowNanos) {
        cancelTimer();
        return of.machine.resume(nowNanos);
    }
}
