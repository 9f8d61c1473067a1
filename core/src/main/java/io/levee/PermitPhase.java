package io.levee;

/** The wait for a permit of the limiter, or for room within the concurrency limit. */
final class PermitPhase<T extends @Nullable Object> extends Phase<T> {
    private volatile Limiter.@Nullable Ticket ticket;

    /** Opponent: {@link #enter}, which may see the ticket only after the permit was used, or found to be of no use. */
    private volatile boolean useless;

    PermitPhase(AsyncCall<T> of) {
        super(of);
    }

    int enter() {
        long now = of.machine.askedNanos;
        long giveUpAt = of.machine.engine.giveUpAtNanos(of.machine);
        of.phase = this;
        Limiter.Ticket asked = of.machine.engine.join(of.machine, this);
        ticket = asked;
        if (asked == null) {
            return of.claim(this) ? of.machine.notPermitted(now) : AsyncCall.ELSEWHERE;
        }
        if (asked.isGranted()) {
            // Either this thread goes on, or the callback does; if neither, a cancellation has claimed the phase.
            if (of.claim(this)) {
                return permitted();
            }
        } else if (giveUpAt != Nanos.NEVER) {
            timer = of.time.schedule(giveUpAt, this);
        }
        if (of.machine.isEnding() && of.claim(this)) {
            return abandon(of.time.nanoTime());
        }
        if (of.phase != this) {
            // Ended while it was being entered: by the callback, which has used the ticket unless it was useless, or
            // by a cancellation. Neither may have seen it.
            cancelTimer();
            if (useless || of.machine.isEnding()) {
                asked.cancel();
            }
        }
        return AsyncCall.ELSEWHERE;
    }

    private int permitted() {
        cancelTimer();
        int step = of.machine.permitted(of.time.nanoTime());
        if (step != CallMachine.START) {
            giveBack();
        }
        return step;
    }

    /** The permit has come, or the call's time is up. */
    @Override
    void proceed() {
        if (of.claim(this)) {
            long now = of.time.nanoTime();
            of.drive(isTooLate() ? abandon(now) : permitted(), now, false);
        }
    }

    private boolean isTooLate() {
        Limiter.Ticket asked = ticket;
        return asked != null && !asked.isGranted();
    }

    private void giveBack() {
        useless = true;
        Limiter.Ticket asked = ticket;
        if (asked != null) {
            asked.cancel();
        }
    }

    @Override
    int abandon(long nowNanos) {
        cancelTimer();
        giveBack();
        return of.machine.notPermitted(nowNanos);
    }
}
