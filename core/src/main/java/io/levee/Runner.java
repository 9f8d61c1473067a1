package io.levee;

import org.jspecify.annotations.Nullable;

/** An attempt in a race, whose end is the race's business. */
final class Runner<T extends @Nullable Object> extends AttemptPhase<T> {
    private final RacePhase<T> race;
    /** Written within the race's turn: the end of this attempt was told, what comes is too late. */
    volatile boolean told;
    /** What the race answered before {@link #watch} was through. */
    private int step = AsyncCall.ELSEWHERE;

    Runner(AsyncAttempt attempt, long startNanos, RacePhase<T> race) {
        super(race.of, attempt, startNanos);
        this.race = race;
    }

    @Override
    int failed(Throwable failure) {
        return race.ended(this, null, failure);
    }

    @Override
    synchronized int earlyStep() {
        return step;
    }

    @Override
    boolean isOver() {
        return !told && (of.machine.isEnding() || race.over);
    }

    @Override
    public void run() {
        Throwable refused = handOver();
        if (refused != null) {
            race.refused(refused);
        }
    }

    @Override
    void proceed() {
        race.timedOut(this);
    }

    @Override
    public void accept(@Nullable T value, @Nullable Throwable failure) {
        int next = race.ended(this, value, failure);
        synchronized (this) {
            if (!handedOver) {
                returned = true;
                step = next;
                return;
            }
        }
        if (next != AsyncCall.ELSEWHERE) {
            of.drive(next, of.time.nanoTime(), true);
        }
    }
}
