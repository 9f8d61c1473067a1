package io.levee.guard.slo.gate;

import java.util.Locale;

/** What the gate answers, with the exit code of the command. */
public enum Answer {
    /** Go on. */
    PASS(0),
    /** Stop here until somebody with the lead role approves. */
    PAUSE(10),
    /** Stop, and roll back. */
    ABORT(20),
    /** Stop until an SLO impact report is attached. */
    REPORT(30),
    /** Not enough data: wait. Never a pass. */
    HOLD(40);

    private final int exitCode;

    Answer(int exitCode) {
        this.exitCode = exitCode;
    }

    /**
     * The exit code of {@code levee gate check}.
     *
     * @return 0, 10, 20, 30 or 40
     */
    public int exitCode() {
        return exitCode;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
