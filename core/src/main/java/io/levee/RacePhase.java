package io.levee;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A first attempt that may be hedged, and its hedge. The phase lasts until one of them succeeds, fails for good, or
 * both have failed. Whoever has something to tell of one of them takes the {@link #turn}, claims the phase as always,
 * and sets it again if the race goes on: so an attempt that ends while the other is being judged waits instead of
 * being lost, and a cancellation meanwhile is seen when the phase is set again.
 */
final class RacePhase<T extends @Nullable Object> extends Phase<T> {
    /** Opponents: both attempts' stages and timeouts, the hedge's timer, and a cancellation that has claimed. */
    private final ReentrantLock turn = new ReentrantLock();

    private final long hedgeAtNanos;
    private volatile @Nullable AttemptPhase<T> first;
    private volatile @Nullable AttemptPhase<T> hedge;
    /** Written within the turn. */
    volatile boolean over;

    RacePhase(AsyncCall<T> of, long hedgeAtNanos) {
        super(of);
        this.hedgeAtNanos = hedgeAtNanos;
    }

    /** Makes the first attempt. */
    int begin(AsyncAttempt attempt, long startNanos) {
        AttemptPhase<T> runner = new AttemptPhase<>(of, attempt, startNanos, this);
        first = runner;
        of.phase = this;
        if (of.machine.isEnding() && of.claim(this)) {
            of.machine.attemptLeft();
            return abandon(of.time.nanoTime());
        }
        return timed(runner.launch());
    }

    /** The first attempt was started by others: see {@link AttemptPhase#goOn}. */
    int goOn(AsyncAttempt attempt, @Nullable CompletionStage<T> started, @Nullable Throwable failure, long startNanos) {
        AttemptPhase<T> runner = new AttemptPhase<>(of, attempt, startNanos, this);
        runner.stage = started;
        first = runner;
        of.phase = this;
        if (of.machine.isEnding() && of.claim(this)) {
            return abandon(of.time.nanoTime());
        }
        return timed(started == null ? runner.failed(Objects.requireNonNull(failure)) : runner.watch(started));
    }

    /** Sets the hedge's timer, if the first attempt has not ended yet. */
    private int timed(int step) {
        if (step == AsyncCall.ELSEWHERE && !over) {
            timer = of.time.schedule(hedgeAtNanos, this);
            if (over) {
                cancelTimer();
            }
        }
        return step;
    }

    /** The hedge is due. If the executor takes no work there is none, and the first attempt runs on. */
    @Override
    public void run() {
        handOver();
    }

    /** Starts the hedge. */
    @Override
    void proceed() {
        AttemptPhase<T> sent = null;
        int step = AsyncCall.ELSEWHERE;
        turn.lock();
        try {
            if (over || !of.claim(this)) {
                return;
            }
            long now = of.time.nanoTime();
            if (Race.start(of.machine, now)) {
                sent = new AttemptPhase<>(of, of.attempt(), now, this);
                hedge = sent;
            }
            step = again();
        } finally {
            turn.unlock();
        }
        if (step != AsyncCall.ELSEWHERE) {
            if (sent != null) {
                of.machine.attemptLeft();
            }
            silenceAll();
        } else if (sent != null) {
            step = sent.launch();
        }
        if (step != AsyncCall.ELSEWHERE) {
            of.drive(step, of.time.nanoTime(), false);
        }
    }

    /** An attempt's stage has completed. Answers the call's next step, if that is for this thread to make. */
    int ended(AttemptPhase<T> attempt, @Nullable T result, @Nullable Throwable failure) {
        int step = AsyncCall.ELSEWHERE;
        boolean late;
        turn.lock();
        try {
            late = over || attempt.told || !of.claim(this);
            if (!late) {
                attempt.told = true;
                of.machine.focus(attempt.number());
                step = settle(attempt.judge(result, failure));
            }
        } finally {
            turn.unlock();
        }
        if (late && failure == null) {
            of.call.dispose(Call.present(result));
        }
        if (step != AsyncCall.ELSEWHERE) {
            silenceAll();
        }
        return step;
    }

    void timedOut(AttemptPhase<T> attempt) {
        int step;
        turn.lock();
        try {
            if (over || attempt.told || !of.claim(this)) {
                return;
            }
            attempt.told = true;
            of.machine.focus(attempt.number());
            of.forgetValue();
            step = settle(of.timeOutNow(of.time.nanoTime()));
        } finally {
            turn.unlock();
        }
        attempt.silence();
        if (step != AsyncCall.ELSEWHERE) {
            silenceAll();
            of.drive(step, of.time.nanoTime(), false);
        }
    }

    /** Within the turn, the phase claimed: after the machine's answer on one attempt. */
    private int settle(int step) {
        if (step != CallMachine.AWAIT_OTHER) {
            over = true;
            return step;
        }
        if (of.hasValue) {
            of.call.dispose(Call.present(of.value));
            of.forgetValue();
        }
        return again();
    }

    /** Sets the phase again, as one that is entered. */
    private int again() {
        of.phase = this;
        if (of.machine.isEnding() && of.claim(this)) {
            over = true;
            return of.machine.cancelled(null, of.time.nanoTime());
        }
        return AsyncCall.ELSEWHERE;
    }

    @Override
    int abandon(long nowNanos) {
        int step;
        turn.lock();
        try {
            over = true;
            of.forgetValue();
            step = of.machine.cancelled(null, nowNanos);
        } finally {
            turn.unlock();
        }
        silenceAll();
        return step;
    }

    /** The race is over: what still runs of it is stopped. */
    private void silenceAll() {
        cancelTimer();
        silence(first);
        silence(hedge);
    }

    private void silence(@Nullable AttemptPhase<T> attempt) {
        if (attempt != null && !attempt.told) {
            attempt.silence();
        }
    }

    /** The executor takes no work any more: the call ends here. */
    void refused(Throwable refusal) {
        int step;
        turn.lock();
        try {
            if (over || !of.claim(this)) {
                return;
            }
            long now = of.time.nanoTime();
            of.machine.endBy(StopReason.RULE_FAILED);
            abandon(now);
            step = of.machine.driverFailed(refusal, now);
        } finally {
            turn.unlock();
        }
        of.drive(step, of.time.nanoTime(), true);
    }
}
