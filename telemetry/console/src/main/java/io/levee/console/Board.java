package io.levee.console;

import io.levee.Decision;
import io.levee.Levee;
import io.levee.Telemetry;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** All downstreams of this JVM and what was decided about their calls last, for however many consoles show them. */
final class Board implements Telemetry {
    /** Notes kept for a page that is opened later; a note is about 500 bytes. */
    static final int NOTES = 200;

    /** As many Levees as are shown. Who builds one for each call has another problem than a missing card. */
    static final int PANELS = 500;

    /** The one of this JVM: who builds a Levee and who starts a console need not know each other. */
    static final Board OF_THIS_JVM = new Board(Clock.systemUTC());

    private final Clock clock;
    private final CopyOnWriteArrayList<Panel> panels = new CopyOnWriteArrayList<>();

    /** Written under the lock of this board, read by the threads of calls. */
    private volatile int watchers;

    // Guarded by this.
    private final Map<String, Integer> named = new HashMap<>();
    private final Deque<Note> notes = new ArrayDeque<>();
    private long nextId = 1;
    private long nextPanel = 1;

    Board(Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized @Nullable Panel sink(Levee levee) {
        panels.removeIf(panel -> panel.levee() == null || (panel.isClosed() && panels.size() >= PANELS));
        if (panels.size() >= PANELS) {
            return null;
        }
        int nth = named.size() > 10 * PANELS && !named.containsKey(levee.name())
                ? 1
                : named.merge(levee.name(), 1, Integer::sum);
        Panel panel = new Panel(this, "d" + nextPanel++, nth == 1 ? levee.name() : levee.name() + " #" + nth, levee);
        panels.add(panel);
        return panel;
    }

    /** The downstreams, in the order in which they were built; those whose Levee is gone are left out. */
    List<Panel> panels() {
        List<Panel> there = new ArrayList<>();
        for (Panel panel : panels) {
            if (panel.levee() == null) {
                panels.remove(panel);
            } else {
                there.add(panel);
            }
        }
        return there;
    }

    /** Whether a console runs, so that records are worth keeping. */
    boolean isWatched() {
        return watchers > 0;
    }

    /** True for the first watcher, which is the one to restart the panels' histories. */
    synchronized void watch() {
        if (watchers == 0) {
            panels.forEach(Panel::restart);
        }
        watchers = watchers + 1;
    }

    synchronized void unwatch() {
        watchers = watchers - 1;
        if (watchers == 0) {
            notes.clear();
        }
    }

    synchronized void add(Panel panel, Note.Kind kind, String title, String reason, @Nullable Decision decision) {
        notes.addLast(new Note(nextId++, clock.millis(), panel.id(), panel.label(), kind, title, reason, decision));
        if (notes.size() > NOTES) {
            notes.removeFirst();
        }
    }

    /** The notes after that one that are still there, oldest first. */
    synchronized List<Note> after(long id) {
        List<Note> fresh = new ArrayList<>();
        for (Note note : notes) {
            if (note.id() > id) {
                fresh.add(note);
            }
        }
        return fresh;
    }
}
