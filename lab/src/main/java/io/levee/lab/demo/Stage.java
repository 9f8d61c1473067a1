package io.levee.lab.demo;

import io.levee.TimeSource;

/** The clock that everybody in a run shares, and the script that is played on it. Thread-safe. */
final class Stage {
    private static final long NOT_YET = Long.MAX_VALUE;

    private final TimeSource time;
    private final Script script;
    /** Written once, by the thread that runs the demo, between warm-up and load; read by every service thread. */
    private volatile long startNanos = NOT_YET;

    Stage(TimeSource time, Script script) {
        this.time = time;
        this.script = script;
    }

    TimeSource time() {
        return time;
    }

    Script script() {
        return script;
    }

    /** Begins the first phase. */
    void start(long atNanos) {
        startNanos = atNanos;
    }

    /** Nanoseconds since the first phase began; negative during warm-up. */
    long elapsed(long nowNanos) {
        long start = startNanos;
        return start == NOT_YET ? -1 : nowNanos - start;
    }

    Fault faultAt(long nowNanos) {
        long elapsed = elapsed(nowNanos);
        return elapsed < 0 ? Fault.WARM_UP : script.faultAt(elapsed);
    }

    /** Waits until an instant, whatever happens meanwhile. */
    void sleepUntil(long atNanos) throws InterruptedException {
        time.await(atNanos, () -> false);
    }
}
