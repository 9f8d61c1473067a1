package io.levee.http.shared;

import io.levee.Attempt;
import io.levee.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a blocking attempt that no interrupt can end: a thread that reads from a socket does not notice that the engine
 * interrupts it. When the attempt's time is up, the client's connection is closed under it, a moment after the engine's
 * own interrupt, so that the engine knows the attempt for timed out. Close it when the attempt has ended.
 */
public final class Cutoff implements AutoCloseable {
    /** Behind the engine's own timer, which is late by a tick of about 1 ms at most. */
    private static final long BEHIND_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final TimeSource.@Nullable Timeout timer;

    private Cutoff(TimeSource.@Nullable Timeout timer) {
        this.timer = timer;
    }

    /**
     * Sets the cut-off.
     *
     * @param attempt the attempt that begins
     * @param close breaks the client's connection; runs on a thread of the common pool, since closing may block
     * @return to be closed when the attempt has ended
     */
    public static Cutoff of(Attempt attempt, Runnable close) {
        long left = attempt.remainingNanos();
        return left == Long.MAX_VALUE ? new Cutoff(null) : after(left, close);
    }

    /**
     * Sets a cut-off for something else that may block.
     *
     * @param left the time that it may take, in nanoseconds
     * @param close as with {@link #of}
     * @return to be closed when it has ended
     */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the closing
    public static Cutoff after(long left, Runnable close) {
        TimeSource time = TimeSource.system();
        long due = time.nanoTime() + Math.min(left, Long.MAX_VALUE / 4) + BEHIND_NANOS;
        return new Cutoff(time.schedule(due, () -> CompletableFuture.runAsync(close)));
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
