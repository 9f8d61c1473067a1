package io.levee;

import io.levee.Breaker.State;

/**
 * All there is to know of a breaker between two transitions; immutable but for the counting windows, which belong to
 * one closed phase alone. A breaker is one reference to the present phase, and a transition is the CAS to the next.
 */
final class BreakerPhase {
    /** Leaves room for the number of the next opening below {@link Backoff#ANY}. */
    private static final int MOST_FAILED_PROBES = Integer.MAX_VALUE - 3;

    final State state;
    /** One more with each transition: the stamp of the calls that this phase lets through. */
    final long generation;
    /** Calls are surely refused before this instant; 0 unless this phase is open or comes after an open one. */
    final long openUntilNanos;
    /** Whether calls pass, that is CLOSED or FORCED_CLOSED. */
    final boolean passes;
    /** If calls don't pass: when one may try to become the probe. The end of the open time, or of a probe's lease. */
    final long refusesUntilNanos;
    /** How many probes have failed since the breaker was last closed, at most {@link #MOST_FAILED_PROBES}. */
    final int failedProbes;
    /** In CLOSED only. */
    final @Nullable OutcomeWindow failureWindow;
    /** In CLOSED with a rule about slow calls only. */
    final @Nullable OutcomeWindow slowWindow;
    /** Of a phase without windows: the counts that opened the breaker, as {@link OutcomeWindow#pair}. */
    private final long failureCounts;

    private final long slowCounts;

    private BreakerPhase(
            State state,
            long generation,
            long openUntilNanos,
            long refusesUntilNanos,
            int failedProbes,
            @Nullable OutcomeWindow failureWindow,
            @Nullable OutcomeWindow slowWindow,
            long failureCounts,
            long slowCounts) {
        this.state = state;
        this.generation = generation;
        this.openUntilNanos = openUntilNanos;
        this.passes = state == State.CLOSED || state == State.FORCED_CLOSED;
        this.refusesUntilNanos = refusesUntilNanos;
        this.failedProbes = failedProbes;
        this.failureWindow = failureWindow;
        this.slowWindow = slowWindow;
        this.failureCounts = failureCounts;
        this.slowCounts = slowCounts;
    }

    static BreakerPhase closed(long generation, OutcomeWindow failureWindow, @Nullable OutcomeWindow slowWindow) {
        return new BreakerPhase(State.CLOSED, generation, 0, 0, 0, failureWindow, slowWindow, 0, 0);
    }

    static BreakerPhase forced(State state, long generation) {
        long until = state == State.FORCED_OPEN ? Nanos.NEVER : 0;
        return new BreakerPhase(state, generation, until, until, 0, null, null, 0, 0);
    }

    /** The opening from closed; the counts are those that led to it. */
    BreakerPhase opened(long untilNanos, long countsOfFailures, long countsOfSlow) {
        return new BreakerPhase(
                State.OPEN, generation + 1, untilNanos, untilNanos, 0, null, null, countsOfFailures, countsOfSlow);
    }

    BreakerPhase probing(long leaseEndNanos) {
        return following(State.HALF_OPEN, openUntilNanos, leaseEndNanos, failedProbes);
    }

    BreakerPhase reopened(long untilNanos) {
        return following(State.OPEN, untilNanos, untilNanos, Math.min(failedProbes, MOST_FAILED_PROBES - 1) + 1);
    }

    /** Open as before the probe: its time is over already, so the next caller is the probe. */
    BreakerPhase withoutProbe() {
        return following(State.OPEN, openUntilNanos, openUntilNanos, failedProbes);
    }

    private BreakerPhase following(State next, long openUntil, long refusesUntil, int failed) {
        return new BreakerPhase(
                next, generation + 1, openUntil, refusesUntil, failed, null, null, failureCounts, slowCounts);
    }

    Breaker.Snapshot snapshot(long nowNanos) {
        long failures = failures(nowNanos);
        long slow = slow(nowNanos);
        return new Breaker.Snapshot(
                state,
                generation,
                OutcomeWindow.marked(failures),
                Math.max(OutcomeWindow.calls(failures), OutcomeWindow.calls(slow)),
                OutcomeWindow.marked(slow),
                openUntilNanos);
    }

    long failures(long nowNanos) {
        return failureWindow == null ? failureCounts : failureWindow.counts(nowNanos);
    }

    long slow(long nowNanos) {
        return slowWindow == null ? slowCounts : slowWindow.counts(nowNanos);
    }
}
