package io.levee.http;

import org.jspecify.annotations.Nullable;

/** What the cancelling of a future has to end: the engine's call first, the reading of the answer's body later. */
final class Cancellation implements Runnable {
    /** Both guarded by this object's monitor. Opponents: the thread that cancels, and the one that moves on. */
    private boolean cancelled;

    private @Nullable Runnable present;

    /** From now on this is to be ended; at once, if the future was cancelled before. */
    void ends(Runnable action) {
        boolean now;
        synchronized (this) {
            present = action;
            now = cancelled;
        }
        if (now) {
            action.run();
        }
    }

    @Override
    public void run() {
        Runnable action;
        synchronized (this) {
            cancelled = true;
            action = present;
        }
        if (action != null) {
            action.run();
        }
    }
}
