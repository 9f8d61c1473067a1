package io.levee.console;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Samples the downstreams once a second on a thread of its own, and holds the last state for everybody who follows it: one
 * text for all of them.
 */
final class Feed implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Board board;
    private final Thread sampler;

    // Guarded by this.
    private long version;
    private String state = "";
    private boolean closed;

    Feed(Board board) {
        this.board = board;
        sampler = new Thread(this::run, "levee-console");
        sampler.setDaemon(true);
    }

    void start() {
        board.watch();
        publish();
        sampler.start();
    }

    private void run() {
        long last = System.nanoTime();
        while (pause(last + PERIOD_NANOS)) {
            long now = System.nanoTime();
            double seconds = (now - last) / 1e9;
            last = now;
            for (Panel panel : board.panels()) {
                panel.sample(seconds);
            }
            publish();
        }
    }

    private synchronized boolean pause(long untilNanos) {
        try {
            long left = untilNanos - System.nanoTime();
            while (!closed && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
                left = untilNanos - System.nanoTime();
            }
            return !closed;
        } catch (InterruptedException stopped) {
            return false;
        }
    }

    private void publish() {
        String made = Json.text(Snapshot.of(board.panels()));
        synchronized (this) {
            state = made;
            version++;
            notifyAll();
        }
    }

    /** The last state. */
    synchronized State state() {
        return new State(version, state);
    }

    /** The first state after that one; null once this is closed. */
    synchronized @Nullable State after(long seen) throws InterruptedException {
        while (!closed && version <= seen) {
            wait();
        }
        return closed ? null : new State(version, state);
    }

    /** The notes after that one, as the page takes them. */
    Batch notesAfter(long id) {
        List<Note> notes = board.after(id);
        long last = notes.isEmpty() ? id : notes.get(notes.size() - 1).id();
        long skipped = notes.isEmpty() || id <= 0 ? 0 : Math.max(0, notes.get(0).id() - id - 1);
        return new Batch(last, skipped, notes);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            notifyAll();
        }
        board.unwatch();
    }

    /** The state as JSON, and its number. */
    record State(long version, String json) {}

    /** Notes that a reader has not seen. */
    record Batch(long last, long skipped, List<Note> notes) {
        String json() {
            return Json.text(Map.of(
                    "skipped",
                    skipped,
                    "decisions",
                    notes.stream().map(Note::toMap).toList()));
        }
    }
}
